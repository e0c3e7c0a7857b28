"""The README says what is so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from planner.arguments import COMMANDS
from planner.model.plan import Plan
from tests.conftest import ROOT, PlanOf
from tests.readme_figures import (
    COMPARED,
    README,
    SCALE_UP,
    SCALE_UP_HEADER,
    STACKED,
    STACKED_HEADER,
    comparison_lines,
    scale_up_row,
    stacked_row,
)

TEXT = README.read_text(encoding="utf-8")


def test_every_command_and_option_is_documented() -> None:
    for command in COMMANDS:
        assert f"`planner {command}" in TEXT
    for option in (
        "--seed",
        "--timings",
        "--time-limit",
        "--keep-best",
        "--parts",
        "--profiles",
        "--assumptions",
        "--csv",
        "--html",
        "--part",
        "--wrong",
        "--json",
    ):
        assert option in TEXT


def test_the_two_commands_are_where_the_checks_look_for_them() -> None:
    for name in ("plan", "test"):
        assert f"<!-- {name} -->\n```sh\n" in TEXT


def test_figures_have_a_row_a_layout() -> None:
    for header in (SCALE_UP_HEADER, STACKED_HEADER):
        assert "\n".join(header) in TEXT
    shipped = {path.stem for path in (ROOT / "layouts").glob("*.yaml")}
    assert {*SCALE_UP, *STACKED} <= shipped


@pytest.mark.parametrize(
    ("layout", "row"),
    [*((name, scale_up_row) for name in SCALE_UP), *((name, stacked_row) for name in STACKED)],
)
def test_figures_are_those_of_the_plans(layout: str, row: Callable[[Plan], str], plan_of: PlanOf) -> None:
    """Where this fails after a change that is meant: ``python -m tests.readme_figures``."""
    assert row(plan_of(layout)) in TEXT.splitlines()


def test_the_worked_comparison_is_that_of_the_plans(plan_of: PlanOf) -> None:
    """Where this fails after a change that is meant: ``python -m tests.readme_figures``."""
    plans = [(name, plan_of(name)) for name in COMPARED]
    assert "\n".join(comparison_lines(plans)) in TEXT
    assert f"planner compare {' '.join(COMPARED)}" in TEXT
