"""A plan of a shipped layout: nothing to find in its folder, and each fault of the issue's list found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from planner.errors import Severity
from planner.model.plan import Plan
from planner.verify.check import verify_folder, verify_plan
from planner.verify.folder import read_plan
from tests.faults import edits
from tests.faults.money_faults import PROOF


@pytest.fixture(scope="module")
def plan(small_plan: Path) -> Plan:
    found = read_plan(small_plan)
    assert isinstance(found, Plan)
    return found


def test_nothing_is_found_in_the_folder(small_plan: Path) -> None:
    assert [finding for finding in verify_folder(small_plan) if finding.severity is Severity.ERROR] == []


def shorter(plan: Plan) -> Plan:
    return edits.run(plan, stock_length_mm=plan.runs[0].routed_mm)


def swapped_planes(plan: Plan) -> Plan:
    index = edits.first(plan.devices, lambda device: device.is_placed)
    planes = plan.devices[index].planes
    count = plan.fabrics[0].planes
    return edits.device(plan, index, planes=tuple((plane + 1) % count for plane in planes))


def longest_cut(plan: Plan) -> Plan:
    index = max(range(len(plan.runs)), key=lambda at: len(plan.runs[at].segments))
    names = plan.runs[index].segments
    return edits.run(plan, index, segments=(*names[:2], *names[3:]))


FAULTS: dict[str, Callable[[Plan], Plan]] = {
    "cable-too-short": shorter,
    "cage-used-twice": lambda plan: edits.run(plan, 1, a=plan.runs[0].a),
    "wrong-total": lambda plan: edits.totals(plan, parts_cents=plan.totals.parts_cents + 1),
    "plane-mismatch": swapped_planes,
    "route-not-connected": longest_cut,
    "forged-bound": next(fault.plant for fault in PROOF if fault.name == "bound-forged"),
    "wrong-bom-line": lambda plan: edits.line(plan, quantity=plan.bom[0].quantity + 1),
    "no-such-device": lambda plan: edits.end(plan, "b", u=48),
    "wrong-uplinks": lambda plan: replace(plan, runs=plan.runs[1:]),
}


@pytest.mark.parametrize("code", FAULTS)
def test_planted_fault_is_found(plan: Plan, code: str) -> None:
    assert code in {finding.code for finding in verify_plan(FAULTS[code](plan))}
