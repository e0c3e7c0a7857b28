"""Cable runs: both ends, route, part, labels, bundle and the order of installation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

from planner.model.catalog import Catalog
from planner.model.fabric import CageRef, PeerFabric, TierFabric
from planner.model.layout import Layout
from planner.model.media import Plug
from planner.model.plan import CableEnd, CableRun
from planner.model.routes import PathwaySegment, Route
from planner.model.sites import cage_group
from planner.model.solution import ChosenRun, FabricSolution
from planner.plan.bundles import with_bundles
from planner.plan.devices import asic_of_cage
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
        route_of = one.table.route
        ends = [_ends(catalog, one, chosen) for chosen in one.solution.runs]
        made = _made_of(catalog, one)
        counted = count_once([(a, b) for a, b, _ in ends], made)
        for chosen, places, parts, counts in zip(one.solution.runs, ends, made, counted, strict=True):
            a, b, _ = places
            from_a = one.table.lower_index[a.rack, a.u, a.cage]
            to_b = one.table.upper_index[b.rack, b.u, b.cage]
            route = route_of(from_a, to_b, chosen.choice.route)
            segments.update((segment.id, segment) for segment in route.segments)
            run = _run(one, parts, counts, places, route, row_of)
            runs.append(PricedRun(run=run, made=parts, counted=counts))
    return with_bundles(layout.installation, runs, rack_order(layout), segments), segments


def _made_of(catalog: Catalog, solved: SolvedFabric) -> list[Made]:
    plugs_of = cache(_plugs_of(catalog, solved))
    choices = [chosen.choice for chosen in solved.solution.runs]
    return [Made(catalog.media[one.option], one.stock, plugs_of(one.option)) for one in choices]


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
        asic=asic_of_cage(lower_type, fabric.cages, chosen.lower_socket.cage),
        cage=chosen.lower_socket.cage,
        port=chosen.lower_socket.port,
    )
    b = CageRef(
        rack=placed.rack,
        u=placed.u,
        device=fabric.upper_device,
        asic=asic_of_cage(upper_type, fabric.upper_cages, chosen.upper_socket.cage),
        cage=chosen.upper_socket.cage,
        port=chosen.upper_socket.port,
    )
    return a, b, unit.plane


def _run(
    solved: SolvedFabric,
    made: Made,
    counted: Counted,
    ends: tuple[CageRef, CageRef, int],
    route: Route,
    row_of: dict[str, str],
) -> CableRun:
    a, b, plane = ends
    option = made.option
    stock = option.cable.stock[made.stock]
    near, far = _label(a), _label(b)
    cords = option.cables_per_run if option.cable.category == "cord" else 0
    return CableRun(
        cable_id=f"{solved.fabric.name}-{a.rack}U{a.u:02d}{_socket(a)}",
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
        a=_cable_end(a, made.plugs[0], row_of),
        b=_cable_end(b, made.plugs[1], row_of),
        route_kind=route.kind,
        segments=tuple(segment.id for segment in route.segments),
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


def _label(end: CageRef) -> str:
    return f"{end.rack}-U{end.u:02d}-{_socket(end)}"


def _socket(end: CageRef) -> str:
    return f"C{end.cage:02d}" + (f"P{end.port}" if end.port else "")


def _cord_labels(near: str, far: str, cords: int) -> tuple[str, ...]:
    """Label each fiber cord by the connector at both ends that it joins, counted from 1."""
    return tuple(f"{near}/{cord} / {far}/{cord}" for cord in range(1, cords + 1))


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
