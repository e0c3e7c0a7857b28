"""Fabrics that are alike but for where they stand: one of them is solved, the others get its solution.

Two fabrics are alike where everything that decides about one is the same for the other once racks are
numbered in the order in which the fabric meets them: lower units and planes, attachments, lengths of all
routes, room, power, what one failure may take and what opening racks costs. Names play no part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace

from planner.model.catalog import Catalog
from planner.model.fabric import Fabric, TierFabric
from planner.model.layout import Layout, TiersSpec
from planner.model.routes import Attachment, RouteTable
from planner.model.sites import RackUse
from planner.model.solution import BoundCase, FabricSolution
from planner.optimize.plane_rules import PlaneRules, find_rules
from planner.optimize.room import Room, find_room

_OF_ITS_OWN = ("name", "lower_units", "plane_names", "plane_keys", "below", "within", "gpus")
"""What alike fabrics may differ in, or what is compared with racks numbered."""


class KnownSolutions:
    """The fabrics of a layout that were solved so far, found by what decides about them."""

    def __init__(self, layout: Layout, catalog: Catalog) -> None:
        self._layout = layout
        self._catalog = catalog
        self._solved: dict[bytes, tuple[_Problem, FabricSolution]] = {}

    def of(
        self,
        fabric: Fabric,
        table: RouteTable,
        used: Mapping[str, RackUse],
        solve: Callable[[], FabricSolution],
    ) -> FabricSolution:
        """Return the solution of a fabric that is like this one, or what ``solve`` finds where none was."""
        if not isinstance(fabric, TierFabric):
            return solve()
        problem = _Problem(self._layout, self._catalog, fabric, table, used)
        if problem.key not in self._solved:
            self._solved[problem.key] = problem, solve()
            return self._solved[problem.key][1]
        other, solution = self._solved[problem.key]
        return carried_over(solution, fabric.name, dict(zip(other.racks, problem.racks, strict=True)))


class _Problem:
    """What decides about one fabric; ``key`` is equal for fabrics that are alike."""

    def __init__(
        self,
        layout: Layout,
        catalog: Catalog,
        fabric: TierFabric,
        table: RouteTable,
        used: Mapping[str, RackUse],
    ) -> None:
        room = find_room(layout, catalog, fabric, used)
        racks = dict.fromkeys(unit.rack for unit in fabric.lower_units)
        racks |= dict.fromkeys(end.rack for end in (*table.lower, *table.upper))
        self.racks = tuple(racks)
        number = {rack: index for index, rack in enumerate(self.racks)}
        digest = hashlib.sha256()
        for part in (
            _wiring(layout, fabric, number),
            _ends(table.lower, table.lower_index, number),
            _ends(table.upper, table.upper_index, number),
            _room(room, number),
            _rules(find_rules(layout, fabric.name, fabric.upper_per_plane, room.rack_names)),
            table.routed_mm.shape,
        ):
            digest.update(repr(part).encode())
        digest.update(table.routed_mm.tobytes())
        digest.update(table.slack_mm.tobytes())
        self.key = digest.digest()


def _wiring(layout: Layout, fabric: TierFabric, number: Mapping[str, int]) -> Sequence[object]:
    spec = next(one for one in layout.fabrics if one.name == fabric.name)
    numbers = (spec.lower.numbers, spec.upper.numbers, spec.upper.unit) if isinstance(spec, TiersSpec) else ()
    own = [getattr(fabric, one.name) for one in fields(fabric) if one.name not in _OF_ITS_OWN]
    units = [
        (number[unit.rack], unit.u, unit.device, unit.asic, unit.sockets, unit.plane)
        for unit in fabric.lower_units
    ]
    return numbers, own, units


def _ends(
    attachments: Sequence[Attachment],
    index: Mapping[tuple[str, int, int], int],
    number: Mapping[str, int],
) -> Sequence[object]:
    places = [(number[one.rack], one.face, one.z_mm, one.offset_mm) for one in attachments]
    return places, sorted((number[rack], u, cage, at) for (rack, u, cage), at in index.items())


def _room(room: Room, number: Mapping[str, int]) -> Sequence[object]:
    rows = [
        (
            row.left_milliwatts,
            row.is_in_row.tolist(),
            row.rack_milliwatts.tolist(),
            row.device_milliwatts,
        )
        for row in room.row_power
        if row.is_in_row.any()
    ]
    return (
        [(number[slot.rack], slot.u) for slot in room.slots],
        room.slot_rack.tolist(),
        [number[rack] for rack in room.rack_names],
        room.opening_cents.tolist(),
        room.is_fixed,
        room.capacity.tolist(),
        rows,
    )


def _rules(rules: PlaneRules) -> Sequence[object]:
    return [(rule.part_of_rack.tolist(), rule.most, rule.fewest) for rule in rules.rules]


def carried_over(solution: FabricSolution, fabric: str, racks: Mapping[str, str]) -> FabricSolution:
    """Return the solution of a fabric for one that is alike: ``racks`` names the other's rack for each."""
    certificate = solution.certificate
    return replace(
        solution,
        fabric=fabric,
        placed=tuple(replace(one, rack=racks[one.rack]) for one in solution.placed),
        certificate=replace(
            certificate, fabric=fabric, cases=tuple(_case(case, racks) for case in certificate.cases)
        ),
    )


def _case(case: BoundCase, racks: Mapping[str, str]) -> BoundCase:
    return replace(
        case,
        open_racks=tuple(racks[rack] for rack in case.open_racks),
        closed_racks=tuple(racks[rack] for rack in case.closed_racks),
    )
