"""A hash of what the inputs say, blind to file names, folders, comments and order."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any

from planner.model.arrangement import reopen
from planner.model.catalog import Catalog
from planner.model.layout import Layout


def fingerprint(layout: Layout, catalog: Catalog) -> str:
    """Return the SHA-256, in hex, of the inputs as JSON.

    The JSON has the keys "layout" and "catalog", all keys sorted, no spaces, non-ASCII escaped; the
    layout's ``name`` comes from its file's name and is left empty here. Racks that may move are taken as the
    layout leaves them open, so that a plan, which settles them, has the hash of what it was made from.
    """
    written = _plain(replace(reopen(layout), name=""))
    # What came later is left out where a layout does not have it, so that its hash stays what it was.
    if layout.open_racks is None:
        del written["open_racks"]
    for fabric in written["fabrics"]:
        if not any(fabric.get("pins", {}).values()):
            fabric.pop("pins", None)
        if fabric.get("sized_for") is None:
            fabric.pop("sized_for", None)
    if not layout.supply:
        del written["supply"]
    for row in written["rows"]:
        for name in ("weight_limit_g", "cooling_limit_milliwatts"):
            if row[name] is None:
                del row[name]
    content = {"layout": written, "catalog": _plain(catalog)}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _plain(value: Any) -> Any:
    """Return a value with all dataclasses in it as dictionaries; ``asdict`` copies every text and number."""
    kind: Any = type(value)
    names = _names(kind)
    if names is not None:
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


@cache
def _names(kind: type) -> tuple[str, ...] | None:
    """Return the fields of a dataclass, None for other types."""
    return tuple(one.name for one in fields(kind)) if is_dataclass(kind) else None
