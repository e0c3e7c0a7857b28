"""JSON Schema of plan.json: shipped as ``plan.schema.json``, made from the model.

``python -m planner.outputs.schema`` writes it anew after the model has changed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from planner.model.plan import FORMAT_VERSION
from planner.outputs.plan_json import plan_adapter

SCHEMA_PATH = Path(__file__).with_name("plan.schema.json")


def schema_text() -> str:
    """Return the JSON Schema as shipped."""
    return SCHEMA_PATH.read_text(encoding="utf-8")


def schema_from_model() -> str:
    """Return the JSON Schema that the model of the plan has now."""
    schema = plan_adapter().json_schema(mode="serialization")
    _tidy(schema)
    schema["properties"]["format_version"] = {"const": FORMAT_VERSION}
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Plan"}
    return json.dumps(head | schema, indent=1, ensure_ascii=False) + "\n"


def _tidy(schema: Any) -> None:
    """Refuse unknown keys, as the reader does, and drop titles that only repeat the key."""
    if isinstance(schema, list):
        for one in schema:
            _tidy(one)
    if not isinstance(schema, dict):
        return
    if isinstance(schema.get("title"), str):
        del schema["title"]
    if "properties" in schema:
        schema["additionalProperties"] = False
        for one in schema["properties"].values():
            _tidy(one)
    for key in ("$defs", "items", "prefixItems", "anyOf", "additionalProperties"):
        part = schema.get(key)
        _tidy(list(part.values()) if key == "$defs" and part else part)


if __name__ == "__main__":
    SCHEMA_PATH.write_text(schema_from_model(), encoding="utf-8", newline="\n")
