"""Installation sheets: what a crew lays in a phase, bundle by bundle in order, with the time it takes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from planner.model.labels import LabelScheme
from planner.model.plan import Plan
from planner.outputs.crew_work import CrewWork, Task, crew_works, part_words, transceiver_words
from planner.outputs.label_names import EndNames
from planner.outputs.pdf import one_line
from planner.outputs.route_words import RouteWords
from planner.outputs.tick_sheet import Section, SheetColumn, TickSheet, tick_sheets_pdf
from planner.units import format_m

_LEADER = "→ "
_COLUMNS = (
    SheetColumn("order", 34),
    SheetColumn("end A", 92),
    SheetColumn("end B", 100),
    SheetColumn("part", 140),
    SheetColumn("stock length", 54),
    SheetColumn("transceivers", 140),
    SheetColumn("cable id", 135),
    SheetColumn("minutes", 40),
    SheetColumn("time", 42),
)
_FOOT = (
    "in this order nothing is pulled over what must still move; time since the phase began, hours:minutes;"
    " tick a run when it is laid"
)


def crew_sheets_pdf(plan: Plan, scheme: LabelScheme) -> tuple[bytes, int, int]:
    """Return the sheets as PDF, and how many there are, one a crew and phase, on how many pages."""
    works = tuple(crew_works(plan))
    writer = _Writer(plan, scheme)
    content, pages = tick_sheets_pdf(plan, "installation", _COLUMNS, map(writer.sheet, works), _FOOT)
    return content, len(works), pages


class _Writer:
    def __init__(self, plan: Plan, scheme: LabelScheme) -> None:
        self._plan = plan
        self._names = EndNames(plan, scheme)
        self._words = RouteWords(plan)
        self._parts = part_words(plan)

    def sheet(self, work: CrewWork) -> TickSheet:
        return TickSheet(
            title=work.name,
            about=(
                f"{work.kind.value} routes, {len(work.tasks):,} runs in about {_clock(work.minutes)} hours,"
                f" inputs {self._plan.inputs_hash[:16]}"
            ),
            sections=tuple(self._sections(work)),
        )

    def _sections(self, work: CrewWork) -> Iterator[Section]:
        for bundle, group in groupby(work.tasks, key=lambda task: task.run.bundle):
            tasks = tuple(group)
            run = tasks[0].run
            heading = (
                f"{bundle}: {len(tasks)} {run.medium.value} from {run.a.rack} to {run.b.rack},"
                f" {self._words.of(run, from_a=True)}"
            )
            yield Section(one_line(heading), tuple(map(self._row, tasks)))

    def _row(self, task: Task) -> tuple[str, ...]:
        run = task.run
        cells = (
            *(str(run.install_order), self._names.of(run.a), _LEADER + self._names.of(run.b)),
            *(self._parts[run.option], f"{format_m(run.stock_length_mm)} m", transceiver_words(run)),
            *(run.cable_id, str(run.minutes), _clock(task.minutes_so_far)),
        )
        return tuple(one_line(cell) for cell in cells)


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"
