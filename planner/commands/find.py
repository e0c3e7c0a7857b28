"""Finds layouts: a path, or the name of one that comes with the planner."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

import planner
from planner.errors import Finding, InputError, Where


def find_layout(name: str) -> Path:
    """Return the file that ``name`` means; a path that is there wins over a shipped layout.

    Raises
    ------
    InputError
        There is neither such a file nor such a shipped layout.
    """
    path = Path(name)
    if path.exists():
        return path
    shipped = _shipped_layouts()
    stem = path.name.removesuffix(".yaml")
    if len(path.parts) == 1 and stem in shipped:
        return shipped[stem]
    near = get_close_matches(stem, shipped, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"expected a file or one of {', '.join(shipped)}"
    raise InputError(
        [Finding(code="no-file", message=f"no such file or shipped layout; {hint}", where=Where(file=name))]
    )


def _shipped_layouts() -> dict[str, Path]:
    package = Path(planner.__file__).resolve().parent
    # Inside the package once installed, beside it in the source tree.
    folders = (package / "layouts", package.parent / "layouts")
    folder = next((folder for folder in folders if folder.is_dir()), folders[0])
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}
