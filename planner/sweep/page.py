"""sweep.html: one page that needs nothing else: charts, what each value does, all scenarios."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from planner.sweep.chart import Dot, scatter
from planner.sweep.results import Row
from planner.sweep.task import Status

_WEIGHED = "cost, power, meters and resilience"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; color: #1c2733; margin: 2rem auto;
  max-width: 84rem; padding: 0 1rem }
h1 { font-size: 1.5rem; margin-bottom: .2rem } h2 { font-size: 1.1rem; margin-top: 2rem }
h1, h2, p { overflow-wrap: anywhere }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: 1rem }
svg { width: 100%; border: 1px solid #d8dee4; border-radius: 6px; background: #fff }
svg line { stroke: #e6eaee } svg text { font-size: 11px; fill: #51606e }
svg .label { font-size: 12px; fill: #1c2733 }
svg .x, svg .label { text-anchor: middle } svg .y { text-anchor: end }
circle { stroke: #fff; stroke-width: 1 } circle.best { fill: #0b6bcb } circle.other { fill: #7b8a99 }
circle.blocked { fill: none; stroke: #c2410c; stroke-width: 1.5 }
.dot { display: inline-block; width: .7em; height: .7em; border-radius: 50%; margin: 0 .3em 0 1em }
.wide { overflow-x: auto } table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: .25rem .6rem; border-bottom: 1px solid #e6eaee; text-align: left; white-space: nowrap }
th { background: #f4f6f8; white-space: normal; vertical-align: bottom }
td.n, th.n { text-align: right } td.wrap { white-space: normal; min-width: 24rem }
tr:target { background: #fff3c4 } tr.best td:first-child { border-left: 4px solid #0b6bcb }
"""


def page_text(title: str, rows: Sequence[Row], paths: Sequence[str]) -> str:
    """Return the page; every text of a user is shown as it is and does nothing."""
    parts = [
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>",
        f"<h1><bdi>{escape(title)}</bdi></h1>",
        f"<p>{escape(counts_text(rows))}</p>",
        *_sums(rows, paths),
        *_table(rows, paths),
        "</body></html>\n",
    ]
    return "\n".join(parts)


def counts_text(rows: Sequence[Row]) -> str:
    """Say how many scenarios there are and how they ended."""
    ended = ", ".join(
        f"{count:,} {status.value}"
        for status in Status
        if (count := sum(1 for row in rows if row.record.status is status))
    )
    best = sum(1 for row in rows if row.is_best)
    blocked = sum(1 for row in rows if row.number_of("blocking"))
    told = f"; {blocked:,} with blocking findings" if blocked else ""
    return f"{len(rows):,} scenarios: {ended}{told}; {best:,} best: no other is better in all of {_WEIGHED}"


def scenario_name(row: Row, paths: Sequence[str]) -> str:
    """Call a scenario by its number and what is set in it."""
    name = ", ".join(part for part in (row.layout, row.name) if part)
    values = ", ".join(f"{path}: {row.values[path]}" for path in paths if path in row.values)
    return f"{row.number}: {name}{f' ({values})' if values else ''}"


def _sums(rows: Sequence[Row], paths: Sequence[str]) -> Iterator[str]:
    """Chart and list plans apart whose costs count other things or another currency."""
    planned = [row for row in rows if row.record.status is Status.PLANNED]
    sums = list(dict.fromkeys(row.counted for row in planned))
    if len(sums) > 1:
        yield f"<p>Costs of different sums ({escape(', '.join(sums))}) are not held against each other.</p>"
    for counted in sums:
        alike = [row for row in planned if row.counted == counted]
        of = f": {escape(counted)}" if len(sums) > 1 else ""
        yield from _charts(alike, paths, of)
        yield from _effects(alike, paths, of)


def _charts(planned: Sequence[Row], paths: Sequence[str], of: str) -> Iterator[str]:
    units = planned[0].text_of("currency")
    yield f"<h2>What one pays for what{of}</h2>"
    yield '<p>Each dot is a whole plan and leads to its row in <a href="#scenarios">the table of all</a>.'
    yield f'<span class="dot" style="background:#0b6bcb"></span>best: none is better in all of {_WEIGHED}'
    yield '<span class="dot" style="background:#7b8a99"></span>another is'
    yield '<span class="dot" style="border:2px solid #c2410c"></span>must not be built as it is</p>'
    yield '<div class="charts">'
    for figure, scale, label in (
        ("power_milliwatts", 10**6, "power, kW"),
        ("routed_mm", 1000, "cable runs, routed m"),
        ("lost_with_a_rack", 100, "bandwidth lost with one switch rack down, %"),
    ):
        dots = [
            Dot(
                row.number,
                row.number_of("cost_cents") / 100_000,
                row.number_of(figure) / scale,
                scenario_name(row, paths),
                "best" if row.is_best else "blocked" if row.number_of("blocking") else "other",
            )
            for row in planned
        ]
        yield scatter(dots, f"cost, thousand {units}", label)
    yield "</div>"


def _effects(planned: Sequence[Row], paths: Sequence[str], of: str) -> Iterator[str]:
    """List for every value of everything varied the cheapest plan with it, and the spread."""
    eligible = [row for row in planned if row.is_eligible]
    if not eligible:
        return
    yield f"<h2>What each value does{of}</h2>"
    yield "<p>The cheapest plan with each value, and the median of all plans with it.</p>"
    yield _scrolling("What each value does")
    yield '<table><tr><th>varied</th><th>value</th><th class="n">plans</th>'
    yield '<th class="n">cheapest</th><th class="n">median cost</th><th>scenario</th></tr>'
    for path, values in _varied(planned, paths):
        for value in values:
            having = sorted(
                (row for row in eligible if _value(row, path) == value),
                key=lambda row: (row.number_of("cost_cents"), row.number),
            )
            cells = f"<td><bdi>{escape(path)}</bdi></td><td><bdi>{escape(value or 'as it is')}</bdi></td>"
            cells += f'<td class="n">{len(having):,}</td>'
            if having:
                first, median = having[0], having[(len(having) - 1) // 2]
                cells += f'<td class="n">{_money(first)}</td><td class="n">{_money(median)}</td>'
                cells += f'<td><a href="#s{first.number}">{first.number}</a></td>'
            else:
                cells += "<td></td><td></td><td></td>"
            yield f"<tr>{cells}</tr>"
    yield "</table></div>"


def _varied(rows: Sequence[Row], paths: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    for path in ("layout", "variation", *paths):
        values = list(dict.fromkeys(_value(row, path) for row in rows))
        if len(values) > 1:
            yield path, values


def _value(row: Row, path: str) -> str:
    own = {"layout": row.layout, "variation": row.name}
    return own[path] if path in own else row.values.get(path, "")


def _table(rows: Sequence[Row], paths: Sequence[str]) -> Iterator[str]:
    yield '<h2 id="scenarios">All scenarios</h2>'
    yield _scrolling("All scenarios")
    yield '<table><tr><th class="n">no.</th><th>layout</th><th>variation</th>'
    yield "".join(f"<th><bdi>{escape(path).replace('.', '.<wbr>')}</bdi></th>" for path in paths)
    yield '<th class="n">cost</th><th>proof</th><th class="n">kW</th><th class="n">m</th>'
    yield '<th class="n">hours to install</th><th class="n">lost, %</th><th class="n">fullest, %</th>'
    yield "<th>media</th><th>finding</th></tr>"
    for row in rows:
        texts = [row.layout, row.name, *(row.values.get(path, "") for path in paths)]
        cells = f'<td class="n">{row.number}</td>'
        cells += "".join(f"<td><bdi>{escape(text)}</bdi></td>" for text in texts)
        kind = ' class="best"' if row.is_best else ""
        yield f'<tr id="s{row.number}"{kind}>{cells}{_figures(row)}</tr>'
    yield "</table></div>"


def _scrolling(label: str) -> str:
    """Begin a part that the keyboard can scroll where it is wider than the page."""
    return f'<div class="wide" role="region" tabindex="0" aria-label="{label}">'


def _figures(row: Row) -> str:
    if row.record.status is not Status.PLANNED:
        message = f"{row.record.status.value}: {row.record.message}"
        return f'<td colspan="8"></td><td class="wrap">{escape(message)}</td>'
    numbers = (
        f"{row.number_of('power_milliwatts') / 10**6:,.1f}",
        f"{row.number_of('routed_mm') / 1000:,.0f}",
        row.hours_of("install_minutes"),
        f"{row.number_of('lost_with_a_rack') / 100:.2f}",
        f"{row.number_of('fullest_segment') / 100:.1f}",
    )
    media = ", ".join(
        f"{row.number_of(f'runs_{medium}'):,} {medium}"
        for medium in ("dac", "acc", "aec", "aoc", "optics")
        if row.number_of(f"runs_{medium}")
    )
    cells = f'<td class="n">{_money(row)}</td><td>{escape(row.text_of("proof"))}</td>'
    cells += "".join(f'<td class="n">{number}</td>' for number in numbers)
    return f'{cells}<td>{media}</td><td class="wrap">{escape(row.text_of("first_blocking"))}</td>'


def _money(row: Row) -> str:
    return f"{row.number_of('cost_cents') / 100:,.2f} {escape(row.text_of('currency'))}"
