"""Libraries of the report page, as their makers publish them, with their licenses.

leaflet 1.9.4 (BSD-2-Clause): leaflet.js, leaflet.css of the npm package ``leaflet``.
tabulator 6.5.3 (MIT): tabulator.min.js, tabulator_simple.min.css of the npm package ``tabulator-tables``.
"""

from __future__ import annotations

import re
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent
_POINTS_OUTSIDE = re.compile(r"url\([^)]*\)|(//|/\*)# sourceMappingURL=\S*( \*/)?")


def vendored(name: str) -> str:
    """Return a library's text for a page that stands alone: without its references to other files."""
    return _POINTS_OUTSIDE.sub(_nothing, (_FOLDER / name).read_text(encoding="utf-8"))


def _nothing(found: re.Match[str]) -> str:
    return "none" if found[0].startswith("url") else ""


def license_text(library: str) -> str:
    """Return the license that a library comes with."""
    return (_FOLDER / f"{library}-LICENSE.txt").read_text(encoding="utf-8")
