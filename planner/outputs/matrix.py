"""A matrix of runs: what holds end A down, what holds end B across, colored by medium.

A matrix, because as lines even the bundles of 16 x 4 racks cannot be followed or labeled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import NamedTuple

from planner.model.media import Medium
from planner.model.plan import CableEnd, CableRun, Plan
from planner.model.sites import positions
from planner.outputs.markup import (
    FAINT,
    HEADER,
    MEDIUM_COLOR,
    WORDS_ON_MEDIUM,
    cell,
    count,
    heading,
    html_label,
    in_listing_order,
    media_legend,
    new_graph,
    short_m,
    table,
    text,
)

MOST_HEADS = 60
"""Most lines down and across together that can still be read."""

_BAR_PT, _BAR_HEIGHT_PT, _NARROWEST_PT = 150, 20, 30
_HEAD_PT, _TOTAL_PT, _LINE_PT = 74, 84, 40


class Head(NamedTuple):
    """What a line of the matrix stands for: its rank in the listing, its name, and a note on it."""

    rank: tuple[int, ...]
    name: str
    note: str


class Matrix(NamedTuple):
    """Runs by what their two ends belong to."""

    lower: tuple[Head, ...]
    upper: tuple[Head, ...]
    runs: dict[tuple[Head, Head], list[CableRun]]

    @property
    def heads(self) -> int:
        """Lines down and across together."""
        return len(self.lower) + len(self.upper)

    @property
    def largest(self) -> int:
        """Runs of the fullest field."""
        return max(map(len, self.runs.values()))


def make_matrix(runs: Iterable[CableRun], head_of: Callable[[CableEnd], Head]) -> Matrix:
    """Sort runs into fields by what each end belongs to."""
    fields: dict[tuple[Head, Head], list[CableRun]] = {}
    for run in runs:
        fields.setdefault((head_of(run.a), head_of(run.b)), []).append(run)
    lower, upper = ({heads[end] for heads in fields} for end in (0, 1))
    return Matrix(tuple(sorted(lower)), tuple(sorted(upper)), fields)


def by_rack(plan: Plan, runs: Sequence[CableRun]) -> Matrix:
    """Sort runs by the racks of their ends, and say how many devices are in each."""
    rank = {position.address: n for n, position in enumerate(positions(plan.layout))}
    devices: dict[str, set[str]] = {}
    for device in plan.devices:
        devices.setdefault(device.rack, set()).add(device.name)

    def head_of(end: CableEnd) -> Head:
        return Head((rank[end.rack],), end.rack, count(len(devices[end.rack]), "device"))

    return make_matrix(runs, head_of)


def by_row(plan: Plan, runs: Sequence[CableRun]) -> Matrix:
    """Sort runs by the rows of their ends, and say how many racks join in each."""
    rank = {row.name: n for n, row in enumerate(plan.layout.rows)}
    racks: dict[str, set[str]] = {}
    for run in runs:
        for end in (run.a, run.b):
            racks.setdefault(end.row, set()).add(end.rack)

    def head_of(end: CableEnd) -> Head:
        return Head((rank[end.row],), end.row, count(len(racks[end.row]), "rack"))

    return make_matrix(runs, head_of)


def matrix_picture(name: str, title: str, lines: Sequence[str], matrix: Matrix) -> str:
    """Return DOT source (for ``dot``) of one matrix with its heading."""
    graph = new_graph(name)
    graph.node(name, label=html_label(matrix_markup(title, lines, matrix)))
    source: str = graph.source
    return source


def matrix_markup(title: str, lines: Sequence[str], matrix: Matrix) -> str:
    """Return heading, legend and matrix, one above the other."""
    legend = media_legend(Counter(run.medium for runs in matrix.runs.values() for run in runs))
    parts = [heading(title, *lines), legend, _table(matrix)]
    return table([cell(part, ALIGN="LEFT") for part in parts], BORDER=0, CELLBORDER=0, CELLSPACING=4)


def _table(matrix: Matrix) -> str:
    corner = [cell("", BORDER=0, WIDTH=_HEAD_PT, HEIGHT=_LINE_PT)]
    corner += [_head(head, width_pt=_BAR_PT + 8) for head in matrix.upper]
    corner.append(cell(text("all", 11, FAINT), WIDTH=_TOTAL_PT))
    rows = ["".join(corner)]
    for a in matrix.lower:
        bundles = [matrix.runs.get((a, b), []) for b in matrix.upper]
        fields = [_field(bundle, matrix.largest) for bundle in bundles]
        rows.append("".join([_head(a, width_pt=_HEAD_PT), *fields, _sum([*chain.from_iterable(bundles)])]))
    foot = [cell(text("all", 11, FAINT), HEIGHT=_LINE_PT)]
    for b in matrix.upper:
        foot.append(_sum([run for a in matrix.lower for run in matrix.runs.get((a, b), [])]))
    foot.append(_sum([run for bundle in matrix.runs.values() for run in bundle]))
    rows.append("".join(foot))
    return table(rows, BORDER=0, CELLBORDER=1, CELLSPACING=0, CELLPADDING=3, COLOR="#d1d5db", ALIGN="LEFT")


def _head(head: Head, width_pt: int) -> str:
    label = text(head.name, 13) + "<BR/>" + text(head.note, 8, FAINT)
    return cell(label, BGCOLOR=HEADER, WIDTH=width_pt, HEIGHT=_LINE_PT)


def _field(bundle: Sequence[CableRun], largest: int) -> str:
    if not bundle:
        return cell(text("\N{EN DASH}", 10, FAINT))
    by_medium = in_listing_order(Counter(run.medium for run in bundle))
    # Narrow shares keep room for their number; the widest one gives it up.
    widths = {m: max(_NARROWEST_PT, _BAR_PT * runs // largest) for m, runs in by_medium.items()}
    widest = max(widths, key=lambda medium: widths[medium])
    widths[widest] -= max(0, sum(widths.values()) - _BAR_PT)
    bar = [_share(medium, runs, widths[medium]) for medium, runs in by_medium.items()]
    rest = _BAR_PT - sum(widths.values())
    if rest:
        bar.append(cell("", WIDTH=rest, HEIGHT=_BAR_HEIGHT_PT, FIXEDSIZE="TRUE"))
    lengths = cell(text(_lengths(bundle), 8, FAINT), ALIGN="LEFT", COLSPAN=len(bar))
    return cell(table(["".join(bar), lengths], BORDER=0, CELLBORDER=0, CELLSPACING=0, CELLPADDING=0))


def _share(medium: Medium, runs: int, width_pt: int) -> str:
    size: dict[str, str | int] = {"WIDTH": width_pt, "HEIGHT": _BAR_HEIGHT_PT, "FIXEDSIZE": "TRUE"}
    return cell(text(str(runs), 11, WORDS_ON_MEDIUM[medium]), BGCOLOR=MEDIUM_COLOR[medium], **size)


def _lengths(bundle: Sequence[CableRun]) -> str:
    """Return the stock lengths of each medium: ``acc 1.5 m to 3 m, optics 5 m``."""
    parts = []
    for medium in in_listing_order(Counter(run.medium for run in bundle)):
        stock = sorted({run.stock_length_mm for run in bundle if run.medium is medium})
        span = short_m(stock[0])
        if len(stock) > 1:
            span = f"{span.removesuffix(' m')}\N{EN DASH}{short_m(stock[-1])}"
        parts.append(f"{medium.value} {span}")
    return ", ".join(parts)


def _sum(runs: Sequence[CableRun]) -> str:
    by_medium = in_listing_order(Counter(run.medium for run in runs))
    shares = "  ".join(text(f"{share:,}", 8, MEDIUM_COLOR[medium]) for medium, share in by_medium.items())
    return cell(text(f"{len(runs):,}", 11) + "<BR/>" + (shares or text("0", 8, FAINT)))
