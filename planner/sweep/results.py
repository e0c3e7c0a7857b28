"""The rows of a sweep in canonical order, and which of them nothing beats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from planner.sweep.task import Record, Status
from planner.units import format_m, format_money, round_half_up

AXES = ("cost_cents", "power_milliwatts", "routed_mm", "lost_with_a_rack")
"""Figures that the Pareto view weighs, less is better in each."""

RUN_MEDIA = ("dac", "acc", "aec", "aoc", "optics")
COLUMNS = (
    *("status", "is_best", "cost", "currency", "objective", "lower_bound", "proof", "capex", "tco"),
    *("power_kw", "routed_m", "longest_run_m", "install_hours", "elapsed_hours"),
    *("lost_with_a_rack_percent", "fullest_segment_percent", "runs"),
    *(f"{medium}_runs" for medium in RUN_MEDIA),
    *("transceivers", "placed_devices", "switch_racks", "blocking_findings", "finding", "key"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One scenario of the study with its record; ``is_best`` tells that no other beats it in all axes."""

    number: int
    layout: str
    name: str
    values: dict[str, str]
    record: Record
    is_best: bool = False

    @property
    def is_eligible(self) -> bool:
        """True where there is a plan that may be built as it is."""
        return self.record.status is Status.PLANNED and not self.number_of("blocking")

    def number_of(self, figure: str) -> int:
        """Return an integer figure, 0 where there is no plan."""
        return int(self.record.figures.get(figure, 0))

    def text_of(self, figure: str) -> str:
        """Return a figure that is a text."""
        return str(self.record.figures.get(figure, ""))

    def hours_of(self, figure: str) -> str:
        """Return minutes as hours to one decimal."""
        tenths = round_half_up(Fraction(self.number_of(figure), 6))
        return f"{tenths // 10}.{tenths % 10}"

    @property
    def counted(self) -> str:
        """What the cost counts and in which currency: only costs of one such sum can be compared."""
        return f"{self.text_of('objective')} in {self.text_of('currency')}"

    @property
    def axes(self) -> tuple[int, ...]:
        """The figures of the Pareto view."""
        return tuple(self.number_of(axis) for axis in AXES)


def best_numbers(rows: Sequence[Row]) -> frozenset[int]:
    """Return the scenarios that no other beats: as good in every axis and better in one.

    Only plans that may be built count, and only costs of the same sum are held against each other.
    """
    sums: dict[str, list[Row]] = {}
    for row in rows:
        if row.is_eligible:
            sums.setdefault(row.counted, []).append(row)
    return frozenset(number for alike in sums.values() for number in _front(alike))


def _front(rows: Sequence[Row]) -> Iterator[int]:
    points: dict[tuple[int, ...], list[int]] = {}
    for row in rows:
        points.setdefault(row.axes, []).append(row.number)
    front: list[tuple[int, ...]] = []
    # In ascending order nothing that comes later beats what came before.
    for point in sorted(points):
        if not any(all(a <= b for a, b in zip(other, point, strict=True)) for other in front):
            front.append(point)
            yield from points[point]


def row_fields(row: Row, paths: Sequence[str]) -> list[str | int]:
    """Return the fields of a row of the table."""
    place: list[str | int] = [row.number, row.layout, row.name]
    place += [row.values.get(path, "") for path in paths]
    return [*place, *_figures(row)]


def _figures(row: Row) -> Iterable[str | int]:
    record = row.record
    if record.status is not Status.PLANNED:
        empty = [""] * (len(COLUMNS) - 4)
        return [record.status.value, "no", *empty, record.message, record.key]
    return [
        *(record.status.value, "yes" if row.is_best else "no"),
        *(format_money(row.number_of("cost_cents")), row.text_of("currency"), row.text_of("objective")),
        *(format_money(row.number_of("lower_bound_cents")), row.text_of("proof")),
        *(format_money(row.number_of("capex_cents")), format_money(row.number_of("tco_cents"))),
        *(format_m(row.number_of("power_milliwatts") // 1000), format_m(row.number_of("routed_mm"))),
        format_m(row.number_of("longest_mm")),
        *(row.hours_of("install_minutes"), row.hours_of("elapsed_minutes")),
        *(format_money(row.number_of("lost_with_a_rack")), format_money(row.number_of("fullest_segment"))),
        row.number_of("runs"),
        *(row.number_of(f"runs_{medium}") for medium in RUN_MEDIA),
        *(row.number_of(figure) for figure in ("transceivers", "placed_devices", "switch_racks", "blocking")),
        *(row.text_of("first_blocking"), record.key),
    ]


def column_names(paths: Sequence[str]) -> list[str]:
    """Return the header of the table."""
    return ["scenario", "layout", "variation", *paths, *COLUMNS]
