"""What a planted fault is, and where in a plan to plant it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from planner.model.media import Medium
from planner.model.plan import Plan
from planner.model.routes import RouteKind, SegmentKind
from tests.faults.edits import first


@dataclass(frozen=True)
class Planted:
    """A fault: its name, the code of the finding and words of its message, how it is planted."""

    name: str
    code: str
    says: str
    plant: Callable[[Plan], Plan]
    base: str = "tiers"


def lateral(plan: Plan) -> int:
    return first(plan.runs, lambda run: run.route_kind is RouteKind.LATERAL)


def overhead(plan: Plan) -> int:
    return first(plan.runs, lambda run: run.route_kind is RouteKind.OVERHEAD)


def optics(plan: Plan) -> int:
    return first(plan.runs, lambda run: run.medium is Medium.OPTICS)


def segment_of(plan: Plan, kind: SegmentKind) -> int:
    return first(plan.segments, lambda fill: fill.segment.kind is kind and fill.segment.a != fill.segment.b)


def placed(plan: Plan) -> int:
    return first(plan.devices, lambda device: device.is_placed)
