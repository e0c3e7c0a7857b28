"""The verifier finds nothing in good plans, and each planted fault by its own code."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import planner.verify
from planner.errors import Severity
from planner.verify.check import verify_plan
from tests.faults import edits
from tests.faults.kinds import Planted
from tests.faults.plans import BASES, SYSTEMS, base_plan, overdrawn_plan, overfull_plan
from tests.faults.planted import FAULTS

# What these codes say can only be planted in files, or in an overfull plan: see below and test_verify_folder.
ELSEWHERE = {
    "overfull",
    "overfull-not-stated",
    "supply-short",
    "overdrawn-not-stated",
    "missing-file",
    "damaged-file",
    "wrong-columns",
    "wrong-rows",
    "wrong-cell",
    "not-checked",
}


@pytest.mark.parametrize("name", (*BASES, *SYSTEMS))
def test_good_plans_have_no_findings(name: str) -> None:
    assert verify_plan(base_plan(name)) == ()


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_planted_fault_is_found(fault: Planted) -> None:
    good = base_plan(fault.base)
    bad = fault.plant(good)
    assert bad != good
    findings = verify_plan(bad)
    said = [finding.message for finding in findings if finding.code == fault.code]
    assert any(fault.says in message for message in said), "\n".join(map(str, findings))
    assert "not-checked" not in {finding.code for finding in findings}


def test_names_of_faults_are_unique() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


def test_every_rule_has_a_planted_fault() -> None:
    folder = Path(planner.verify.__file__).parent
    sources = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))
    codes = set(re.findall(r'(?:fault\(\s*|code=)"([a-z-]+)"', sources))
    assert codes - ELSEWHERE == {fault.code for fault in FAULTS}


def test_an_overfull_plan_says_so_itself() -> None:
    plan = overfull_plan()
    findings = verify_plan(plan)
    assert {finding.code for finding in findings} == {"overfull"}
    assert {finding.severity for finding in findings} == {Severity.BLOCKING}
    silent = verify_plan(replace(plan, findings=()))
    assert "overfull-not-stated" in {finding.code for finding in silent}


def test_a_plan_whose_plugs_draw_too_much_says_so_itself() -> None:
    plan = overdrawn_plan()
    blocking = {one.code: one.message for one in plan.findings if one.severity is Severity.BLOCKING}
    assert set(blocking) == {"rack-overdrawn", "row-overdrawn"}
    assert blocking["row-overdrawn"].startswith("row C draws too much: racks, placed devices and all plugs")
    findings = verify_plan(plan)
    assert {finding.code for finding in findings} == set(blocking)
    assert {finding.severity for finding in findings} == {Severity.BLOCKING}
    silent = verify_plan(replace(plan, findings=()))
    said = [finding.message for finding in silent if finding.code == "overdrawn-not-stated"]
    assert len(said) == len(findings)


def test_a_weaker_status_than_the_gap_allows_is_refused() -> None:
    plan = base_plan("tiers")
    bound = plan.solve.lower_bound_cents
    cost = plan.solve.objective_cents
    lower = bound - cost // 100
    weak = edits.certificate(plan, bound_cents=lower)
    gap = f"{(cost - lower) / cost:.8f}"
    for status, is_good in (
        ("within 1.01 %", (cost - lower) * 100 > cost),
        ("within 5.00 %", False),
        ("within 0.50 %", False),
        ("proved", False),
        ("heuristic", True),
    ):
        stated = edits.solve(weak, lower_bound_cents=lower, status=status, gap=gap)
        codes = {finding.code for finding in verify_plan(stated)}
        assert ("wrong-status" not in codes) == is_good, (status, codes)
