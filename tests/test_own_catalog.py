"""A layout brings a small catalog of its own beside it: another vendor's leaf and spine switches."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from tests.conftest import ROOT, Planner

FOLDER = ROOT / "tests" / "systems" / "leaf-spine"
LEAVES, SPINES, UPLINKS = 20, 7, 12
STOCK_LENGTHS = {"1.700", "3.000", "6.000"}


def cut_sheet(planner: Planner, layout: str, folder: Path) -> list[dict[str, str]]:
    """Plan and verify from another working directory, as a user would; return the cut sheet's rows."""
    run = planner("plan", FOLDER / f"{layout}.yaml", "-o", folder, cwd=folder.parent)
    assert run.returncode == 0, run.stderr
    check = planner("verify", folder)
    assert check.returncode == 0, check.stdout + check.stderr
    with (folder / "cut-sheet.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def distance(run: dict[str, str]) -> int:
    """Positions between the racks of a run's ends; all stand in one row."""
    return abs(int(run["a_rack"][1:]) - int(run["b_rack"][1:]))


@pytest.fixture(scope="module", params=["fixed", "chosen"])
def runs(
    request: pytest.FixtureRequest, planner: Planner, tmp_path_factory: pytest.TempPathFactory
) -> list[dict[str, str]]:
    folder = tmp_path_factory.mktemp("leaf-spine") / request.param
    return cut_sheet(planner, request.param, folder)


def test_uplinks_spread_over_all_spines(runs: list[dict[str, str]]) -> None:
    assert len(runs) == LEAVES * UPLINKS
    pairs = Counter(((run["a_rack"], run["a_u"]), (run["b_rack"], run["b_u"])) for run in runs)
    leaves, spines = {leaf for leaf, _ in pairs}, {spine for _, spine in pairs}
    assert (len(leaves), len(spines), len(pairs)) == (LEAVES, SPINES, LEAVES * SPINES)
    assert set(pairs.values()) == {UPLINKS // SPINES, UPLINKS // SPINES + 1}
    loads = Counter((run["b_rack"], run["b_u"]) for run in runs)
    assert set(loads.values()) == {LEAVES * UPLINKS // SPINES, LEAVES * UPLINKS // SPINES + 1}
    assert {run["plane"] for run in runs} == {"0"}
    assert {run["a_cage"] for run in runs} == {str(cage) for cage in range(25, 37)}


def test_three_cable_lengths_by_distance(runs: list[dict[str, str]]) -> None:
    assert {run["stock_length_m"] for run in runs} == STOCK_LENGTHS
    assert {run["medium"] for run in runs} == {"dac"}
    by_distance: dict[int, set[float]] = defaultdict(set)
    for run in runs:
        by_distance[distance(run)].add(float(run["stock_length_m"]))
    ordered = [by_distance[apart] for apart in sorted(by_distance)]
    for near, far in pairwise(ordered):
        assert min(near) <= min(far)
        assert max(near) <= max(far)
    assert (ordered[0], ordered[-1]) == ({1.7}, {6.0})


def test_fixed_spines_stand_at_u1_of_the_given_racks(planner: Planner, tmp_path: Path) -> None:
    runs = cut_sheet(planner, "fixed", tmp_path / "plan")
    assert {(run["b_rack"], run["b_u"]) for run in runs} == {(f"A{n:02d}", "1") for n in range(2, 9)}


@pytest.mark.parametrize(("layout", "racks"), [("fixed", 0), ("chosen", 2)])
def test_racks_that_carry_leaves_stand_anyway(
    planner: Planner, layout: str, racks: int, tmp_path: Path
) -> None:
    """Seven racks with a spine are there for their leaves; racks for spines alone are bought."""
    cut_sheet(planner, layout, tmp_path / "plan")
    with (tmp_path / "plan" / "bom.csv").open(encoding="utf-8", newline="") as file:
        lines = [line for line in csv.DictReader(file) if line["category"] == "rack"]
    assert sum(int(line["quantity"]) for line in lines) == racks
