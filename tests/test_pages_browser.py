"""compare.html and sweep.html in a real browser with the network off, on a desk and on a phone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from planner.compare.compare import compare_plans
from planner.outputs.comparison_page import comparison_page
from planner.sweep.executors import LocalWorkers
from planner.sweep.sweep import sweep_study
from tests.browser import CHROMIUM, DRIVER, LOW_CONTRAST, WIDER_THAN_PAGE, offline_browser, open_page
from tests.conftest import PlanOf
from tests.hostile import HOSTILE
from tests.sweeps import write_study

pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="chromium and chromedriver not installed")

WIDTHS = (1500, 500)
STUDY = f"""\
title: {json.dumps(HOSTILE)}
layout: nvl36x2
vary:
  grid:
    rows.A.pitch: [500 mm, 600 mm, 630 mm]
    economics.objective: [capex, tco]
  list:
    - {{name: {json.dumps(HOSTILE)}}}
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with offline_browser() as started:
        yield started


@pytest.fixture(scope="module")
def sweep_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sweep")
    sweep_study(write_study(folder, STUDY), folder / "out", lambda: LocalWorkers(1), lambda _: None)
    return folder / "out" / "sweep.html"


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory, plan_of: PlanOf) -> Path:
    """A pair of racks with a hostile title beside the same with listed media, and a hall of another size."""
    pair, hall = plan_of("nvl36x2"), plan_of("nvl144")
    named = replace(pair, layout=replace(pair.layout, title=HOSTILE))
    page = tmp_path_factory.mktemp("compare") / "compare.html"
    plans = [(HOSTILE, named), ("listed", plan_of("nvl36x2-listed")), ("hall", hall)]
    page.write_text(comparison_page(compare_plans(plans)), encoding="utf-8")
    return page


@pytest.fixture(params=["sweep_page", "comparison"])
def page(request: pytest.FixtureRequest, browser: Any) -> Any:
    browser.set_window_size(WIDTHS[0], 1100)
    assert open_page(browser, request.getfixturevalue(request.param)) == []
    return browser


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_never_scrolls_sideways(page: Any, width: int) -> None:
    page.set_window_size(width, 1100)
    assert page.execute_script(WIDER_THAN_PAGE) == []


def test_all_text_can_be_read(page: Any) -> None:
    assert page.execute_script(LOW_CONTRAST) == []


def test_names_do_nothing(page: Any) -> None:
    assert HOSTILE in page.execute_script("return document.body.textContent")
    assert page.title != "taken"
    assert page.execute_script("return document.querySelectorAll('script, body b:not(p > b)').length") == 0


def test_what_scrolls_and_what_leads_somewhere_is_reached_by_tab(page: Any) -> None:
    script = """
        const all = [...document.querySelectorAll('*')].filter((one) => {
            const flow = getComputedStyle(one).overflowX;
            return one.matches('a[href]') || (flow === 'auto' && one.scrollWidth > one.clientWidth);
        });
        return all.filter((one) => one.tabIndex < 0).map((one) => one.outerHTML.slice(0, 200));
    """
    page.set_window_size(WIDTHS[1], 1100)
    assert page.execute_script("return document.querySelector('.wide').tabIndex") == 0
    assert page.execute_script(script) == []


def test_dots_lead_to_the_rows_of_their_scenarios(browser: Any, sweep_page: Path) -> None:
    assert open_page(browser, sweep_page) == []
    links = browser.execute_script(
        "return [...document.querySelectorAll('svg a')].map((a) => [a.getAttribute('href').slice(1),"
        " a.querySelector('title').textContent])"
    )
    assert len(links) == 3 * 4  # two rows that overlap have no plan
    for row, title in links:
        first = browser.execute_script(
            "return document.getElementById(arguments[0]).cells[0].textContent", row
        )
        assert title.startswith(f"{first}: ")


def test_sums_of_other_kinds_are_told_apart(browser: Any, sweep_page: Path) -> None:
    assert open_page(browser, sweep_page) == []
    heads = browser.execute_script(
        "return [...document.querySelectorAll('h2')].map((one) => one.textContent)"
    )
    assert heads[0].endswith(": capex in USD") and heads[2].endswith(": tco in USD")
    best = browser.execute_script("return [...document.querySelectorAll('tr.best')].map((row) => row.id)")
    assert len(best) >= 2  # one of each at least, though energy makes the second dearer
