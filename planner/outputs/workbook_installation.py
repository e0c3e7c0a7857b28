"""The workbook's sheets for those who install: the work of crews, sheet by sheet, and the load of risers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from planner.model.plan import CableRun, Plan, SegmentFill
from planner.model.routes import SegmentKind
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
_AT_A_FACE = (SegmentKind.FACE, SegmentKind.RISER)


def installation_sheets(plan: Plan) -> tuple[Sheet, ...]:
    """Return what each crew has to do in each phase, and how even the two risers of each face are used."""
    crews, risers = tuple(_crew_rows(plan)), tuple(_riser_rows(plan))
    return (
        Sheet("Crews", _CREWS, lambda: crews, len(crews), 3),
        Sheet("Risers", _RISERS, lambda: risers, len(risers), 2),
    )


def crew_sheets(plan: Plan) -> tuple[Sheet, ...]:
    """Return a sheet to print for each crew in each phase, or one for all where crews are many."""
    sizes = Counter((run.phase, run.crew) for run in plan.runs)
    if len(sizes) > _MOST_CREW_SHEETS:
        return (crews_table(plan),)
    return tuple(
        Sheet(f"Phase {phase} crew {crew}", _WORK, _rows_of(plan, phase, crew), size, 4)
        for (phase, crew), size in sorted(sizes.items())
    )


def crews_table(plan: Plan) -> Sheet:
    """Return the work of all crews as one table."""
    columns = (Column("Phase", Kind.INTEGER), Column("Crew", Kind.INTEGER), *_WORK)
    return Sheet("Crew sheets", columns, lambda: _all_rows(plan), len(plan.runs), 6, CREWS_CSV)


def _rows_of(plan: Plan, phase: int, crew: int) -> Callable[[], Iterator[Row]]:
    """Return what makes the rows of one crew's sheet, when they are asked for."""
    return lambda: (row for work in crew_works(plan, phase, crew) for row in _work_rows(plan, work))


def _all_rows(plan: Plan) -> Iterator[Row]:
    for work in crew_works(plan):
        for row in _work_rows(plan, work):
            yield (work.phase, work.crew, *row)


def _work_rows(plan: Plan, work: CrewWork) -> Iterator[Row]:
    words, parts = RouteWords(plan), part_words(plan)
    for task in work.tasks:
        run = task.run
        yield (
            *(_TO_TICK, run.install_order, run.bundle, f"{task.number} of {task.of_bundle}"),
            *(*run.label_a.split(" / ")[:1], *run.label_b.split(" / ")[:1]),
            *(run.medium.value, parts[run.option], run.stock_length_mm, transceiver_words(run)),
            *(words.of(run, from_a=True), run.minutes, task.minutes_so_far, run.cable_id),
        )


def _crew_rows(plan: Plan) -> Iterator[Row]:
    work: dict[tuple[int, int], list[CableRun]] = {}
    for run in plan.runs:
        work.setdefault((run.phase, run.crew), []).append(run)
    for (phase, crew), runs in sorted(work.items()):
        orders = [run.install_order for run in runs]
        minutes = sum(run.minutes for run in runs)
        yield (
            *(phase, runs[0].route_kind.value, crew, len({run.bundle for run in runs}), len(runs)),
            *(minutes, minutes, min(orders), max(orders), sum(run.routed_mm for run in runs)),
        )


def _riser_rows(plan: Plan) -> Iterator[Row]:
    """Count, by rack and face, the ends that go out left and right, and the runs in both risers."""
    risers = {fill.segment.id: fill for fill in plan.segments if fill.segment.kind in _AT_A_FACE}

    @cache  # many runs have the same route
    def climbed(segments: tuple[str, ...]) -> frozenset[str]:
        return frozenset(
            one.partition(":")[0]
            for one in segments
            if one in risers and risers[one].segment.kind is SegmentKind.RISER
        )

    ends: Counter[str] = Counter()
    runs: Counter[str] = Counter()
    for run in plan.runs:
        ends.update(name.partition(":")[0] for name in (run.segments[0], run.segments[-1]) if name in risers)
        runs.update(climbed(run.segments))
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
            name = fill.segment.id.partition(":")[0]
            share = 1000 * fill.used_um2 // fill.segment.usable_um2
            fullest[name] = max(share, fullest.get(name, 0))
    return fullest
