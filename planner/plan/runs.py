"""Cable runs: both ends, route, part, labels, bundle and the order of installation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from planner.model.catalog import Catalog, MediaOption
from planner.model.economics import run_parts_cents
from planner.model.fabric import CageRef, PeerFabric, TierFabric
from planner.model.layout import Layout
from planner.model.plan import CableEnd, CableRun
from planner.model.routes import PathwaySegment, Route
from planner.model.solution import ChosenRun, FabricSolution
from planner.plan.devices import asic_of_cage
from planner.plan.racks import rack_order
from planner.plan.solved import SolvedFabric

SegmentsById = dict[str, PathwaySegment]


def build_runs(
    layout: Layout, catalog: Catalog, solved: Iterable[SolvedFabric]
) -> tuple[tuple[CableRun, ...], SegmentsById]:
    """Write out every chosen run, in canonical order, and the segments that routes use, by id."""
    row_of = {position.address: position.row for row in layout.rows for position in row.positions}
    segments: SegmentsById = {}
    runs: list[CableRun] = []
    for one in solved:
        route_of = cache(one.table.route)  # the runs between two devices often share one
        for chosen in one.solution.runs:
            a, b, plane = _ends(catalog, one, chosen)
            from_a = one.table.lower_index[a.rack, a.u, a.cage]
            to_b = one.table.upper_index[b.rack, b.u, b.cage]
            route = route_of(from_a, to_b, chosen.choice.route)
            segments.update((segment.id, segment) for segment in route.segments)
            runs.append(_run(one, catalog.media[chosen.choice.option], chosen, (a, b, plane), route, row_of))
    return _with_bundles(runs, rack_order(layout)), segments


def _ends(catalog: Catalog, solved: SolvedFabric, chosen: ChosenRun) -> tuple[CageRef, CageRef, int]:
    fabric = solved.fabric
    if isinstance(fabric, PeerFabric):
        a, b = fabric.runs[chosen.lower]
        return a, b, fabric.planes[chosen.lower]
    return _tier_ends(catalog, fabric, solved.solution, chosen)


def _tier_ends(
    catalog: Catalog, fabric: TierFabric, solution: FabricSolution, chosen: ChosenRun
) -> tuple[CageRef, CageRef, int]:
    unit = fabric.lower_units[chosen.lower]
    placed = solution.placed[chosen.upper]
    lower_type = catalog.device_types[fabric.lower_device]
    upper_type = catalog.device_types[fabric.upper_device]
    a = CageRef(
        rack=unit.rack,
        u=unit.u,
        device=fabric.lower_device,
        asic=asic_of_cage(lower_type, fabric.cages, chosen.lower_cage),
        cage=chosen.lower_cage,
    )
    b = CageRef(
        rack=placed.rack,
        u=placed.u,
        device=fabric.upper_device,
        asic=asic_of_cage(upper_type, fabric.upper_cages, chosen.upper_cage),
        cage=chosen.upper_cage,
    )
    return a, b, unit.plane


def _run(
    solved: SolvedFabric,
    option: MediaOption,
    chosen: ChosenRun,
    ends: tuple[CageRef, CageRef, int],
    route: Route,
    row_of: dict[str, str],
) -> CableRun:
    a, b, plane = ends
    stock = option.cable.stock[chosen.choice.stock]
    near, far = _label(a), _label(b)
    return CableRun(
        cable_id=f"{solved.fabric.name}-{a.rack}U{a.u:02d}C{a.cage:02d}",
        fabric=solved.fabric.name,
        plane=plane,
        medium=option.medium,
        option=option.id,
        part_number=stock.part_number,
        stock_length_mm=stock.length_mm,
        routed_mm=route.routed_mm,
        slack_mm=route.slack_mm,
        reach_mm=option.reach_mm,
        rate_gbps=solved.fabric.rate_gbps,
        links=solved.fabric.links_per_run,
        a=_cable_end(a, option, row_of),
        b=_cable_end(b, option, row_of),
        route_kind=route.kind,
        segments=tuple(segment.id for segment in route.segments),
        bundle="",
        install_order=0,
        label_a=f"{near} / {far}",
        label_b=f"{far} / {near}",
        cord_labels_a=_cord_labels(near, far, option),
        cord_labels_b=_cord_labels(far, near, option),
        cost_cents=run_parts_cents(option, chosen.choice.stock),
    )


def _label(end: CageRef) -> str:
    return f"{end.rack}-U{end.u:02d}-C{end.cage:02d}"


def _cord_labels(near: str, far: str, option: MediaOption) -> tuple[str, ...]:
    """Label each fiber cord by the connector of both transceivers that it joins, counted from 1."""
    cords = option.transceiver.cords if option.transceiver else 0
    return tuple(f"{near}/{cord} / {far}/{cord}" for cord in range(1, cords + 1))


def _cable_end(end: CageRef, option: MediaOption, row_of: dict[str, str]) -> CableEnd:
    return CableEnd(
        row=row_of[end.rack],
        rack=end.rack,
        u=end.u,
        device=end.device,
        asic=end.asic,
        cage=end.cage,
        transceiver=option.transceiver.id if option.transceiver else "",
    )


def _with_bundles(runs: Sequence[CableRun], rank: dict[str, int]) -> tuple[CableRun, ...]:
    """Name bundles in canonical order and number the runs bundle by bundle.

    A bundle is what an installer lays in one go: the runs of one medium between two racks. Bundles
    follow rack A, so that a rack is finished before the next is begun; inside a bundle the shortest
    run goes first, since the longer ones then lie outside of it.
    """

    def bundle_key(run: CableRun) -> tuple[int, int, str]:
        low, high = sorted((rank[run.a.rack], rank[run.b.rack]))
        return low, high, run.medium.value

    names: dict[tuple[int, int, str], str] = {}
    for key in sorted({bundle_key(run) for run in runs}):
        names[key] = f"B{len(names) + 1:04d}"

    def canonical(run: CableRun) -> tuple[int, int, int, str]:
        return rank[run.a.rack], run.a.u, run.a.cage, run.fabric

    def numbered() -> Iterator[CableRun]:
        order = sorted(runs, key=lambda run: (bundle_key(run), run.routed_mm, canonical(run)))
        for number, run in enumerate(order, start=1):
            yield replace(run, bundle=names[bundle_key(run)], install_order=number)

    return tuple(sorted(numbered(), key=canonical))
