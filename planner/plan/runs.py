"""Cable runs: both ends, route, part, labels, bundle and the order of installation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

from planner.model.catalog import Catalog, DeviceType
from planner.model.fabric import CageRef, PeerFabric, TierFabric
from planner.model.layout import Layout
from planner.model.media import Plug
from planner.model.plan import CableEnd, CableRun
from planner.model.routes import PathwaySegment, Route
from planner.model.sites import cage_group, first_cage
from planner.model.solution import ChosenRun
from planner.plan.bundles import with_bundles
from planner.plan.racks import rack_order
from planner.plan.shares import Counted, Made, PricedRun, cost_cents, count_once
from planner.plan.solved import SolvedFabric

SegmentsById = dict[str, PathwaySegment]


def build_runs(
    layout: Layout, catalog: Catalog, solved: Iterable[SolvedFabric]
) -> tuple[tuple[PricedRun, ...], SegmentsById]:
    """Write out every chosen run, in canonical order, and the segments that routes use, by id."""
    row_of = {position.address: position.row for row in layout.rows for position in row.positions}
    segments: SegmentsById = {}
    runs: list[PricedRun] = []
    for one in solved:
        ways: dict[tuple[int, int, int], Way] = {}
        ends = _EndsOf(catalog, one)
        places = [ends.of(chosen) for chosen in one.solution.runs]
        made = _made_of(catalog, one)
        counted = count_once([(a, b) for a, b, _ in places], made)
        writer = _RunWriter(one, row_of)
        for chosen, place, parts, counts in zip(one.solution.runs, places, made, counted, strict=True):
            a, b, _ = place
            from_a = one.table.lower_index[a.rack, a.u, a.cage]
            to_b = one.table.upper_index[b.rack, b.u, b.cage]
            key = (from_a, to_b, chosen.choice.route)
            way = ways.get(key)
            if way is None:
                route = one.table.route(*key)
                segments.update((segment.id, segment) for segment in route.segments)
                way = ways[key] = route, tuple([segment.id for segment in route.segments])
            runs.append(PricedRun(run=writer.run(parts, counts, place, way), made=parts, counted=counts))
    return with_bundles(layout.installation, runs, rack_order(layout), segments), segments


def _made_of(catalog: Catalog, solved: SolvedFabric) -> list[Made]:
    plugs_of = cache(_plugs_of(catalog, solved))
    known: dict[tuple[int, int], Made] = {}
    made = []
    for chosen in solved.solution.runs:
        key = chosen.choice.option, chosen.choice.stock
        if key not in known:
            known[key] = Made(catalog.media[key[0]], key[1], plugs_of(key[0]))
        made.append(known[key])
    return made


def _plugs_of(catalog: Catalog, solved: SolvedFabric) -> Callable[[int], tuple[Plug, Plug]]:
    fabric = solved.fabric
    if isinstance(fabric, PeerFabric):
        lower = upper = cage_group(catalog.device_types[fabric.device], fabric.cages)
        runs_per_cage = (1, 1)
    else:
        lower = cage_group(catalog.device_types[fabric.lower_device], fabric.cages)
        upper = cage_group(catalog.device_types[fabric.upper_device], fabric.upper_cages)
        runs_per_cage = fabric.runs_per_cage

    def plugs_of(option: int) -> tuple[Plug, Plug]:
        plugs = catalog.media[option].between(lower, upper, runs_per_cage)
        if plugs is None:
            raise ValueError(f"{catalog.media[option].id} does not join the cages of fabric {fabric.name}")
        return plugs

    return plugs_of


class _EndsOf:
    """Where the ends of a fabric's runs are."""

    def __init__(self, catalog: Catalog, solved: SolvedFabric) -> None:
        self._fabric = solved.fabric
        self._placed = solved.solution.placed
        fabric = solved.fabric
        if isinstance(fabric, TierFabric):
            self._lower = _asics_of_cages(catalog.device_types[fabric.lower_device], fabric.cages)
            self._upper = _asics_of_cages(catalog.device_types[fabric.upper_device], fabric.upper_cages)

    def of(self, chosen: ChosenRun) -> tuple[CageRef, CageRef, int]:
        """Return the cages of a run, and its plane."""
        fabric = self._fabric
        if isinstance(fabric, PeerFabric):
            return *fabric.runs[chosen.lower], fabric.planes[chosen.lower]
        unit, placed = fabric.lower_units[chosen.lower], self._placed[chosen.upper]
        lower, upper = chosen.lower_socket, chosen.upper_socket
        a = CageRef(
            rack=unit.rack,
            u=unit.u,
            device=fabric.lower_device,
            asic=self._lower[lower.cage],
            cage=lower.cage,
            port=lower.port,
        )
        b = CageRef(
            rack=placed.rack,
            u=placed.u,
            device=fabric.upper_device,
            asic=self._upper[upper.cage],
            cage=upper.cage,
            port=upper.port,
        )
        return a, b, unit.plane


def _asics_of_cages(device: DeviceType, group: str) -> dict[int, int]:
    """Return the ASIC (from 1) behind each cage of a group, by the cage's number on the device."""
    first = first_cage(device, group)
    return dict(enumerate(cage_group(device, group).asic_of_cage, start=first))


Way = tuple[Route, tuple[str, ...]]
"""A route and the ids of its segments, which all runs that take it share."""


class _RunWriter:
    """Writes the runs of one fabric."""

    def __init__(self, solved: SolvedFabric, row_of: dict[str, str]) -> None:
        self._fabric = solved.fabric
        self._row_of = row_of

    def run(self, made: Made, counted: Counted, ends: tuple[CageRef, CageRef, int], way: Way) -> CableRun:
        """Return the run, not yet in a bundle."""
        a, b, plane = ends
        route, segments = way
        option = made.option
        stock = option.cable.stock[made.stock]
        sockets = _socket(a), _socket(b)
        near, far = f"{a.rack}-U{a.u:02d}-{sockets[0]}", f"{b.rack}-U{b.u:02d}-{sockets[1]}"
        cords = option.cables_per_run if option.cable.category == "cord" else 0
        return CableRun(
            cable_id=f"{self._fabric.name}-{a.rack}U{a.u:02d}{sockets[0]}",
            fabric=self._fabric.name,
            plane=plane,
            medium=option.medium,
            option=option.id,
            part_number=stock.part_number,
            stock_length_mm=stock.length_mm,
            routed_mm=route.routed_mm,
            slack_mm=route.slack_mm,
            reach_mm=option.reach_mm,
            rate_gbps=self._fabric.rate_gbps,
            links=self._fabric.links_per_run,
            a=_cable_end(a, made.plugs[0], self._row_of),
            b=_cable_end(b, made.plugs[1], self._row_of),
            route_kind=route.kind,
            segments=segments,
            bundle="",
            install_order=0,
            phase=0,
            crew=0,
            minutes=0,
            label_a=f"{near} / {far}",
            label_b=f"{far} / {near}",
            cord_labels_a=_cord_labels(near, far, cords),
            cord_labels_b=_cord_labels(far, near, cords),
            cost_cents=cost_cents(made, counted),
        )


def _socket(end: CageRef) -> str:
    return f"C{end.cage:02d}" + (f"P{end.port}" if end.port else "")


def _cord_labels(near: str, far: str, cords: int) -> tuple[str, ...]:
    """Label each fiber cord by the connector at both ends that it joins, counted from 1."""
    return tuple([f"{near}/{cord} / {far}/{cord}" for cord in range(1, cords + 1)])


def _cable_end(end: CageRef, plug: Plug, row_of: dict[str, str]) -> CableEnd:
    return CableEnd(
        row=row_of[end.rack],
        rack=end.rack,
        u=end.u,
        device=end.device,
        asic=end.asic,
        cage=end.cage,
        port=end.port,
        transceiver=plug.transceiver.id if plug.transceiver else "",
    )
