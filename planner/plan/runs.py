"""Cable runs: both ends, route, part, labels, bundle and the order of installation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple, Protocol

from planner.model.catalog import Catalog, DeviceType
from planner.model.fabric import PeerFabric
from planner.model.layout import Layout
from planner.model.media import Plug
from planner.model.plan import CableEnd, CableRun
from planner.model.routes import RouteKind
from planner.model.sites import cage_group, first_cage
from planner.plan.bundles import Laid, Lot, bundle_way, lots
from planner.plan.racks import rack_order
from planner.plan.shares import Counted, Made, PricedRun, cost_cents, count_once
from planner.plan.solved import SolvedFabric


class _Draft(NamedTuple):
    """A run of which all is known but when it is laid, and by whom.

    ``route`` holds the kind, the lengths and the ids of segments, in one value for all runs that take it.
    """

    writer: _RunWriter
    ends: _Ends
    made: Made
    counted: Counted
    route: _Taken


def build_runs(layout: Layout, catalog: Catalog, solved: Iterable[SolvedFabric]) -> tuple[PricedRun, ...]:
    """Write out every chosen run, in canonical order."""
    rank = rack_order(layout)
    row_of = {position.address: position.row for row in layout.rows for position in row.positions}
    drafts: list[_Draft] = []
    laid: list[Laid] = []
    for one in solved:
        made = _made_of(catalog, one)
        ends = _ends_of(catalog, one, made, row_of)
        writer = _RunWriter(one)
        counted = count_once([(a, b) for a, b, _ in ends], made)
        for own, parts, counts, route in zip(ends, made, counted, _taken_routes(one), strict=True):
            a, b, _ = own
            drafts.append(_Draft(writer, own, parts, counts, route))
            place = rank[a.rack], a.u, a.cage, a.port, one.fabric.name
            laid.append(
                Laid(place, rank[b.rack], parts.option.medium, route.kind, route.routed_mm, route.bundle_way)
            )
    planned = lots(layout.installation, laid)
    order = sorted(range(len(laid)), key=[run.place for run in laid].__getitem__)
    del laid  # of a campus there is not room for all
    return tuple([_written(drafts[index], planned[index]) for index in order])


def _written(draft: _Draft, lot: Lot) -> PricedRun:
    run = draft.writer.run(draft, lot)
    return PricedRun(run=run, made=draft.made, counted=draft.counted)


class _Taken(NamedTuple):
    """A route that runs take."""

    kind: RouteKind
    routed_mm: int
    slack_mm: int
    segments: tuple[str, ...]
    bundle_way: tuple[str, ...]


def _taken_routes(solved: SolvedFabric) -> Iterator[_Taken]:
    """Yield the route of every run."""
    known: dict[tuple[int, int, int], _Taken] = {}
    shared: dict[tuple[str, ...], tuple[str, ...]] = {}
    for a, b, run in solved.attached():
        key = a, b, run.choice.route
        if key not in known:
            route = solved.table.route(*key)
            way = bundle_way(route)
            known[key] = _Taken(
                route.kind, route.routed_mm, route.slack_mm, route.segment_ids, shared.setdefault(way, way)
            )
        yield known[key]


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


_Ends = tuple[CableEnd, CableEnd, int]
"""Both ends of a run, and its plane."""


def _ends_of(
    catalog: Catalog, solved: SolvedFabric, made: Sequence[Made], row_of: Mapping[str, str]
) -> list[_Ends]:
    """Return where the runs of a fabric end, and what is plugged in there."""
    fabric, placed = solved.fabric, solved.solution.placed
    ends: list[_Ends] = []
    if isinstance(fabric, PeerFabric):
        for run, parts in zip(solved.solution.runs, made, strict=True):
            near, far = fabric.runs[run.lower]
            a, b = (
                _cable_end(row_of, end, fabric.device, end.asic, (end.cage, end.port), plug)
                for end, plug in zip((near, far), parts.plugs, strict=True)
            )
            ends.append((a, b, fabric.planes[run.lower]))
        return ends
    lower = _asics_of_cages(catalog.device_types[fabric.lower_device], fabric.cages)
    upper = _asics_of_cages(catalog.device_types[fabric.upper_device], fabric.upper_cages)
    for run, parts in zip(solved.solution.runs, made, strict=True):
        unit, device = fabric.lower_units[run.lower], placed[run.upper]
        at_a, at_b = run.lower_socket, run.upper_socket
        a = _cable_end(row_of, unit, fabric.lower_device, lower[at_a.cage], at_a, parts.plugs[0])
        b = _cable_end(row_of, device, fabric.upper_device, upper[at_b.cage], at_b, parts.plugs[1])
        ends.append((a, b, unit.plane))
    return ends


def _asics_of_cages(device: DeviceType, group: str) -> dict[int, int]:
    """Return the ASIC (from 1) behind each cage of a group, by the cage's number on the device."""
    first = first_cage(device, group)
    return dict(enumerate(cage_group(device, group).asic_of_cage, start=first))


class _Place(Protocol):
    """Where a device stands."""

    @property
    def rack(self) -> str: ...

    @property
    def u(self) -> int: ...


def _cable_end(
    row_of: Mapping[str, str], place: _Place, device: str, asic: int, socket: tuple[int, int], plug: Plug
) -> CableEnd:
    return CableEnd(
        row=row_of[place.rack],
        rack=place.rack,
        u=place.u,
        device=device,
        asic=asic,
        cage=socket[0],
        port=socket[1],
        transceiver=plug.transceiver.id if plug.transceiver else "",
    )


class _RunWriter:
    """Writes the runs of one fabric."""

    def __init__(self, solved: SolvedFabric) -> None:
        self._fabric = solved.fabric
        self._cents: dict[tuple[int, Counted], int] = {}

    def run(self, draft: _Draft, lot: Lot) -> CableRun:
        """Return the run."""
        a, b, plane = draft.ends
        made, route = draft.made, draft.route
        option = made.option
        stock = option.cable.stock[made.stock]
        at_a, at_b = f"U{a.u:02d}", f"U{b.u:02d}"
        from_socket, to_socket = _socket(a), _socket(b)
        near, far = f"{a.rack}-{at_a}-{from_socket}", f"{b.rack}-{at_b}-{to_socket}"
        cords = option.cables_per_run if option.cable.category == "cord" else 0
        return CableRun(
            cable_id=f"{self._fabric.name}-{a.rack}{at_a}{from_socket}",
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
            a=a,
            b=b,
            route_kind=route.kind,
            segments=route.segments,
            bundle=lot.bundle,
            install_order=lot.install_order,
            phase=lot.phase,
            crew=lot.crew,
            minutes=lot.minutes,
            label_a=f"{near} / {far}",
            label_b=f"{far} / {near}",
            cord_labels_a=_cord_labels(near, far, cords),
            cord_labels_b=_cord_labels(far, near, cords),
            cost_cents=self._cost_cents(made, draft.counted),
        )

    def _cost_cents(self, made: Made, counted: Counted) -> int:
        key = id(made), counted  # runs made alike share what says so
        if key not in self._cents:
            self._cents[key] = cost_cents(made, counted)
        return self._cents[key]


def _socket(end: CableEnd) -> str:
    return f"C{end.cage:02d}P{end.port}" if end.port else f"C{end.cage:02d}"


def _cord_labels(near: str, far: str, cords: int) -> tuple[str, ...]:
    """Label each fiber cord by the connector at both ends that it joins, counted from 1."""
    return tuple([f"{near}/{cord} / {far}/{cord}" for cord in range(1, cords + 1)])
