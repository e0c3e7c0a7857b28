"""How fast report.html is: ``python -m tests.benchmarks.report FOLDER ...`` (folders of plans).

Prints size and seconds to make and open the page; 95 % of frames while the plan is dragged stay under
the milliseconds given; and how long a rack's choice and a search take. ``--copies N`` puts the plan's hall
N times side by side first: a campus without the hours of planning one.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By

from planner.model.layout import Layout
from planner.model.plan import CableEnd, Plan
from planner.model.routes import Point
from planner.outputs.plan_json import FILE_NAME, read_plan
from planner.outputs.report.page import report_text
from tests.browser import complaints, offline_browser, open_page

CHOOSE = """
const begin = performance.now();
Page.chooseRack(Plan.racks.runs.indexOf(Math.max(...Plan.racks.runs)));
return performance.now() - begin;
"""
WATCH = """
document.getElementById('floor').scrollIntoView();
Floor.map.setZoom(Floor.map.getZoom() + 1.5, {animate: false});
window.frames_ms = [];
let last = performance.now();
requestAnimationFrame(function step(now) {
  frames_ms.push(now - last);
  last = now;
  requestAnimationFrame(step);
});
"""
FRAMES = """
const sorted = frames_ms.slice(2).sort((a, b) => a - b);
return [sorted[sorted.length >> 1], sorted[Math.floor(sorted.length * 0.95)]];
"""
SEARCH = """
const done = arguments[0], box = document.getElementById('run-search');
document.getElementById('run-all').click();
setTimeout(() => {
  const begin = performance.now();
  Page.runTable.on('dataFiltered', () => requestAnimationFrame(() => done(performance.now() - begin)));
  box.value = Plan.socket(0, 'b').slice(0, 5).toLowerCase();
  box.dispatchEvent(new Event('input'));
}, 500);
"""


def side_by_side(plan: Plan, copies: int) -> Plan:
    """Return the plan with its hall so many times along x, every name with a letter before it."""
    rows, runs, segments, trays, crosses = [], [], [], [], []
    for copy in range(copies):
        mark, x = chr(ord("A") + copy), copy * plan.layout.room.width_mm

        def moved(point: Point, x: int = x) -> Point:
            return Point(point.x_mm + x, point.y_mm, point.z_mm)

        def end(one: CableEnd, mark: str = mark) -> CableEnd:
            return replace(one, row=mark + one.row, rack=mark + one.rack)

        for row in plan.layout.rows:
            positions = tuple(
                replace(one, address=mark + one.address, row=mark + one.row, x_mm=one.x_mm + x)
                for one in row.positions
            )
            rows.append(replace(row, name=mark + row.name, x_mm=row.x_mm + x, positions=positions))
        for run in plan.runs:
            own = tuple(mark + id_ for id_ in run.segments)
            order = run.install_order + copy * len(plan.runs)
            named = {"cable_id": mark + run.cable_id, "a": end(run.a), "b": end(run.b)}
            runs.append(replace(run, **named, segments=own, install_order=order))  # type: ignore[arg-type]
        for fill in plan.segments:
            segment = fill.segment
            there = replace(segment, id=mark + segment.id, a=moved(segment.a), b=moved(segment.b))
            segments.append(replace(fill, segment=there))
        ways = plan.layout.pathways
        trays += [replace(one, name=mark + one.name, row=mark + one.row) for one in ways.row_trays]
        crosses += [
            replace(one, name=mark + one.name, x_mm=one.x_mm + x, rows=tuple(mark + row for row in one.rows))
            for one in ways.cross_trays
        ]
    ways = replace(plan.layout.pathways, row_trays=tuple(trays), cross_trays=tuple(crosses))
    room = replace(plan.layout.room, width_mm=plan.layout.room.width_mm * copies)
    layout: Layout = replace(plan.layout, rows=tuple(rows), pathways=ways, room=room)
    totals = replace(plan.totals, runs=len(runs))
    return replace(plan, layout=layout, runs=tuple(runs), segments=tuple(segments), totals=totals)


def measure(browser: Chrome, name: str, plan: Plan, page: Path) -> list[str]:
    """Make and open the page of a plan; return the cells of its row."""
    begin = time.perf_counter()
    page.write_text(report_text(plan), encoding="utf-8")
    made = time.perf_counter()
    open_page(browser, page)
    opened = time.perf_counter()
    chosen_ms = browser.execute_script(CHOOSE)
    browser.execute_script(WATCH)
    time.sleep(0.5)
    drag = ActionChains(browser, duration=30)
    drag.move_to_element(browser.find_element(By.ID, "map")).click_and_hold()
    for step in range(60):
        drag.move_by_offset(9 if step % 20 < 10 else -9, 5 if step % 14 < 7 else -5)
    drag.release().perform()
    middle, most = browser.execute_script(FRAMES)
    search_ms = browser.execute_async_script(SEARCH)
    for complaint in complaints(browser):
        print(complaint)
    megabytes = page.stat().st_size / 1e6
    return [
        *(name, f"{len(plan.runs):,}", f"{megabytes:.2f}", f"{made - begin:.2f}", f"{opened - made:.2f}"),
        *(f"{chosen_ms:.0f}", f"{middle:.0f}", f"{most:.0f}", f"{search_ms:.0f}"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--copies", type=int, default=1)
    arguments = parser.parse_args()
    heads = [
        "plan",
        "runs",
        "MB",
        "made, s",
        "open, s",
        "rack, ms",
        "frame p50, ms",
        "frame p95, ms",
        "search, ms",
    ]
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}", flush=True)
    with TemporaryDirectory() as scratch, offline_browser() as browser:
        for folder in arguments.folders:
            plan = read_plan((folder / FILE_NAME).read_text(encoding="utf-8"))
            name = plan.layout.name
            if arguments.copies > 1:
                plan, name = side_by_side(plan, arguments.copies), f"{name} x {arguments.copies}"
            cells = measure(browser, name, plan, Path(scratch) / "report.html")
            print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
