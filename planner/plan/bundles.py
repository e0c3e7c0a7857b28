"""Bundles, and who lays them when: the work of the installers, phase by phase and crew by crew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from planner.model.installation import Installation
from planner.model.media import Medium
from planner.model.plan import CableRun
from planner.model.routes import Route, RouteKind, riser_name
from planner.units import ceil_div, round_half_up

_DEEPEST_FIRST = (RouteKind.UNDERFLOOR, RouteKind.OVERHEAD, RouteKind.LATERAL)
"""What lies deepest is laid first: a lateral crosses the risers that the others go through."""

Way = tuple[str, ...]


class Laid(NamedTuple):
    """A run as those see it who lay it.

    ``place`` is where it begins, in canonical order: rank of the rack, U, cage, port, and the fabric. ``far``
    is the rank of the rack where it ends, ``way`` what all runs of a bundle have in common (``bundle_way``).
    """

    place: tuple[int, int, int, int, str]
    far: int
    medium: Medium
    kind: RouteKind
    routed_mm: int
    way: Way


class Lot(NamedTuple):
    """Who lays a run, and when: as in ``planner.model.plan.CableRun``."""

    bundle: str
    install_order: int
    phase: int
    crew: int
    minutes: int


Bundle = list[int]
"""Runs, by their index, in the order in which they are laid."""


def bundle_way(route: Route) -> Way:
    """Return what all runs of a bundle share of a route: its risers, and all that lies between them."""
    first, *between, last = route.parts
    middle = [segment_id for part in between for segment_id in part.ids]
    return riser_name(first.ids[0]), *middle, riser_name(last.ids[-1])


def lots(installation: Installation, runs: Sequence[Laid]) -> list[Lot]:
    """Name bundles in canonical order, number the runs in the order of installation, deal them to crews.

    A bundle is what an installer lays in one go: runs of one medium between two racks over the same
    way, at most so many. The same way means the same risers at both ends and all the same laterals,
    entries, trays and joints between them; where on a riser a run starts makes no other bundle. Phases
    follow the kinds of route, deepest first; inside a phase the bundle with the longest run goes first,
    and inside a bundle the longest run, so that nothing is pulled over something that must still move.

    Returns
    -------
    list of Lot
        One for each run, in the order given.
    """
    ordered = sorted(range(len(runs)), key=[run.place for run in runs].__getitem__)
    ordered.sort(key=[-run.routed_mm for run in runs].__getitem__)  # equal ones stay in canonical order
    bundles = _bundles(runs, ordered, installation.max_bundle)
    present = {run.kind for run in runs}
    found: dict[int, Lot] = {}
    for phase, kind in enumerate([kind for kind in _DEEPEST_FIRST if kind in present], start=1):
        own = [one for one in enumerate(bundles, start=1) if runs[one[1][0]].kind is kind]
        own.sort(key=lambda one: -runs[one[1][0]].routed_mm)  # equal ones stay in canonical order
        crews = _crews(installation, [[runs[index].routed_mm for index in bundle] for _, bundle in own])
        for (number, bundle), crew in zip(own, crews, strict=True):
            name = f"B{number:04d}"
            for index in bundle:
                minutes = run_minutes(installation, runs[index].routed_mm)
                found[index] = Lot(name, len(found) + 1, phase, crew, minutes)
    return [found[index] for index in range(len(runs))]


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


def _bundles(runs: Sequence[Laid], ordered: Sequence[int], most: int) -> list[Bundle]:
    """Return the bundles in canonical order; what is too many for one makes the fewest, of even sizes.

    Of two ways between the same racks the one with the longer run comes first, as the runs do.
    """
    groups: dict[tuple[int, int, str, str], dict[Way, Bundle]] = {}
    for index in ordered:
        run = runs[index]
        near, far, way = run.place[0], run.far, run.way
        if near > far or (near == far and way[::-1] < way):
            near, far, way = far, near, way[::-1]
        groups.setdefault((near, far, run.medium, run.kind), {}).setdefault(way, []).append(index)
    return [
        part
        for key in sorted(groups)
        for bundle in groups[key].values()
        for part in _even_parts(bundle, most)
    ]


def _even_parts(group: Bundle, most: int) -> Iterator[Bundle]:
    parts = ceil_div(len(group), most)
    for part in range(parts):
        yield group[part * len(group) // parts : (part + 1) * len(group) // parts]


def _crews(installation: Installation, bundles: Sequence[Sequence[int]]) -> Iterator[int]:
    """Give each bundle, told by the routed lengths of its runs, in turn to the crew with the least to do."""
    load = [0] * installation.crews
    for lengths_mm in bundles:
        crew = load.index(min(load))
        load[crew] += sum(run_minutes(installation, routed_mm) for routed_mm in lengths_mm)
        yield crew + 1
