"""The workbook's sheets for those who install: the work of crews, sheet by sheet, and the load of risers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache, partial

from planner.model.plan import Plan, SegmentFill
from planner.model.routes import AT_A_FACE, SegmentKind, riser_name
from planner.model.sites import positions
from planner.outputs.crew_work import CrewWork, crew_works, part_words, transceiver_words
from planner.outputs.excel import Column, Kind, Row, Sheet
from planner.outputs.route_words import RouteWords

CREWS_CSV = "crews.csv"
"""The sheets of all crews as one file, where they are too many rows for a workbook."""

_CREWS = (
    *(Column("Phase", Kind.INTEGER), Column("Route kind"), Column("Crew", Kind.INTEGER)),
    *(Column(name, Kind.INTEGER) for name in ("Bundles", "Runs", "Minutes")),
    Column("Hours", Kind.HOURS),
    *(Column(f"{name} in order", Kind.INTEGER) for name in ("First", "Last")),
    Column("Routed (m)", Kind.METERS),
)
_WORK = (
    *(Column("Done"), Column("Order", Kind.INTEGER), Column("Bundle"), Column("In bundle")),
    *map(Column, ("Label A", "Label B", "Medium", "Part")),
    *(Column("Stock length (m)", Kind.METERS), Column("Transceivers"), Column("Route from A", Kind.WRAPPED)),
    *(Column("Minutes", Kind.INTEGER), Column("Hours so far", Kind.HOURS), Column("Cable")),
)
_RISERS = (
    *(Column("Rack"), Column("Face")),
    *(Column(name, Kind.INTEGER) for name in ("Ends left", "Ends right", "Left minus right")),
    *(Column(name, Kind.INTEGER) for name in ("Runs left", "Runs right")),
    *(Column(name, Kind.PERMILLE) for name in ("Fullest left", "Fullest right")),
)
_MOST_CREW_SHEETS = 40
_FACES = {"F": "front", "R": "rear"}
_SIDES = "LR"
_TO_TICK = "\N{BALLOT BOX}"


def installation_sheets(plan: Plan) -> tuple[Sheet, ...]:
    """Return what each crew has to do in each phase, and how even the two risers of each face are used."""
    crews, risers = cache(lambda: tuple(_crew_rows(plan))), cache(lambda: tuple(_riser_rows(plan)))
    return (
        Sheet("Crews", _CREWS, crews, lambda: len(crews()), 3),
        Sheet("Risers", _RISERS, risers, lambda: len(risers()), 2),
    )


def crew_sheets(plan: Plan) -> tuple[Sheet, ...]:
    """Return a sheet to print for each crew in each phase, or one for all where crews are many."""
    works = tuple(crew_works(plan))
    if len(works) > _MOST_CREW_SHEETS:
        return (crews_table(plan),)
    writer = _WorkRows(plan)
    return tuple(
        Sheet(work.name, _WORK, partial(writer.of, work), partial(len, work.tasks), 4) for work in works
    )


def crews_table(plan: Plan) -> Sheet:
    """Return the work of all crews as one table."""
    columns = (Column("Phase", Kind.INTEGER), Column("Crew", Kind.INTEGER), *_WORK)
    return Sheet("Crew sheets", columns, lambda: _all_rows(plan), lambda: len(plan.runs), 6, CREWS_CSV)


def _all_rows(plan: Plan) -> Iterator[Row]:
    writer = _WorkRows(plan)
    for work in crew_works(plan):
        for row in writer.of(work):
            yield (work.phase, work.crew, *row)


class _WorkRows:
    """Writes what a crew does in a phase, a row a run."""

    def __init__(self, plan: Plan) -> None:
        self._words = RouteWords(plan)
        self._parts = part_words(plan)

    def of(self, work: CrewWork) -> Iterator[Row]:
        for task in work.tasks:
            run = task.run
            yield (
                *(_TO_TICK, run.install_order, run.bundle, f"{task.number} of {task.of_bundle}"),
                *(run.label_a.partition(" / ")[0], run.label_b.partition(" / ")[0]),
                *(run.medium.value, self._parts[run.option], run.stock_length_mm, transceiver_words(run)),
                *(self._words.of(run, from_a=True), run.minutes, task.minutes_so_far, run.cable_id),
            )


def _crew_rows(plan: Plan) -> Iterator[Row]:
    for work in crew_works(plan):
        runs = [task.run for task in work.tasks]
        yield (
            *(work.phase, work.kind.value, work.crew, len({run.bundle for run in runs}), len(runs)),
            *(work.minutes, work.minutes, runs[0].install_order, runs[-1].install_order),
            sum(run.routed_mm for run in runs),
        )


def _riser_rows(plan: Plan) -> Iterator[Row]:
    """Count, by rack and face, the ends that go out left and right, and the runs in both risers."""
    risers = {fill.segment.id: fill for fill in plan.segments if fill.segment.kind in AT_A_FACE}
    riser_of = {name: riser_name(name) for name in risers}
    climbed = {
        name: riser_of[name] for name, fill in risers.items() if fill.segment.kind is SegmentKind.RISER
    }
    ends: Counter[str] = Counter()
    runs: Counter[str] = Counter()
    for segments, count in Counter(run.segments for run in plan.runs).items():
        for name in (segments[0], segments[-1]):
            if name in risers:
                ends[riser_of[name]] += count
        for name in {climbed[one] for one in segments if one in climbed}:
            runs[name] += count
    fullest = _fullest(risers.values())
    for position in positions(plan.layout):
        for letter, face in _FACES.items():
            sides = [f"{position.address}-{letter}{side}" for side in _SIDES]
            left, right = (ends[side] for side in sides)
            if left or right:
                used = (*(runs[side] for side in sides), *(fullest.get(side) for side in sides))
                yield (position.address, face, left, right, left - right, *used)


def _fullest(risers: Iterable[SegmentFill]) -> dict[str, int]:
    """Return the share, in permille, that the fullest piece of each riser takes of what it may."""
    fullest: dict[str, int] = {}
    for fill in risers:
        if fill.segment.usable_um2:
            name = riser_name(fill.segment.id)
            share = 1000 * fill.used_um2 // fill.segment.usable_um2
            fullest[name] = max(share, fullest.get(name, 0))
    return fullest
