"""The workbook's sheets for those who lead the installation: the work of crews, and the load of risers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache

from planner.model.plan import CableRun, Plan
from planner.model.routes import SegmentKind
from planner.model.sites import positions
from planner.outputs.excel import Column, Kind, Row, Sheet

_CREWS = (
    *(Column("Phase", Kind.INTEGER), Column("Route kind"), Column("Crew", Kind.INTEGER)),
    *(Column(name, Kind.INTEGER) for name in ("Bundles", "Runs", "Minutes")),
    *(Column(f"{name} in order", Kind.INTEGER) for name in ("First", "Last")),
    Column("Routed (m)", Kind.METERS),
)
_RISERS = (
    *(Column("Rack"), Column("Face")),
    *(Column(name, Kind.INTEGER) for name in ("Runs left", "Runs right", "Left minus right")),
)
_FACES = {"F": "front", "R": "rear"}


def installation_sheets(plan: Plan) -> tuple[Sheet, ...]:
    """Return what each crew has to do in each phase, and how even the two risers of each face are used."""
    crews, risers = tuple(_crew_rows(plan)), tuple(_riser_rows(plan))
    return (
        Sheet("Crews", _CREWS, lambda: crews, len(crews), 3),
        Sheet("Risers", _RISERS, lambda: risers, len(risers), 2),
    )


def _crew_rows(plan: Plan) -> Iterator[Row]:
    work: dict[tuple[int, int], list[CableRun]] = {}
    for run in plan.runs:
        work.setdefault((run.phase, run.crew), []).append(run)
    for (phase, crew), runs in sorted(work.items()):
        orders = [run.install_order for run in runs]
        yield (
            *(phase, runs[0].route_kind.value, crew, len({run.bundle for run in runs}), len(runs)),
            *(sum(run.minutes for run in runs), min(orders), max(orders), sum(run.routed_mm for run in runs)),
        )


def _riser_rows(plan: Plan) -> Iterator[Row]:
    """Count, by rack and face, the runs that take the left riser and those that take the right one."""
    is_riser = {fill.segment.id for fill in plan.segments if fill.segment.kind is SegmentKind.RISER}

    @cache
    def risers(segments: tuple[str, ...]) -> frozenset[str]:
        return frozenset(one.partition(":")[0] for one in segments if one in is_riser)

    used = Counter(riser for run in plan.runs for riser in risers(run.segments))
    for position in positions(plan.layout):
        for letter, face in _FACES.items():
            left, right = (used[f"{position.address}-{letter}{side}"] for side in "LR")
            if left or right:
                yield position.address, face, left, right, left - right
