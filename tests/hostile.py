"""Text that breaks a document made without care."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import ROOT

FOLDER = ROOT / "tests" / "systems" / "leaf-spine"

HOSTILE = (
    "=1+1 </script><script>document.title='taken'</script> & \"quotes\" 'x', semi; <b>bold</b>"
    " \u05e9\u05dc\u05d5\u05dd {{ 7 }} %s \\n {rack} \u0639\u0631\u0628\u064a"
)
"""A formula, markup, both quotes, separators, templates, right-to-left words: one line, as inputs take it."""

HOSTILE_TEXTS = tuple(sign + HOSTILE[1:] for sign in ("=", "+", "-", "@"))
"""The same after each sign that makes some spreadsheet compute a cell."""

HOSTILE_FILE = "=1+1 <b>&\"q\" 'x', \u05e9\u05dc\u05d5\u05dd \u202eabc\n%s {{ 7 }}"
"""A file's name may hold a line break and an override of the direction of writing as well."""


def write_hostile_layout(folder: Path) -> Path:
    """Write a small layout and the catalog it brings, of gear whose every free text is hostile."""
    gear: dict[str, Any] = yaml.safe_load((FOLDER / "gear.yaml").read_text(encoding="utf-8"))
    texts = cycle(HOSTILE_TEXTS)
    gear["sources"] = {key: next(texts) for key in gear["sources"]}
    for kind in ("racks", "devices", "cables", "transceivers", "cords"):
        for part in gear.get(kind, {}).values():
            part["description"] = next(texts)
            part["vendor"] = next(texts)
            if kind == "racks":
                part["cooling"] = next(texts)
            if kind == "cables":
                stock = part["stock"].items()
                part["stock"] = {key: {"price": price, "part_number": next(texts)} for key, price in stock}
            else:
                part["part_number"] = next(texts)
    (folder / "gear.yaml").write_text(yaml.safe_dump(gear, allow_unicode=True), encoding="utf-8")
    layout: dict[str, Any] = yaml.safe_load((FOLDER / "chosen.yaml").read_text(encoding="utf-8"))
    layout["title"] = HOSTILE
    path = folder / f"{HOSTILE_FILE}.yaml"
    path.write_text(yaml.safe_dump(layout, allow_unicode=True), encoding="utf-8")
    return path
