"""Planted faults: bundles, the order of installation, crews and time."""

from __future__ import annotations

from dataclasses import replace

from planner.model.plan import CableRun, Plan
from planner.model.routes import RouteKind
from tests.faults import edits
from tests.faults.edits import first
from tests.faults.kinds import Planted, lateral


def _installation(plan: Plan, **changes: int) -> Plan:
    return edits.layout(plan, installation=replace(plan.layout.installation, **changes))


def _turned_round(plan: Plan) -> Plan:
    """Lay everything in the opposite order."""
    count = len(plan.runs)
    return replace(
        plan, runs=tuple(replace(run, install_order=count + 1 - run.install_order) for run in plan.runs)
    )


def _torn(plan: Plan) -> Plan:
    """Lay the first run of the first bundle last."""

    def later(run: CableRun) -> int:
        return len(plan.runs) if run.install_order == 1 else run.install_order - 1

    return replace(plan, runs=tuple(replace(run, install_order=later(run)) for run in plan.runs))


def _one_does_it_all(plan: Plan) -> Plan:
    return replace(plan, runs=tuple(replace(run, crew=1) for run in plan.runs))


def _bundle_of_two_crews(plan: Plan) -> Plan:
    index = first(plan.runs, lambda run: sum(one.bundle == run.bundle for one in plan.runs) > 1)
    return edits.run(plan, index, crew=3 - plan.runs[index].crew)


def _two_ways_in_one(plan: Plan) -> Plan:
    """Send one run of a bundle over another riser: it is the same route no more."""
    index = first(
        plan.runs,
        lambda run: (
            run.route_kind is RouteKind.OVERHEAD and sum(one.bundle == run.bundle for one in plan.runs) > 1
        ),
    )
    segments = plan.runs[index].segments
    old, new = ("L:", "R:") if "L:" in segments[0] else ("R:", "L:")
    return edits.run(plan, index, segments=(segments[0].replace(old, new), *segments[1:]))


def _total(plan: Plan, field: str) -> Plan:
    return replace(plan, totals=replace(plan.totals, **{field: getattr(plan.totals, field) + 1}))


INSTALLATION = (
    Planted("bundle-too-large", "bundle-too-large", "allows 1", lambda p: _installation(p, max_bundle=1)),
    Planted("more-bundles-than-needed", "wrong-bundle", "hold them", lambda p: edits.run(p, bundle="X")),
    Planted("bundle-of-two-ways", "wrong-bundle", "another way", _two_ways_in_one),
    Planted("order-turned-round", "laid-too-late", "belongs before it", _turned_round),
    Planted("bundle-torn", "laid-too-late", "belongs before it", _torn),
    Planted("other-phase", "wrong-phase", "in phase 9", lambda p: edits.run(p, lateral(p), phase=9)),
    Planted("no-such-crew", "wrong-crew", "there are 2", lambda p: edits.run(p, crew=3)),
    Planted("bundle-of-two-crews", "wrong-crew", "a bundle is for one", _bundle_of_two_crews),
    Planted("one-crew-does-it-all", "crews-unbalanced", "another 0", _one_does_it_all),
    Planted("minutes-off", "wrong-minutes", "expected", lambda p: edits.run(p, minutes=1)),
    Planted("minutes-summed-wrong", "wrong-install-time", "install_", lambda p: _total(p, "install_minutes")),
    Planted("elapsed-wrong", "wrong-install-time", "elapsed_", lambda p: _total(p, "elapsed_minutes")),
)
