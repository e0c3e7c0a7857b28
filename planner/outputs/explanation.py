"""An explanation for programs."""

from __future__ import annotations

import json
from dataclasses import asdict

from planner.model.explanation import Explanation


def explanation_json(explanation: Explanation) -> str:
    """Return it as JSON; money in cents, lengths in millimeters."""
    return json.dumps(asdict(explanation), indent=1, ensure_ascii=False)
