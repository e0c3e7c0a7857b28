"""A comparison as one self-contained page: no script, no network, prints as it shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from html import escape

from planner.model.comparison import SHARE, ComparedFigure, Comparison
from planner.outputs.comparison import decimal_text

_SHARE_COLORS = ("#0072b2", "#d06a00", "#e8b04a", "#117733", "#88a65e", "#aa4499", "#6b7280")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
:root { color-scheme: light }
body { font: 15px/1.45 system-ui, sans-serif; color: #1b1f24; background: #fff; margin: 2rem auto;
  max-width: 76rem; padding: 0 1rem }
h1 { font-size: 1.5rem; margin: 0 0 .3rem } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem }
p { margin: .3rem 0 } p, li { overflow-wrap: anywhere }
ul { margin: .3rem 0; padding-left: 1.2rem } li { margin: .3rem 0 }
.wide { overflow-x: auto }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: .28rem .7rem; border-bottom: 1px solid #e5e7eb; text-align: right; vertical-align: top }
th { font-weight: 600 } thead th { background: #f3f4f6; position: sticky; top: 0 }
th:first-child, td:nth-child(2) { text-align: left }
tbody th { position: sticky; left: 0; background: #fff } td:nth-child(2) { color: #565f6d }
small { display: block; color: #565f6d; font-size: .78rem; font-weight: 400 }
.best { font-weight: 700; background: #e7f4ea } .best::before { content: "\\2605\\00a0"; color: #117733 }
.caution { border-left: .3rem solid #d06a00; padding: .3rem .8rem; background: #fdf3e7 }
.bars { display: grid; grid-template-columns: fit-content(35%) 1fr max-content; gap: .4rem .8rem;
  align-items: center; overflow-wrap: anywhere }
.bar { display: flex; height: 1.3rem } .bar span { display: block; height: 100% }
.bars div:nth-child(3n) { text-align: right; font-variant-numeric: tabular-nums }
.legend span { display: inline-block; margin: .5rem 1.2rem 0 0 }
.legend i { display: inline-block; width: .8em; height: .8em; margin-right: .4em }
@media print { body { margin: 0; max-width: none; font-size: 11px } thead th { position: static }
  .bar span, .legend i, .best { print-color-adjust: exact; -webkit-print-color-adjust: exact } }
"""


def comparison_page(comparison: Comparison) -> str:
    """Return the page as HTML."""
    body = [
        "<h1>Layouts compared</h1>",
        *(f"<p><b>{_own(name)}</b>: {_own(title)}</p>" for name, title in _plans(comparison)),
        *(f'<p class="caution">{_own(caution)}</p>' for caution in comparison.cautions),
        *_where_the_money_goes(comparison),
        "<h2>Figures</h2>",
        "<p>A star marks the best of a row.</p>",
        f'<div class="wide" role="region" tabindex="0" aria-label="Figures">{_table(comparison)}</div>',
        *_sentences("What is sure", comparison.verdicts),
        *_sentences("What makes the difference", comparison.differences),
    ]
    head = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>Layouts compared</title>\n<style>{_STYLE}</style>\n</head>\n"
    )
    return head + "<body>\n" + "\n".join(body) + "\n</body>\n</html>\n"


def _plans(comparison: Comparison) -> Iterator[tuple[str, str]]:
    yield from zip(comparison.names, comparison.titles, strict=True)


def _own(words: str) -> str:
    """Escape a user's words, and keep their direction of writing to themselves."""
    return f"<bdi>{escape(words)}</bdi>"


def _table(comparison: Comparison) -> str:
    names = "".join(f'<th scope="col">{_own(name)}</th>' for name in comparison.names)
    rows = "\n".join(_row(figure) for figure in comparison.figures)
    head = f'<tr><th scope="col">figure</th><th scope="col"></th>{names}</tr>'
    return f"<table>\n<thead>{head}</thead>\n<tbody>\n{rows}\n</tbody>\n</table>"


def _row(figure: ComparedFigure) -> str:
    cells = "".join(
        f"<td{_marked(is_best)}>{shown_value(value, figure.decimals)}{_note(note)}</td>"
        for value, note, is_best in zip(figure.values, figure.notes, figure.is_best, strict=True)
    )
    return f'<tr><th scope="row">{escape(figure.label)}</th><td>{escape(figure.unit)}</td>{cells}</tr>'


def _marked(is_best: bool) -> str:
    return ' class="best"' if is_best else ""


def _note(note: str) -> str:
    return f"<small>{_own(note)}</small>" if note else ""


def shown_value(value: Fraction | None, decimals: int) -> str:
    """Write a value for reading, thousands apart; a dash where there is none."""
    text = decimal_text(value, decimals)
    whole, point, rest = text.partition(".")
    return f"{int(whole):,}{point}{rest}" if text else "-"


def _sentences(heading: str, sentences: Sequence[str]) -> Iterator[str]:
    if sentences:
        yield f"<h2>{heading}</h2>"
        yield "<ul>" + "".join(f"<li>{_own(one)}</li>" for one in sentences) + "</ul>"


def _where_the_money_goes(comparison: Comparison) -> Iterator[str]:
    """Draw a bar a plan, as long as its money, divided by what that goes to."""
    shares = [figure for figure in comparison.figures if figure.key.startswith(SHARE)]
    sums = [
        sum((one.values[plan] or Fraction(0) for one in shares), Fraction(0)) for plan in _range(comparison)
    ]
    longest = max(sums)
    if not longest:
        return
    yield f"<h2>Where the money goes, {escape(comparison.currency)}</h2>"
    bars = []
    for plan, name in enumerate(comparison.names):
        pieces = "".join(
            f'<span style="width:{decimal_text(100 * (one.values[plan] or Fraction(0)) / longest, 3)}%;'
            f'background:{color}" title="{escape(one.label)}: {shown_value(one.values[plan], 0)}"></span>'
            for one, color in zip(shares, _SHARE_COLORS, strict=False)
        )
        total = shown_value(sums[plan], 0)
        bars.append(f'<div>{_own(name)}</div><div class="bar">{pieces}</div><div>{total}</div>')
    yield f'<div class="bars">{"".join(bars)}</div>'
    legend = "".join(
        f'<span><i style="background:{color}"></i>{escape(one.label)}</span>'
        for one, color in zip(shares, _SHARE_COLORS, strict=False)
    )
    yield f'<p class="legend">{legend}</p>'


def _range(comparison: Comparison) -> range:
    return range(len(comparison.names))
