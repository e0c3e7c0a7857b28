"""Families of fabrics: declared once, and there is one for each group of racks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from planner.errors import Where
from planner.inputs.findings import nearest, shown
from planner.inputs.pins import pin_place
from planner.inputs.rows import Places
from planner.inputs.values import NAME, Value
from planner.model.layout import TiersSpec

Groupings = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Groups of racks by name of the grouping and of the group."""


class FamilyReader:
    """Makes the fabrics of families; ``places`` takes down where each of them was written."""

    def __init__(self, groupings: Groupings, places: Places) -> None:
        self._groupings = groupings
        self._places = places
        self._names: dict[str, str] = {}

    def members(self, spec: TiersSpec, per: Value) -> list[TiersSpec]:
        """Return the fabric once for each group of the grouping that ``per`` names."""
        grouping = per.as_name("the name of a grouping")
        if grouping not in self._groupings:
            if grouping:
                message = f"unknown grouping {shown(grouping)}{nearest(grouping, self._groupings)}"
                per.fail("unknown-grouping", message)
            return [spec]
        if spec.racks or spec.within:
            message = (
                "found racks of its own, expected none: the fabric of each group takes the group's racks"
            )
            per.fail("racks-of-group", message)
        found = []
        about = self._places_of(spec.name)
        for group, racks in self._groupings[grouping].items():
            member = replace(
                spec,
                name=f"{spec.name}-{group.lower()}",
                family=spec.name,
                within=racks,
                pins=spec.pins.within(racks),
            )
            if not NAME.fullmatch(member.name) or member.name in self._names:
                per.fail(
                    "bad-name", f"group {shown(group)} makes a fabric {shown(member.name)}, which is taken"
                )
            self._names[member.name] = spec.name
            # Findings about a fabric of a family say where the family was written.
            self._places.update({f"fabric {member.name}{rest}": where for rest, where in about.items()})
            found.append(member)
        per.findings.read_more_than_once([(per.where.line, per.where.column)])
        self._refuse_pins_outside(spec, grouping, per)
        return found

    def _refuse_pins_outside(self, spec: TiersSpec, grouping: str, per: Value) -> None:
        """Report pins in racks of no group: no fabric of the family would keep them."""
        grouped = {rack for racks in self._groupings[grouping].values() for rack in racks}
        for pin in spec.pins.devices:
            if pin.rack not in grouped:
                message = f"{pin.rack} is in no group of {shown(grouping)}, so that no fabric may use it"
                per.findings.add("pin-rack", message, self._places[pin_place(spec.name, pin)])
        groups = [set(racks) for racks in self._groupings[grouping].values()]
        for run in spec.pins.runs:
            if not any({run.lower.rack, run.upper.rack} <= racks for racks in groups):
                message = (
                    f"{run.lower.rack} and {run.upper.rack} are in no group of {shown(grouping)} together"
                )
                per.findings.add("pin-rack", message, self._places[pin_place(spec.name, run)])

    def _places_of(self, family: str) -> dict[str, Where]:
        """Return where all that is said about a family was written, by what follows its name."""
        about = f"fabric {family}"
        return {
            place.removeprefix(about): where
            for place, where in self._places.items()
            if place == about or place.startswith(f"{about} ")
        }
