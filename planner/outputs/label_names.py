"""What labels say: the ends of a run in the words of a label scheme."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from planner.model.labels import DeviceUnit, LabelScheme, TemplatePart, UnitOrder
from planner.model.plan import CableEnd, CableRun, Plan
from planner.units import format_m


class Label(NamedTuple):
    """One label: where it goes, where the far end is, what a reader of the code gets, and the part."""

    near: str
    far: str
    code: str
    note: str


class EndNames:
    """Names ends by a scheme."""

    def __init__(self, plan: Plan, scheme: LabelScheme) -> None:
        self._scheme = scheme
        self._height_u = {name: kind.height_u for name, kind in plan.catalog.device_types.items()}
        self._units = {
            address: plan.catalog.rack_types[kind].units for address, kind in rack_types(plan).items()
        }

    def of(self, end: CableEnd, cord: int = 0) -> str:
        """Return the name of an end, or of one of its fiber cords, counted from 1."""
        values: dict[str, str | int] = {
            "row": end.row,
            "rack": end.rack,
            "u": self._unit(end),
            "device": end.device,
            "asic": end.asic,
            "cage": end.cage - 1 + self._scheme.first_cage,
            "port": end.port,
            "cord": cord,
        }
        left_out = {
            part.option for part in self._scheme.end if part.option and values.get(part.field, 1) == 0
        }
        return "".join(_part_text(part, values) for part in self._scheme.end if part.option not in left_out)

    def _unit(self, end: CableEnd) -> int:
        u = end.u
        if self._scheme.device_u is DeviceUnit.UPPERMOST:
            u += self._height_u[end.device] - 1
        return self._units[end.rack] + 1 - u if self._scheme.u_from is UnitOrder.TOP else u


def rack_types(plan: Plan) -> dict[str, str]:
    """Return the rack type that stands at each address: opened by the plan, or fixed by the layout."""
    fixed = {
        position.address: position.choices[0]
        for row in plan.layout.rows
        for position in row.positions
        if position.is_decided
    }
    return {**fixed, **plan.opened_racks}


def labels_of(plan: Plan, scheme: LabelScheme) -> Iterator[Label]:
    """Yield both labels of every run, or of each of its cords, in the order of installation."""
    names = EndNames(plan, scheme)
    for run in sorted(plan.runs, key=lambda run: run.install_order):
        note = f"{part_text(run)} {run.bundle}"
        for cord in range(1, len(run.cord_labels_a) + 1) or (0,):
            suffix = f"/{cord}" if cord else ""
            a, b = names.of(run.a, cord), names.of(run.b, cord)
            yield Label(a, b, f"{run.cable_id}/A{suffix}", note)
            yield Label(b, a, f"{run.cable_id}/B{suffix}", note)


def part_text(run: CableRun) -> str:
    """Return the medium and stock length of a run's cable or cords."""
    length = format_m(run.stock_length_mm).rstrip("0").rstrip(".")
    return f"{run.medium.value.upper()} {length} m"


def _part_text(part: TemplatePart, values: dict[str, str | int]) -> str:
    return str(values[part.field]).rjust(part.digits, "0") if part.field else part.text
