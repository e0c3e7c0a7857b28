"""The work of one crew in one phase, run by run: what its sheets list, on screen and on paper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from operator import attrgetter
from typing import NamedTuple

from planner.model.plan import CableRun, Plan
from planner.model.routes import RouteKind


class Task(NamedTuple):
    """A run to lay: which of how many in its bundle, and the crew's minutes in the phase when it is laid."""

    run: CableRun
    number: int
    of_bundle: int
    minutes_so_far: int


class CrewWork(NamedTuple):
    """All that a crew lays in a phase, in order."""

    phase: int
    kind: RouteKind
    crew: int
    tasks: tuple[Task, ...]

    @property
    def name(self) -> str:
        """What the sheet is called."""
        return f"Phase {self.phase} crew {self.crew}"

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return self.tasks[-1].minutes_so_far


def crew_works(plan: Plan) -> Iterator[CrewWork]:
    """Yield the work phase by phase and crew by crew."""
    laid: dict[tuple[int, int], list[CableRun]] = {}
    for run in sorted(plan.runs, key=attrgetter("install_order")):
        laid.setdefault((run.phase, run.crew), []).append(run)
    for (phase, crew), runs in sorted(laid.items()):
        yield CrewWork(phase, runs[0].route_kind, crew, tuple(_tasks(runs)))


def part_words(plan: Plan) -> dict[str, str]:
    """Return, for each media option, what is laid: the cable's part, or how many of which cords."""
    words = {}
    for option in plan.catalog.media:
        count = f"{option.cables_per_run} x " if option.cables_per_run > 1 else ""
        words[option.id] = f"{count}{option.cable.id}"
    return words


def transceiver_words(run: CableRun) -> str:
    """Return the transceivers of both ends, once where they are alike; "" where there is none."""
    ends = (run.a.transceiver, run.b.transceiver)
    return " / ".join(dict.fromkeys(one or "none" for one in ends)) if any(ends) else ""


def _tasks(runs: list[CableRun]) -> Iterator[Task]:
    sizes = Counter(run.bundle for run in runs)
    number: Counter[str] = Counter()
    minutes = 0
    for run in runs:
        number[run.bundle] += 1
        minutes += run.minutes
        yield Task(run, number[run.bundle], sizes[run.bundle], minutes)
