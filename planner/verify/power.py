"""Power with plugs: what every rack and row draws, recomputed, and what the plan says of it."""

from __future__ import annotations

from collections.abc import Iterator

from planner.errors import Finding, Severity
from planner.verify.ground import Ground, fault
from planner.verify.shares import ends_of, made_of


def check_power(ground: Ground) -> Iterator[Finding]:
    """Recompute what racks draw; one that draws more than it may must be named by the plan itself."""
    drawn = _drawn(ground)
    stated = ground.plan.rack_power_milliwatts
    for rack in sorted(drawn.keys() | stated.keys()):
        if stated.get(rack) != drawn.get(rack):
            yield fault(
                "wrong-rack-power",
                f"rack {rack}: {stated.get(rack, 'no')} mW stated, {drawn.get(rack, 'no')} mW recomputed",
            )
    for rack, rack_type in ground.racks.items():
        room = rack_type.power_milliwatts + rack_type.max_added_power_milliwatts
        if rack_type.tray_slots_u:
            yield from _check_limit(ground, "rack-overdrawn", rack, drawn[rack], room)
    for row in ground.plan.layout.rows:
        power = sum(drawn.get(position.address, 0) for position in row.positions)
        for code, limit in (
            ("row-overdrawn", row.power_limit_milliwatts),
            ("row-overheated", row.cooling_limit_milliwatts),
        ):
            if limit is not None:
                yield from _check_limit(ground, code, row.name, power, limit)


def _drawn(ground: Ground) -> dict[str, int]:
    drawn = {rack: rack_type.power_milliwatts for rack, rack_type in ground.racks.items()}
    for device in ground.plan.devices:
        kind = ground.device_type(device.device)
        if device.is_placed and kind is not None and device.rack in drawn:
            drawn[device.rack] += kind.power_milliwatts
    for index, made in made_of(ground).items():
        ends = ends_of(ground.plan.runs[index])
        for end, plug, counts in zip(ends, made.fit.plugs, made.counts_plug, strict=True):
            if counts and end.rack in drawn:
                drawn[end.rack] += plug.power_milliwatts
    return drawn


def _check_limit(ground: Ground, code: str, name: str, drawn: int, limit: int) -> Iterator[Finding]:
    if drawn <= limit:
        return
    what = code.partition("-")[0]
    allowed = "may draw" if code.endswith("overdrawn") else "has cooling for"
    message = f"{what} {name} draws {drawn / 1000:.3f} W with all plugs, and {allowed} {limit / 1000:.3f} W"
    yield Finding(code=code, message=message, severity=Severity.BLOCKING)
    said = [one for one in ground.plan.findings if (one.code, one.severity) == (code, Severity.BLOCKING)]
    if not any(one.message.startswith(f"{what} {name} ") for one in said):
        yield fault("overdrawn-not-stated", f"{what} {name} draws too much and no blocking finding says so")
