"""Planted faults: routes, lengths and fill."""

from __future__ import annotations

from dataclasses import replace

from planner.model.plan import Plan
from planner.model.routes import Point, RouteKind, SegmentKind
from tests.faults import edits
from tests.faults.edits import first
from tests.faults.kinds import Planted, lateral, optics, overhead, segment_of


def _other_riser(plan: Plan) -> Plan:
    """Let a cage left of the middle cross its rack's face to the right riser."""
    for index, run in enumerate(plan.runs):
        known = {fill.segment.id: number for number, fill in enumerate(plan.segments)}
        for side in (0, -1):
            face = plan.segments[known[run.segments[side]]].segment
            lateral = plan.segments[known[run.segments[1 if side == 0 else -2]]].segment
            cage, riser = (face.a, face.b) if face.a.x_mm % 600 else (face.b, face.a)
            if lateral.kind is not SegmentKind.LATERAL or riser not in (lateral.a, lateral.b):
                continue
            far = lateral.b if lateral.a == riser else lateral.a
            if min(riser.x_mm, far.x_mm) < cage.x_mm < max(riser.x_mm, far.x_mm):
                across = edits.segment(plan, known[face.id], a=cage, b=far)
                kept = tuple(name for name in run.segments if name != lateral.id)
                return edits.run(across, index, segments=kept)
    raise AssertionError("no run starts across its own rack")


def _unjoined(plan: Plan) -> Plan:
    (cross,) = plan.layout.pathways.cross_trays
    return edits.pathways(plan, cross_trays=(replace(cross, rows=("A", "C")),))


def _cut_route(plan: Plan) -> Plan:
    index = overhead(plan)
    names = plan.runs[index].segments
    return edits.run(plan, index, segments=(*names[:3], *names[4:]))


def _ends_elsewhere(plan: Plan) -> Plan:
    """Exchange the whole routes of two runs that end at different places."""
    one = plan.runs[0]
    other = first(
        plan.runs, lambda run: (run.a.rack, run.a.u) == (one.a.rack, one.a.u) and run.b.rack != one.b.rack
    )
    return edits.run(plan, 0, segments=plan.runs[other].segments, route_kind=plan.runs[other].route_kind)


def _twice_around(plan: Plan) -> Plan:
    index = overhead(plan)
    names = plan.runs[index].segments
    return edits.run(plan, index, segments=(*names[:4], names[3], *names[3:]))


def _tilted(plan: Plan) -> Plan:
    index = segment_of(plan, SegmentKind.ROW_TRAY)
    b = plan.segments[index].segment.b
    return edits.segment(plan, index, b=Point(b.x_mm, b.y_mm + 1, b.z_mm))


def _through_the_air(plan: Plan) -> Plan:
    index = segment_of(plan, SegmentKind.ROW_TRAY)
    a, b = plan.segments[index].segment.a, plan.segments[index].segment.b
    return edits.segment(plan, index, a=a._replace(z_mm=a.z_mm + 50), b=b._replace(z_mm=b.z_mm + 50))


def _stocked(plan: Plan, index: int, step: int) -> Plan:
    """Take the next shorter or longer stock length."""
    run = plan.runs[index]
    option = next(one for one in plan.catalog.media if one.id == run.option)
    lengths = [item.length_mm for item in option.cable.stock]
    return edits.run(plan, index, stock_length_mm=lengths[lengths.index(run.stock_length_mm) + step])


def _renamed_for_one(plan: Plan) -> Plan:
    """Let one run call a piece of its lateral by a name of its own, and so hide it from the fill."""
    index = lateral(plan)
    names = plan.runs[index].segments
    number = first(
        plan.segments, lambda fill: fill.segment.kind is SegmentKind.LATERAL and fill.segment.id in names
    )
    old = plan.segments[number].segment
    plan = edits.run(plan, index, segments=tuple("mine" if name == old.id else name for name in names))
    mine = replace(plan.segments[number], segment=replace(old, id="mine"))
    return replace(plan, segments=(*plan.segments, mine))


LENGTHS = (
    Planted("segment-id-with-space", "bad-segment-id", "'a b'", lambda p: edits.segment(p, id="a b")),
    Planted(
        "segment-twice-listed",
        "bad-segment-id",
        "not unique",
        lambda p: replace(p, segments=(*p.segments, p.segments[0])),
    ),
    Planted("segment-unknown", "unknown-segment", "nowhere", lambda p: edits.run(p, segments=("nowhere",))),
    Planted("segment-tilted", "segment-not-straight", "['x', 'y']", _tilted),
    Planted("segment-in-the-air", "segment-off-pathway", "no declared row-tray", _through_the_air),
    Planted(
        "wider-tray",
        "wrong-section",
        "usable 1 um2",
        lambda p: edits.segment(p, segment_of(p, SegmentKind.ROW_TRAY), usable_um2=1),
    ),
    Planted(
        "kinds-mixed",
        "mixed-route",
        "no lateral route",
        lambda p: edits.run(p, overhead(p), route_kind=RouteKind.LATERAL),
    ),
    Planted(
        "level-mixed",
        "mixed-route",
        "an underfloor route cannot take",
        lambda p: edits.run(p, overhead(p), route_kind=RouteKind.UNDERFLOOR),
    ),
    Planted("segment-twice", "segment-twice", "more than once", _twice_around),
    Planted("route-cut", "route-not-connected", "does not begin", _cut_route),
    Planted("route-to-elsewhere", "route-not-connected", "the route ends at", _ends_elsewhere),
    Planted("trays-not-joined", "route-not-joined", "no declared pathway joins", _unjoined, "three-rows"),
    Planted("wrong-riser", "wrong-riser", "must take the riser", _other_riser, "offset"),
    Planted(
        "no-way-to-check",
        "no-cage-point",
        "nowhere",
        lambda p: edits.end(p, "b", rack="Z99"),
    ),
    Planted(
        "lateral-too-far",
        "lateral-too-far",
        "at most 0 positions",
        lambda p: edits.pathways(p, laterals=None),
    ),
    Planted(
        "routed-shorter",
        "wrong-routed-length",
        "sum to",
        lambda p: edits.run(p, routed_mm=p.runs[0].routed_mm - 1),
    ),
    Planted("slack-shorter", "wrong-slack", "2 x 300 mm", lambda p: edits.run(p, overhead(p), slack_mm=600)),
    Planted(
        "lateral-slack-shorter", "wrong-slack", "give 100 mm", lambda p: edits.run(p, lateral(p), slack_mm=0)
    ),
    Planted("reach-raised", "wrong-reach", "99000", lambda p: edits.run(p, reach_mm=99_000)),
    Planted("cable-too-short", "cable-too-short", "required", lambda p: _stocked(p, optics(p), -1)),
    Planted(
        "beyond-reach",
        "beyond-reach",
        "reaches 1000 mm",
        lambda p: edits.option(p, p.runs[optics(p)].option, reach_mm=1000),
    ),
    Planted("cable-too-long", "cable-too-long", "covers", lambda p: _stocked(p, optics(p), 1)),
    Planted(
        "not-stocked", "not-stocked", "not stocked at 12345", lambda p: edits.run(p, stock_length_mm=12_345)
    ),
)


FILL = (
    Planted("fill-of-two-names", "fill-split", "and mine are the same place", _renamed_for_one),
    Planted("fill-understated", "wrong-fill", "recomputed", lambda p: edits.fill(p, used_um2=1)),
    Planted("runs-understated", "wrong-fill", "recomputed", lambda p: edits.fill(p, runs=0)),
    Planted(
        "segment-idle",
        "idle-segment",
        "no run",
        lambda p: replace(
            p,
            segments=(
                *p.segments,
                replace(p.segments[0], segment=replace(p.segments[0].segment, id="idle")),
            ),
        ),
    ),
)
