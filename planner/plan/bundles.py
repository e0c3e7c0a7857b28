"""Bundles, and who lays them when: the work of the installers, phase by phase and crew by crew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from fractions import Fraction
from functools import cache

from planner.model.installation import Installation
from planner.model.plan import CableRun
from planner.model.routes import AT_A_FACE, PathwaySegment, RouteKind, riser_name
from planner.plan.shares import PricedRun
from planner.units import ceil_div, round_half_up

_DEEPEST_FIRST = (RouteKind.UNDERFLOOR, RouteKind.OVERHEAD, RouteKind.LATERAL)
"""What lies deepest is laid first: a lateral crosses the risers that the others go through."""

Bundle = list[PricedRun]
Way = tuple[str, ...]


def with_bundles(
    installation: Installation,
    runs: Sequence[PricedRun],
    rank: Mapping[str, int],
    segments: Mapping[str, PathwaySegment],
) -> tuple[PricedRun, ...]:
    """Name bundles in canonical order, number the runs in the order of installation, deal them to crews.

    A bundle is what an installer lays in one go: runs of one medium between two racks over the same
    way, at most so many. The same way means the same risers at both ends and all the same laterals,
    entries, trays and joints between them; where on a riser a run starts makes no other bundle. Phases
    follow the kinds of route, deepest first; inside a phase the bundle with the longest run goes first,
    and inside a bundle the longest run, so that nothing is pulled over something that must still move.
    ``segments`` holds all that routes use, by id.
    """

    def canonical(run: CableRun) -> tuple[int, int, int, int, str]:
        return rank[run.a.rack], run.a.u, run.a.cage, run.a.port, run.fabric

    ordered = sorted(runs, key=lambda one: (-one.run.routed_mm, canonical(one.run)))
    bundles = _bundles(ordered, rank, installation.max_bundle, _way_finder(segments))
    names = {id(bundle): f"B{number:04d}" for number, bundle in enumerate(bundles, start=1)}
    kinds = [kind for kind in _DEEPEST_FIRST if any(one.run.route_kind is kind for one in runs)]
    planned: list[PricedRun] = []
    for phase, kind in enumerate(kinds, start=1):
        own = [bundle for bundle in bundles if bundle[0].run.route_kind is kind]
        own.sort(key=lambda bundle: -bundle[0].run.routed_mm)  # equal ones stay in canonical order
        for bundle, crew in zip(own, _crews(installation, own), strict=True):
            for one in bundle:
                run = _changed(
                    one.run,
                    bundle=names[id(bundle)],
                    install_order=len(planned) + 1,
                    phase=phase,
                    crew=crew,
                    minutes=run_minutes(installation, one.run.routed_mm),
                )
                planned.append(PricedRun(run=run, made=one.made, counted=one.counted))
    return tuple(sorted(planned, key=lambda one: canonical(one.run)))


_FIELDS = tuple(field.name for field in fields(CableRun))


def _changed(run: CableRun, **changes: int | str) -> CableRun:
    """Return the run with some fields changed: as ``replace``, which takes twice as long."""
    values = {name: getattr(run, name) for name in _FIELDS}
    values.update(changes)
    return CableRun(**values)


@cache  # thousands of runs have the same few lengths
def run_minutes(installation: Installation, routed_mm: int) -> int:
    """Return the minutes that one run takes: per run, plus per routed meter rounded once."""
    per_meter = Fraction(installation.minutes_per_meter * routed_mm, 1000)
    return installation.minutes_per_run + round_half_up(per_meter)


def elapsed_minutes(runs: Sequence[CableRun]) -> int:
    """Return how long the crews take side by side: of each phase, what its busiest crew takes."""
    load: dict[int, dict[int, int]] = {}
    for run in runs:
        crews = load.setdefault(run.phase, {})
        crews[run.crew] = crews.get(run.crew, 0) + run.minutes
    return sum(max(crews.values()) for crews in load.values())


def _bundles(
    ordered: Sequence[PricedRun], rank: Mapping[str, int], most: int, way_of: Callable[[Way], Way]
) -> list[Bundle]:
    """Return the bundles in canonical order; what is too many for one makes the fewest, of even sizes.

    Of two ways between the same racks the one with the longer run comes first, as the runs do.
    """
    groups: dict[tuple[int, int, str, str], dict[Way, Bundle]] = {}
    for one in ordered:
        from_rank, to_rank = rank[one.run.a.rack], rank[one.run.b.rack]
        way = way_of(one.run.segments)
        if from_rank > to_rank or (from_rank == to_rank and way[::-1] < way):
            from_rank, to_rank, way = to_rank, from_rank, way[::-1]
        key = (from_rank, to_rank, one.run.medium.value, one.run.route_kind.value)
        groups.setdefault(key, {}).setdefault(way, []).append(one)
    return [
        part
        for key in sorted(groups)
        for bundle in groups[key].values()
        for part in _even_parts(bundle, most)
    ]


def _way_finder(segments: Mapping[str, PathwaySegment]) -> Callable[[Way], Way]:
    """Return what reduces a route to what all runs of a bundle share."""
    along_riser = {name for name, one in segments.items() if one.kind in AT_A_FACE}

    @cache  # thousands of runs have the same few routes
    def way_of(route: Way) -> Way:
        between = [name for name in route if name not in along_riser]
        if len(between) == len(route):
            return route
        first, last = (next(name for name in way if name in along_riser) for way in (route, route[::-1]))
        return riser_name(first), *between, riser_name(last)

    return way_of


def _even_parts(group: Bundle, most: int) -> Iterator[Bundle]:
    parts = ceil_div(len(group), most)
    for part in range(parts):
        yield group[part * len(group) // parts : (part + 1) * len(group) // parts]


def _crews(installation: Installation, bundles: Sequence[Bundle]) -> Iterator[int]:
    """Give each bundle in turn to the crew that has the least to do so far."""
    load = [0] * installation.crews
    for bundle in bundles:
        crew = load.index(min(load))
        load[crew] += sum(run_minutes(installation, one.run.routed_mm) for one in bundle)
        yield crew + 1
