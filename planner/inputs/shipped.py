"""Catalogs and layouts that ship with the planner, found from any working directory."""

from __future__ import annotations

from pathlib import Path

from planner.errors import Finding, InputError, Where
from planner.inputs.findings import nearest, shown

SYSTEMS = "systems"
"""Name of the shipped file of systems to size, which lies among the catalogs and lists no parts."""

STUDIES = "layouts/studies"
"""Folder of the shipped studies."""

LABELS = "labels"
"""Name of the shipped file of label stock and schemes, which lies there too and lists no parts."""

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped_folder(name: str) -> Path:
    """Return a folder of ``catalogs`` or ``layouts``: in the installed package, or beside it in a clone."""
    installed = _PACKAGE / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def shipped_names(folder: str) -> tuple[str, ...]:
    """Return the names of the YAML files in a shipped folder, without suffix."""
    return tuple(sorted(path.stem for path in shipped_folder(folder).glob("*.yaml")))


def find_layout(text: str, *, may_be_path: bool = True) -> Path:
    """Return the layout that a user names: a path, or the name of one that ships.

    Parameters
    ----------
    text
        An existing path, else ``NAME``, ``NAME.yaml`` or ``layouts/NAME.yaml`` of a shipped layout.
    may_be_path
        False where only names count.
    """
    return _find(text, "layouts", "layout", may_be_path=may_be_path)


def find_study(text: str) -> Path:
    """Return the study that a user names: a path, or the name of one that ships."""
    return _find(text, STUDIES, "study", may_be_path=True)


def _find(text: str, folder: str, what: str, *, may_be_path: bool) -> Path:
    path = Path(text)
    if may_be_path and path.exists():
        return path
    name = text.removeprefix(f"{folder}/").removesuffix(".yaml")
    if name in shipped_names(folder):
        return shipped_folder(folder) / f"{name}.yaml"
    message = f"no such file, and no {what} {shown(name)} ships{nearest(name, shipped_names(folder))}"
    raise InputError([Finding(code="no-file", message=message, where=Where(file=text))])
