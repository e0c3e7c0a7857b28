"""Planted faults: what one failure takes of a plane."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from planner.model.layout import TiersSpec
from planner.model.plan import Plan
from planner.model.rules import Resilience
from tests.faults.kinds import Planted, placed

_BASE = "resilient"


def with_resilience(plan: Plan, **changes: object) -> Plan:
    """Change what the plan's layout asks of its fabric of tiers."""
    specs = tuple(
        replace(spec, resilience=replace(spec.resilience or Resilience(), **changes))  # type: ignore[arg-type]
        if isinstance(spec, TiersSpec)
        else spec
        for spec in plan.layout.fabrics
    )
    return replace(plan, layout=replace(plan.layout, fabrics=specs))


def _moved_to_other_rack(plan: Plan) -> Plan:
    """Move a placed device, its runs with it, from the rack with fewest to that with most of them."""
    count = Counter(one.rack for one in plan.devices if one.is_placed)
    ranked = sorted((one for one in plan.devices if one.is_placed), key=lambda one: count[one.rack])
    device, other = ranked[0], ranked[-1]
    taken = {one.u for one in plan.devices if one.rack == other.rack}
    slots = plan.catalog.rack_types[plan.opened_racks[other.rack]].tray_slots_u
    rack, u = other.rack, next(u for u in slots if u not in taken)
    devices = tuple(
        replace(one, rack=rack, u=u, name=f"{rack}-U{u:02d}") if one == device else one
        for one in plan.devices
    )
    runs = tuple(
        replace(run, b=replace(run.b, rack=rack, u=u))
        if (run.b.rack, run.b.u) == (device.rack, device.u)
        else run
        for run in plan.runs
    )
    return replace(plan, devices=devices, runs=runs)


def _without_feed(plan: Plan) -> Plan:
    """Take a rack that holds placed devices off its feed."""
    rack = plan.devices[placed(plan)].rack
    feeds = {
        name: tuple(one for one in racks if one != rack) for name, racks in plan.layout.groups["feed"].items()
    }
    return replace(plan, layout=replace(plan.layout, groups={**plan.layout.groups, "feed": feeds}))


RULE_FAULTS = (
    Planted("rack-takes-too-much", "too-much-at-once", "takes", _moved_to_other_rack, _BASE),
    Planted(
        "feed-takes-too-much",
        "too-much-at-once",
        "feed",
        lambda plan: with_resilience(plan, share_per_feed_permille=500),
        _BASE,
    ),
    Planted(
        "too-few-racks",
        "too-few-parts",
        "2 racks, 3 are asked for",
        lambda plan: with_resilience(plan, racks_per_plane=3),
        _BASE,
    ),
    Planted("rack-off-its-feed", "no-feed", "is on no power feed", _without_feed, _BASE),
    Planted(
        "bound-of-a-stricter-rule",
        "forged-bound",
        "its numbers prove",
        lambda plan: with_resilience(plan, share_per_rack_permille=1000, racks_per_plane=1, feeds=""),
        _BASE,
    ),
)
