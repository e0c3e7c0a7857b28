"""Bundles, the order of installation, crews, and the time that all of it takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from planner.errors import Finding
from planner.model.plan import CableRun
from planner.model.routes import RouteKind, SegmentKind
from planner.verify.ground import Ground, fault

_PHASES = (RouteKind.UNDERFLOOR, RouteKind.OVERHEAD, RouteKind.LATERAL)
_ALONG_RISER = (SegmentKind.FACE, SegmentKind.RISER)


class Group(NamedTuple):
    """What the runs of a bundle share; ``way`` is all that they pass, of risers which ones alone."""

    low: str
    high: str
    medium: str
    kind: str
    way: frozenset[str]


def check_installation(ground: Ground) -> Iterator[Finding]:
    """Check who lays what when."""
    runs = sorted(ground.plan.runs, key=lambda run: run.install_order)
    order = [run.install_order for run in runs]
    if order != list(range(1, len(runs) + 1)):
        wrong = next((f"{n} stands where {i} should" for i, n in enumerate(order, 1) if n != i), "")
        yield fault(
            "wrong-install-order", f"install_order is not 1 to {len(runs)}, each once: in order, {wrong}"
        )
    yield from _check_bundles(ground)
    yield from _check_sequence(runs)
    yield from _check_crews(ground, runs)
    yield from _check_minutes(ground)


def _groups(ground: Ground) -> list[Group]:
    """Return the group of every run of the plan."""
    kinds = {fill.segment.id: fill.segment.kind for fill in ground.plan.segments}
    passed = {name: name.rsplit(":", 1)[0] if kind in _ALONG_RISER else name for name, kind in kinds.items()}
    ways: dict[tuple[str, ...], frozenset[str]] = {}
    groups = []
    for run in ground.plan.runs:
        way = ways.get(run.segments)
        if way is None:
            way = ways[run.segments] = frozenset(passed.get(name, name) for name in run.segments)
        low, high = sorted((run.a.rack, run.b.rack))
        groups.append(Group(low, high, str(run.medium), str(run.route_kind), way))
    return groups


def _check_bundles(ground: Ground) -> Iterator[Finding]:
    most = ground.plan.layout.installation.max_bundle
    groups = _groups(ground)
    content: dict[str, Group] = {}
    names: dict[Group, set[str]] = {}
    for run, group in zip(ground.plan.runs, groups, strict=True):
        names.setdefault(group, set()).add(run.bundle)
        held = content.setdefault(run.bundle, group)
        if not run.bundle or held != group:
            where = "the same way" if held.way == group.way else "another way"
            yield fault(
                "wrong-bundle",
                f"run {run.cable_id}: bundle '{run.bundle}' already holds the {held.kind} {held.medium} runs"
                f" between {held.low} and {held.high}, {where}",
            )
    sizes = Counter(run.bundle for run in ground.plan.runs)
    for bundle, size in sizes.items():
        if size > most:
            yield fault("bundle-too-large", f"bundle '{bundle}' has {size} runs, the layout allows {most}")
    for group, count in Counter(groups).items():
        fewest = (count + most - 1) // most
        if len(names[group]) != fewest:
            yield fault(
                "wrong-bundle",
                f"the {count} {group.kind} {group.medium} runs between {group.low} and {group.high} of one"
                f" way are in {len(names[group])} bundles, {fewest} hold them",
            )


def _check_sequence(runs: Sequence[CableRun]) -> Iterator[Finding]:
    """Check phases, and that inside one the longest bundle and inside a bundle the longest run is first."""
    kinds = [kind for kind in _PHASES if any(run.route_kind is kind for run in runs)]
    for run in runs:
        phase = kinds.index(run.route_kind) + 1
        if run.phase != phase:
            yield fault("wrong-phase", f"run {run.cable_id} is in phase {run.phase}, expected {phase}")
    longest: dict[str, int] = {}
    for run in runs:
        longest[run.bundle] = max(run.routed_mm, longest.get(run.bundle, 0))

    def place(run: CableRun) -> tuple[int, int]:
        return kinds.index(run.route_kind), -longest[run.bundle]

    closed: set[str] = set()
    for one, after in pairwise(runs):
        if one.bundle == after.bundle:
            is_good = one.routed_mm >= after.routed_mm
        else:
            closed.add(one.bundle)
            is_good = place(one) <= place(after) and after.bundle not in closed
        if not is_good:
            yield fault(
                "laid-too-late", f"run {after.cable_id} is laid after {one.cable_id}, but belongs before it"
            )


def _check_crews(ground: Ground, runs: Sequence[CableRun]) -> Iterator[Finding]:
    """Check one crew a bundle, and that no crew has more than one bundle's work over another's."""
    crews = ground.plan.layout.installation.crews
    crew_of: dict[str, int] = {}
    load: Counter[tuple[int, int]] = Counter()
    work: Counter[tuple[int, str]] = Counter()
    for run in runs:
        if not 1 <= run.crew <= crews or crew_of.setdefault(run.bundle, run.crew) != run.crew:
            yield fault(
                "wrong-crew",
                f"run {run.cable_id} is for crew {run.crew}; there are {crews}, and a bundle is for one",
            )
        load[run.phase, run.crew] += run.minutes
        work[run.phase, run.bundle] += run.minutes
    for phase in sorted({run.phase for run in runs}):
        busy = [load[key] for key in load if key[0] == phase]
        least = min(busy) if len(busy) >= crews else 0
        largest = max(minutes for (own, _), minutes in work.items() if own == phase)
        if max(busy) - least > largest:
            yield fault(
                "crews-unbalanced",
                f"phase {phase}: a crew has {max(busy)} minutes, another {least}, and no bundle takes"
                f" over {largest}",
            )


def _check_minutes(ground: Ground) -> Iterator[Finding]:
    installation, totals = ground.plan.layout.installation, ground.plan.totals
    for run in ground.plan.runs:
        along = (2 * installation.minutes_per_meter * run.routed_mm + 1000) // 2000
        minutes = installation.minutes_per_run + along
        if run.minutes != minutes:
            yield fault(
                "wrong-minutes", f"run {run.cable_id} takes {run.minutes} minutes, expected {minutes}"
            )
    busy: dict[int, Counter[int]] = {}
    for run in ground.plan.runs:
        busy.setdefault(run.phase, Counter())[run.crew] += run.minutes
    for name, stated, found in (
        ("install_minutes", totals.install_minutes, sum(run.minutes for run in ground.plan.runs)),
        ("elapsed_minutes", totals.elapsed_minutes, sum(max(crews.values()) for crews in busy.values())),
    ):
        if stated != found:
            yield fault("wrong-install-time", f"totals.{name} is {stated}, the runs give {found}")
