"""What rules cost, for programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from planner.model.rule_costs import RuleCosts


def rule_costs_json(costs: RuleCosts) -> str:
    """Return it as JSON; money in cents."""
    value: dict[str, Any] = asdict(costs)
    for row, rule in zip(value["rules"], costs.rules, strict=True):
        row["is_sure"] = rule.is_sure
    return json.dumps(value, indent=1, ensure_ascii=False)
