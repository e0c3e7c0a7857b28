"""The report page in a real browser with the network off: what a reader sees, clicks, types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from planner.errors import Finding, Severity
from planner.model.plan import Plan
from planner.outputs.plan_json import read_plan
from planner.outputs.report import columns
from planner.outputs.report.page import report_text
from tests.browser import (
    CHROMIUM,
    DRIVER,
    LOW_CONTRAST,
    complaints,
    offline_browser,
    open_page,
)
from tests.conftest import ShippedPlan
from tests.sample_plan import small_plan as sample_plan

pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="chromium and chromedriver not installed")

HOSTILE = (
    "</script><script>document.title='taken'</script> & \"quotes\" 'x' =1+1 <b>\u05d0\u05d1 \u202e{{ 7 }}"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with offline_browser() as started:
        yield started


@pytest.fixture(scope="module")
def plan(small_plan: Path) -> Plan:
    return read_plan((small_plan / "plan.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def page(browser: Any, small_plan: Path) -> Any:
    assert open_page(browser, small_plan / "report.html") == []
    return browser


@pytest.fixture(autouse=True)
def nothing_chosen(request: pytest.FixtureRequest) -> None:
    if "page" in request.fixturenames:
        request.getfixturevalue("page").execute_script(
            "Page.clear(); document.getElementById('run-all').click()"
        )


def details(browser: Any) -> str:
    text: str = browser.execute_script("return document.getElementById('details').innerText")
    return text


def shown_runs(browser: Any) -> list[str]:
    ids: list[str] = browser.execute_script("return Page.runTable.getData('active').map((row) => row.id)")
    return ids


def drawn(browser: Any) -> int:
    """Count what lies on the layer of chosen routes."""
    script = """
        let count = 0;
        Floor.map.eachLayer((one) => { count += one instanceof L.Path && one.options.pane === 'chosen'; });
        return count;
    """
    return int(browser.execute_script(script))


def settle(browser: Any) -> None:
    browser.execute_async_script("setTimeout(arguments[0], 400)")


def click_map(browser: Any, x_mm: float, y_mm: float) -> None:
    """Click a place of the floor the way a mouse does."""
    browser.execute_script("document.getElementById('floor').scrollIntoView()")
    script = """
        Floor.whole();
        const frame = document.getElementById('map').getBoundingClientRect();
        const at = Floor.map.latLngToContainerPoint([arguments[1] / 1000, arguments[0] / 1000]);
        return [frame.left + at.x, frame.top + at.y];
    """
    x, y = browser.execute_script(script, x_mm, y_mm)
    settle(browser)
    for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
        button = {"button": "left", "clickCount": 1} if kind != "mouseMoved" else {}
        browser.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, **button})
    settle(browser)


def test_page_asks_nothing_of_the_network(page: Any) -> None:
    assert page.execute_script("return performance.getEntriesByType('resource').length") == 0


def test_summary_says_what_is_proved_in_money(page: Any, plan: Plan) -> None:
    text = page.execute_script("return document.getElementById('summary').innerText")
    assert f"{(plan.solve.objective_cents + 50) // 100:,} USD" in text
    assert "it is proved that none costs less on this floor" in text


def test_click_on_a_rack_lists_its_runs_and_highlights_routes(page: Any, plan: Plan) -> None:
    position = plan.layout.position("A01")
    own = [run.cable_id for run in plan.runs if "A01" in (run.a.rack, run.b.rack)]
    assert own and drawn(page) == 0
    click_map(page, position.x_mm + 300, position.y_mm + 100)
    assert "Rack A01" in details(page)
    assert f"{len(own)} ends" in details(page)
    assert sorted(shown_runs(page)) == sorted(own)
    assert drawn(page) > 3
    assert complaints(page) == []


def test_click_on_a_pathway_shows_its_fill_and_what_runs_there(page: Any, plan: Plan) -> None:
    laterals = [fill for fill in plan.segments if fill.segment.kind == "lateral"]
    fill = next(fill for fill in laterals if fill.segment.length_mm)
    (x1, y, _), (x2, _, _) = fill.segment.a, fill.segment.b
    low_face = any(y == position.y_mm for row in plan.layout.rows for position in row.positions)
    click_map(page, (x1 + x2) / 2, y + (-95 if low_face else 95))
    place = {
        one.segment.id
        for one in laterals
        if {one.segment.a[:2], one.segment.b[:2]} == {fill.segment.a[:2], fill.segment.b[:2]}
    }
    through = [run.cable_id for run in plan.runs if place & set(run.segments)]
    assert "lateral" in details(page) and " % of " in details(page)
    assert sorted(shown_runs(page)) == sorted(through)


def test_segment_of_the_table_shows_fill_and_runs(page: Any, plan: Plan) -> None:
    fill = max(plan.segments, key=lambda one: (one.runs, one.segment.id))
    page.execute_script("Page.chooseSegments([Plan.segments.id.indexOf(arguments[0])])", fill.segment.id)
    through = [run.cable_id for run in plan.runs if fill.segment.id in run.segments]
    assert len(through) == fill.runs
    assert f"Segment {fill.segment.id}" in details(page)
    assert sorted(shown_runs(page)) == sorted(through)


def test_a_run_shows_its_whole_route(page: Any, plan: Plan) -> None:
    run = max(plan.runs, key=lambda one: len(one.segments))
    page.execute_script("Page.chooseRun(Plan.runs.id.indexOf(arguments[0]))", run.cable_id)
    assert " > ".join(run.segments) in details(page)


def test_every_route_is_read_back_from_its_spans(page: Any, plan: Plan) -> None:
    script = (
        "return Plan.runs.id.map((id, n) => [id, [...Plan.segmentsOf(n)].map((s) => Plan.segments.id[s])])"
    )
    assert dict(page.execute_script(script)) == {run.cable_id: list(run.segments) for run in plan.runs}


def test_search_keeps_the_runs_that_match(page: Any, plan: Plan) -> None:
    wanted = plan.runs[-1]
    box = page.find_element("id", "run-search")
    box.send_keys(wanted.cable_id.upper())
    settle(page)
    matching = [run.cable_id for run in plan.runs if wanted.cable_id in run.cable_id]
    assert sorted(shown_runs(page)) == sorted(matching)
    said = page.execute_script("return document.getElementById('run-count').textContent")
    assert said.startswith(f"{len(matching)} of ")


def test_plain_tables_filter_too(page: Any, plan: Plan) -> None:
    box = page.find_element("id", "bom-search")
    box.send_keys(plan.bom[0].description)
    shown = page.execute_script(
        "return [...document.querySelectorAll('#bom-table tbody tr')].filter((row) => !row.hidden).length"
    )
    assert shown == sum(plan.bom[0].description.lower() in line.description.lower() for line in plan.bom)


def test_keyboard_reaches_a_rack_and_clears_it(page: Any) -> None:
    box = page.find_element("id", "rack-choice")
    box.send_keys("a01\n")
    assert "Rack A01" in details(page)
    box.send_keys("\ue00c")
    assert "Nothing chosen" in details(page) and drawn(page) == 0


def test_all_that_can_be_done_can_be_reached_by_tab(page: Any) -> None:
    script = """
        const all = document.querySelectorAll('a[href], button, input, #map, .leaflet-control-zoom a');
        return [...all].filter((one) => one.tabIndex < 0 && one.offsetParent).map((one) => one.outerHTML);
    """
    assert page.execute_script(script) == []
    unnamed = """
        return [...document.querySelectorAll('input')].filter((one) =>
            !one.labels.length && !one.getAttribute('aria-label')).map((one) => one.outerHTML);
    """
    assert page.execute_script(unnamed) == []


def test_all_text_can_be_read(page: Any) -> None:
    """With a rack chosen, and where a search finds nothing."""
    page.execute_script("Page.chooseRack(0)")
    assert page.execute_script(LOW_CONTRAST) == []
    page.find_element("id", "run-search").send_keys("nothing like it")
    settle(page)
    assert shown_runs(page) == []
    assert page.execute_script(LOW_CONTRAST) == []


def test_paper_gets_the_plan_and_no_controls(page: Any) -> None:
    page.execute_script("dispatchEvent(new Event('beforeprint'))")
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    seen = "return getComputedStyle(document.querySelector(arguments[0])).display"
    assert page.execute_script(seen, ".controls") == "none"
    pixels = """
        const paper = document.getElementById('map-on-paper'), pen = paper.getContext('2d');
        return new Set(new Uint32Array(pen.getImageData(0, 0, paper.width, paper.height).data.buffer)).size;
    """
    assert page.execute_script(seen, "#map-on-paper") == "block"
    assert page.execute_script(pixels) > 5
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_hostile_names_are_shown_as_they_are(browser: Any, tmp_path: Path) -> None:
    plan = sample_plan()
    lines = tuple(replace(line, description=HOSTILE, source=HOSTILE) for line in plan.bom)
    finding = Finding(code="odd", message=HOSTILE, severity=Severity.WARNING)
    runs = tuple(replace(run, part_number=HOSTILE) for run in plan.runs)
    layout = replace(plan.layout, title=HOSTILE, name=HOSTILE)
    hostile = replace(plan, layout=layout, bom=lines, findings=(finding,), runs=runs)
    page = tmp_path / "report.html"
    page.write_text(report_text(hostile), encoding="utf-8")
    assert open_page(browser, page) == []
    for width in (500, 1500):
        browser.set_window_size(width, 1100)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert browser.execute_script("return document.querySelector('h1').textContent") == HOSTILE
    assert browser.execute_script("return document.title").startswith("</script><script>document.title=")
    assert HOSTILE in browser.execute_script("return document.getElementById('findings').textContent")
    assert (
        browser.execute_script("return document.getElementById('bom-table').rows[1].cells[1].textContent")
        == HOSTILE
    )
    browser.execute_script("document.getElementById('runs').scrollIntoView()")
    settle(browser)
    assert HOSTILE in browser.execute_script("return document.getElementById('run-table').textContent")
    browser.execute_script("Page.chooseRun(0)")
    assert HOSTILE in browser.execute_script("return document.getElementById('details').textContent")
    assert (
        browser.execute_script(
            "return document.querySelectorAll('#run-table b, #findings-table bdi b').length"
        )
        == 0
    )


@pytest.mark.parametrize("by", ["rack", "row"])
def test_too_many_runs_are_gathered_and_the_page_says_so(
    browser: Any, plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    pairs = {(run.a.rack, run.b.rack, run.medium) for run in plan.runs}
    limit = len(pairs) if by == "rack" else len(pairs) - 1
    monkeypatch.setattr(columns, "MOST_LINES", limit)
    page = tmp_path / "report.html"
    page.write_text(report_text(plan), encoding="utf-8")
    assert open_page(browser, page) == []
    text = browser.execute_script("return document.getElementById('runs').textContent")
    assert (
        f"too many for one page: a line of the table below stands for all runs between the same two {by}s"
        in text
    )
    sums = browser.execute_script(
        "return [Plan.lines, Plan.total([...Array(Plan.lines).keys()], Plan.runs.count)]"
    )
    assert sums[0] <= limit and sums[1] == len(plan.runs)
    browser.execute_script("Page.chooseRack(Plan.racks.address.indexOf('A01'))")
    assert "Rack A01" in details(browser) and drawn(browser) > 3
    assert complaints(browser) == []


def test_ports_and_stacked_fabrics_show_too(browser: Any, shipped_plan: ShippedPlan) -> None:
    folder = shipped_plan("superpod-h100-1su")
    assert open_page(browser, folder / "report.html") == []
    runs = read_plan((folder / "plan.json").read_text(encoding="utf-8")).runs
    last = max(runs, key=lambda run: run.install_order)
    socket = browser.execute_script("return Plan.socket(Plan.lines - 1, 'a')")
    assert socket == f"{last.a.rack}-U{last.a.u:02d}-C{last.a.cage:02d}" + (
        f"P{last.a.port}" if last.a.port else ""
    )
