"""report.html: text, tables and drawing code put into one page that asks no network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from planner.errors import Finding, Severity
from planner.model.losses import Loss, losses
from planner.model.plan import Plan
from planner.model.routes import SegmentKind
from planner.model.segment_worth import MOST_SHOWN, segment_worths
from planner.outputs.markup import MEDIUM_COLOR, WORDS_ON_MEDIUM
from planner.outputs.report import shares, words
from planner.outputs.report.columns import MOST_SEGMENTS, Columns
from planner.outputs.report.floor_data import floor_data
from planner.outputs.revision import revision
from planner.outputs.vendor import license_text, vendored
from planner.units import meters, money

FILE_NAME = "report.html"
MOST_FINDINGS = 2000
_FOLDER = Path(__file__).resolve().parent
_SCRIPTS = ("data.js", "floor.js", "details.js", "tables.js", "page.js")


def report_text(plan: Plan) -> str:
    """Return the page."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "money": words.whole_money,
        "exact_money": money,
        "meters": meters,
        "kilowatts": words.kilowatts,
    }
    environment.globals |= {
        "percent": words.percent,
        "money": words.whole_money,
        "kilowatts": words.kilowatts,
    }
    columns = Columns(plan)
    media = shares.media_shares(plan)
    page: str = environment.get_template("page.html.j2").render(
        plan=plan,
        revision=revision(plan),
        currency=plan.layout.economics.currency,
        proof=words.proof_sentences(plan),
        baselines=words.baseline_rows(plan),
        money_shares=shares.money_by_part(plan),
        power_shares=shares.power_by_part(plan, media),
        media=media,
        medium_color=MEDIUM_COLOR,
        words_on_medium=WORDS_ON_MEDIUM,
        findings=_by_weight(plan.findings)[:MOST_FINDINGS],
        facts=_facts(plan),
        worths=segment_worths(plan),
        most_worths=MOST_SHOWN,
        shown=columns.shown,
        shown_sentence=words.shown_sentence(columns.shown, plan.totals.runs),
        left_out=max(0, len(plan.segments) - MOST_SEGMENTS),
        data=json_in_page(_data(plan, columns)),
        styles=[vendored("leaflet.css"), vendored("tabulator_simple.min.css"), _own("page.css")],
        scripts=[vendored("leaflet.js"), vendored("tabulator.min.js"), *map(_own, _SCRIPTS)],
        licenses=[("Leaflet", license_text("leaflet")), ("Tabulator", license_text("tabulator"))],
    )
    return page


def json_in_page(value: Any) -> str:
    """Write JSON that no text in it can break out of a script element."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return written.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _data(plan: Plan, columns: Columns) -> dict[str, Any]:
    runs = columns.runs()
    return floor_data(plan) | {
        "currency": plan.layout.economics.currency,
        "media": [medium.value for medium in columns.media],
        "media_colors": [MEDIUM_COLOR[medium] for medium in columns.media],
        "media_words": [WORDS_ON_MEDIUM[medium] for medium in columns.media],
        "fabrics": [fabric.name for fabric in plan.fabrics],
        "planes": [list(fabric.plane_names) for fabric in plan.fabrics],
        "segment_kinds": [kind.value for kind in SegmentKind],
        "runs": runs,
        "routes": columns.routes(),
        "segments": columns.segments(),
    }


def _facts(plan: Plan) -> list[tuple[str, str]]:
    totals, currency = plan.totals, plan.layout.economics.currency
    placed = sum(device.is_placed for device in plan.devices)
    gpus = max((fabric.gpus for fabric in plan.fabrics), default=0)
    order = sum(line.order_price_cents for line in plan.bom)
    return [
        (f"{words.whole_money(totals.capex_cents)} {currency}", "capex: parts and installation labor"),
        (
            f"{words.whole_money(totals.tco_cents)} {currency}",
            f"with energy for {plan.layout.economics.years} years",
        ),
        (plan.solve.status, "how the cost stands against the proved bound"),
        (f"{totals.runs:,}", f"cable runs, {(totals.routed_mm + 500) // 1000:,} m routed"),
        (f"{gpus:,}", "GPUs joined"),
        (f"{placed:,}", f"devices placed in {len(plan.opened_racks):,} racks"),
        (words.kilowatts(totals.power_milliwatts), "drawn by switches and plugs of the plan"),
        (f"{words.whole_money(order)} {currency}", "parts to order, spares included"),
        *((f"{float(100 * loss.plane_share):.1f} %", _loss_words(loss)) for loss in losses(plan)),
    ]


def _loss_words(loss: Loss) -> str:
    return f"of a plane's upper units lost at most with one {loss.kind}, fabric {loss.fabric}"


def _by_weight(findings: Sequence[Finding]) -> list[Finding]:
    order = list(Severity)
    return sorted(findings, key=lambda finding: order.index(finding.severity))


def _own(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
