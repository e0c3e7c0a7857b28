"""Planes: which lower units are wired to the same upper units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from planner.model.fabric import WiredUnitRef
from planner.model.layout import TiersSpec
from planner.model.names import natural_key
from planner.topology.refusal import refusal

RAIL = "rail"
INDEX = "index"
_MOST_NAMED = 8
"""How many racks or planes a finding names before it only counts the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planes:
    """Lower units with their planes, each plane's members (indices, ascending) and its name."""

    units: tuple[WiredUnitRef, ...]
    members: tuple[tuple[int, ...], ...]
    names: tuple[str, ...]


def planes_in_turn(units: Sequence[WiredUnitRef], turns: Sequence[int], planes: int) -> Planes:
    """Deal units out to planes by their turns, modulo the number of planes."""
    return _planes(units, [turn % planes for turn in turns], tuple(str(plane) for plane in range(planes)))


def planes_by_keys(units: Sequence[WiredUnitRef], keys: Sequence[str]) -> Planes:
    """Put units that agree in all keys into one plane; planes in natural order of the labels."""
    labels = [tuple(unit.labels[key] for key in keys) for unit in units]
    ordered = sorted(set(labels), key=lambda values: [natural_key(value) for value in values])
    number = {values: plane for plane, values in enumerate(ordered)}
    names = tuple(
        " ".join(_label_name(key, value) for key, value in zip(keys, values, strict=True))
        for values in ordered
    )
    return _planes(units, [number[values] for values in labels], names)


def _planes(units: Sequence[WiredUnitRef], plane_of: Sequence[int], names: tuple[str, ...]) -> Planes:
    members: list[list[int]] = [[] for _ in names]
    for index, plane in enumerate(plane_of):
        members[plane].append(index)
    return Planes(
        units=tuple(replace(unit, plane=plane) for unit, plane in zip(units, plane_of, strict=True)),
        members=tuple(map(tuple, members)),
        names=names,
    )


def _label_name(key: str, value: str) -> str:
    return f"{key} {value}" if key in (RAIL, INDEX) else value


def refuse_missing_labels(spec: TiersSpec, units: Sequence[WiredUnitRef]) -> None:
    """Refuse keys that some unit has no label for."""
    for key in spec.plane_keys:
        lacking = list(dict.fromkeys(unit.rack for unit in units if key not in unit.labels))
        if lacking:
            raise refusal(
                "plane-key-missing",
                f"fabric '{spec.name}': {_missing_reason(spec, key, lacking)}",
                f"fabrics.{spec.name}.lower.planes",
            )


def _missing_reason(spec: TiersSpec, key: str, racks: list[str]) -> str:
    if spec.lower.below:
        return (
            f"planes are told apart by '{key}', but the lower units that reach one wired unit of fabric "
            f"'{spec.lower.below}' differ in it; possible: keys that its planes are told apart by, or the "
            f"unit that it wires"
        )
    if key == INDEX:
        return f"'{INDEX}' tells the upper units of a fabric below apart, but this tier is of no fabric"
    return f"planes are told apart by '{key}', but {_listed(racks)} are in no group of it"


def refuse_unequal_racks(spec: TiersSpec, units: Sequence[WiredUnitRef]) -> None:
    """Refuse racks that do not fill all planes alike, where planes take the units of racks in turn."""
    counts = Counter(unit.rack for unit in units)
    if spec.planes:
        odd = [f"{rack} has {count}" for rack, count in counts.items() if count % spec.planes]
        need = (
            f"{spec.planes} planes take the lower units of each rack in turn, so every rack needs a "
            f"multiple of {spec.planes}"
        )
    else:
        usual = max(sorted(set(counts.values())), key=list(counts.values()).count)
        odd = [f"{rack} has {count}" for rack, count in counts.items() if count != usual]
        need = f"every rack needs the same number of lower units, one a plane; most have {usual}"
    if odd:
        path = f"fabrics.{spec.name}.lower.planes" if spec.planes else f"fabrics.{spec.name}"
        raise refusal("planes-unequal", f"fabric '{spec.name}': {need}, but {', '.join(odd)}", path)


def refuse_unequal_planes(spec: TiersSpec, planes: Planes) -> None:
    """Refuse planes of different sizes."""
    sizes = [len(members) for members in planes.members]
    usual = max(sorted(set(sizes)), key=sizes.count)
    odd = [f"'{name}' has {size}" for name, size in zip(planes.names, sizes, strict=True) if size != usual]
    if odd:
        raise refusal(
            "planes-unequal",
            f"fabric '{spec.name}': every plane needs the same number of lower units; most have {usual}, "
            f"but {_listed(odd)}",
            f"fabrics.{spec.name}.lower.planes",
        )


def _listed(names: list[str]) -> str:
    rest = len(names) - _MOST_NAMED
    return ", ".join(names) if rest <= 0 else f"{', '.join(names[:_MOST_NAMED])} and {rest} more"
