"""The README says what is so."""

from __future__ import annotations

import pytest

from planner.cli import COMMANDS
from tests.conftest import ROOT
from tests.readme_figures import HEADER, LAYOUTS, README, figures

TEXT = README.read_text(encoding="utf-8")


def test_every_command_and_option_is_documented() -> None:
    for command in COMMANDS:
        assert f"`planner {command}" in TEXT
    for option in ("--seed", "--timings", "--parts", "--profiles", "--assumptions"):
        assert option in TEXT


def test_the_two_commands_are_where_the_checks_look_for_them() -> None:
    for name in ("plan", "test"):
        assert f"<!-- {name} -->\n```sh\n" in TEXT


def test_figures_have_a_row_a_layout() -> None:
    assert "\n".join(HEADER) in TEXT
    shipped = {path.stem for path in (ROOT / "layouts").glob("*.yaml")}
    assert set(LAYOUTS) <= shipped


@pytest.mark.parametrize("layout", LAYOUTS)
def test_figures_are_those_of_the_plans(layout: str) -> None:
    """Where this fails after a change that is meant: ``python -m tests.readme_figures``."""
    assert figures(layout) in TEXT.splitlines()
