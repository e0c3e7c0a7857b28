"""Plans that exceed what the pathway holds, whose runs fit by other ways from where they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.model.plan import Plan
from planner.model.routes import SegmentKind
from planner.second_look import explain
from tests.faults.plans import hall_with_ways_round, make_plan
from tests.limited_halls import blocking, faults
from tests.test_fill import squeezed


def places(plan: Plan) -> list[tuple[str, int, tuple[int, ...]]]:
    return [(one.rack, one.u, one.planes) for one in plan.devices if one.is_placed]


@pytest.mark.parametrize("kind", [SegmentKind.RISER, SegmentKind.LATERAL, SegmentKind.ROW_TRAY])
def test_devices_stay_where_runs_fit_by_ways_of_the_same_price(
    kind: SegmentKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a hall too large to write out more than the one route that the layout asks for."""
    monkeypatch.setattr("planner.optimize.fill.resources._ROUTES_WRITTEN", 0)
    layout, catalog = hall_with_ways_round()
    layout = replace(layout, pathways=replace(layout.pathways, routes_per_pair=1))
    wide = make_plan(layout, catalog)
    plan = make_plan(squeezed(layout, wide, {kind: 0.8}), catalog)
    assert not blocking(plan)
    assert not faults(plan)
    assert places(plan) == places(wide)
    assert plan.segments != wide.segments
    assert plan.solve.objective_cents == wide.solve.objective_cents
    assert plan.solve.lower_bound_cents == wide.solve.lower_bound_cents
    moved = next(
        after for before, after in zip(wide.runs, plan.runs, strict=True) if before.segments != after.segments
    )
    assert explain(plan, moved.cable_id).facts
