"""Catalogs and layouts that ship with the planner, found from any working directory."""

from __future__ import annotations

from pathlib import Path

from planner.errors import Finding, InputError, Where
from planner.inputs.findings import nearest, shown

SYSTEMS = "systems"
"""Name of the shipped file of systems to size, which lies among the catalogs and lists no parts."""

LABELS = "labels"
"""Name of the shipped file of label stock and schemes, which lies there too and lists no parts."""

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped_folder(name: str) -> Path:
    """Return the folder ``catalogs`` or ``layouts``: in the installed package, or beside it in a clone."""
    installed = _PACKAGE / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def shipped_names(folder: str) -> tuple[str, ...]:
    """Return the names of the YAML files in a shipped folder, without suffix."""
    return tuple(sorted(path.stem for path in shipped_folder(folder).glob("*.yaml")))


def find_layout(text: str) -> Path:
    """Return the layout that a user names: a path, or the name of one that ships.

    Parameters
    ----------
    text
        An existing path, else ``NAME``, ``NAME.yaml`` or ``layouts/NAME.yaml`` of a shipped layout.
    """
    path = Path(text)
    if path.exists():
        return path
    name = text.removeprefix("layouts/").removesuffix(".yaml")
    if name in shipped_names("layouts"):
        return shipped_folder("layouts") / f"{name}.yaml"
    message = f"no such file, and no layout {shown(name)} ships{nearest(name, shipped_names('layouts'))}"
    raise InputError([Finding(code="no-file", message=message, where=Where(file=text))])
