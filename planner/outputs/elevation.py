"""elevation-RACK.svg: a rack to scale, front and rear, with every device at its U and every cage in use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from planner.model.cages import CageGroup, Face
from planner.model.catalog import DeviceType, RackType
from planner.model.media import Medium
from planner.model.plan import CableEnd, CableRun, Plan
from planner.model.sites import positions
from planner.outputs.amount import drawn_at_most
from planner.outputs.markup import (
    FAINT,
    INK,
    MEDIUM_COLOR,
    WORDS_ON_MEDIUM,
    count,
    in_listing_order,
    short_kw,
    short_m,
)
from planner.outputs.revision import title_block
from planner.outputs.svg import Drawing, Look
from planner.units import ceil_div

MOST_SHEETS = 200
"""Most racks that are drawn: those with devices that the plan placed first, then by address."""

_PX_PER_MM = 0.45
_LEFT_PX, _TOP_PX, _BETWEEN_PX, _SIDE_PX = 58, 128, 96, 250
_CAGE_PX, _TEXT_PX, _NAME_PX = 9.0, 8, 11
_NUMBERED_PX = 10
_FREE, _IDLE, _USED = "#ffffff", "#eceef1", "#dbe4ef"


class _Plugged(NamedTuple):
    """A run as seen from one of its ends."""

    near: CableEnd
    far: CableEnd
    run: CableRun


class _Standing(NamedTuple):
    """A device in the rack and what is plugged into its cages."""

    u: int
    kind: DeviceType
    plugs: Mapping[int, Sequence[_Plugged]]


class _Sheet(NamedTuple):
    """One rack to draw."""

    rack: str
    kind: RackType
    devices: tuple[_Standing, ...]
    note: str


def elevations(plan: Plan) -> Iterator[tuple[str, bytes]]:
    """Yield file stem and SVG of each rack that has devices with runs."""
    drawn, all_racks = drawn_racks(plan)
    shown = set(drawn)
    plugs: dict[tuple[str, int], dict[int, list[_Plugged]]] = {}
    for run in plan.runs:
        for near, far in ((run.a, run.b), (run.b, run.a)):
            if near.rack in shown:
                plugs.setdefault((near.rack, near.u), {}).setdefault(near.cage, []).append(
                    _Plugged(near, far, run)
                )
    for number, rack in enumerate(drawn, 1):
        note = f"sheet {number} of {len(drawn)}"
        if len(drawn) < all_racks:
            note += f"; {all_racks:,} racks have runs, racks with placed devices are drawn first"
        kind = plan.catalog.rack_types[_type_of(plan, rack)]
        yield f"elevation-{rack}", _draw(plan, _Sheet(rack, kind, _devices(plan, rack, kind, plugs), note))


def drawn_racks(plan: Plan) -> tuple[list[str], int]:
    """Return the racks that are drawn, in canonical order, and how many racks have runs."""
    with_runs = {end.rack for run in plan.runs for end in (run.a, run.b)}
    placed = {device.rack for device in plan.devices if device.is_placed}
    racks = [position.address for position in positions(plan.layout) if position.address in with_runs]
    kept = set(sorted(racks, key=lambda rack: rack not in placed)[: drawn_at_most(plan, MOST_SHEETS)])
    return [rack for rack in racks if rack in kept], len(racks)


def _type_of(plan: Plan, rack: str) -> str:
    return plan.opened_racks.get(rack) or plan.layout.position(rack).choices[0]


def _devices(
    plan: Plan,
    rack: str,
    kind: RackType,
    plugs: Mapping[tuple[str, int], Mapping[int, Sequence[_Plugged]]],
) -> tuple[_Standing, ...]:
    standing = {mount.u: mount.device for mount in kind.mounts}
    standing |= {device.u: device.device for device in plan.devices if device.rack == rack}
    types = plan.catalog.device_types
    return tuple(_Standing(u, types[name], plugs.get((rack, u), {})) for u, name in sorted(standing.items()))


def _draw(plan: Plan, sheet: _Sheet) -> bytes:
    view_px = sheet.kind.width_mm * _PX_PER_MM
    height = _TOP_PX + sheet.kind.height_mm * _PX_PER_MM + 56
    second = _LEFT_PX + view_px + _BETWEEN_PX
    side = second + view_px + 52
    drawing = Drawing(side + _SIDE_PX, height, f"elevation of rack {sheet.rack}")
    drawing.words(24, 34, f"Rack {sheet.rack}", Look(size=20, bold=True))
    drawing.words(24, 54, plan.layout.title or plan.layout.name, Look(size=12))
    drawing.words(24, 72, title_block(plan), Look(size=9, color=FAINT))
    for x, face in ((_LEFT_PX, Face.FRONT), (second, Face.REAR)):
        drawing.words(x, _TOP_PX - 12, f"{face.value}, as seen from before it", Look(size=11))
        _draw_face(drawing, sheet, x, face)
    _draw_side(drawing, plan, sheet, side)
    _draw_scale(drawing, height - 20)
    return drawing.bytes()


def _draw_face(drawing: Drawing, sheet: _Sheet, x: float, face: Face) -> None:
    kind = sheet.kind
    width, height = kind.width_mm * _PX_PER_MM, kind.height_mm * _PX_PER_MM
    drawing.box(x, _TOP_PX, width, height, fill=_FREE, stroke=INK, line=2)
    for u in range(1, kind.units + 1):
        low, high = _y(kind, u), _y(kind, u + 1)
        middle = (low + high) / 2 + 3
        drawing.words(x - 6, middle, str(u), Look(size=_TEXT_PX, color=FAINT, anchor="end"))
        drawing.words(x + width + 6, middle, str(u), Look(size=_TEXT_PX, color=FAINT))
        drawing.box(x, high, width, low - high, fill="none", stroke="#e5e7eb", line=0.5)
    for device in sheet.devices:
        _draw_device(drawing, kind, device, x, face)


def _draw_device(drawing: Drawing, rack: RackType, device: _Standing, x: float, face: Face) -> None:
    top, bottom = _y(rack, device.u + device.kind.height_u), _y(rack, device.u)
    width = rack.width_mm * _PX_PER_MM
    inside = x + 3
    drawing.box(
        inside, top + 0.7, width - 6, bottom - top - 1.4, _USED if device.plugs else _IDLE, "#6b7280", 0.8
    )
    groups = [(first, group) for first, group in _groups(device.kind) if group.face is face]
    cages = sum(group.count for _, group in groups)
    used = sum(first <= cage < first + group.count for cage in device.plugs for first, group in groups)
    words = f"U{device.u:02d} {device.kind.id}"
    if cages:
        words += f"  {used} of {cages} cages"
    baseline = top + (8.8 if cages else (bottom - top) / 2 + 3)
    drawing.words(inside + 4, baseline, words, Look(size=_TEXT_PX, fit=width - 14))
    if cages:
        _draw_cages(drawing, device, groups, (inside + 4, top + 11.5, width - 14, bottom - top - 13.5))


def _groups(kind: DeviceType) -> Iterator[tuple[int, CageGroup]]:
    """Yield each cage group with the number of its first cage."""
    first = 1
    for group in kind.cages:
        yield first, group
        first += group.count


def _draw_cages(
    drawing: Drawing,
    device: _Standing,
    groups: Sequence[tuple[int, CageGroup]],
    area: tuple[float, float, float, float],
) -> None:
    """Draw cages by number from the left, in as many lines as the device is high enough for."""
    x, y, width, height = area
    numbers = [cage for first, group in groups for cage in range(first, first + group.count)]
    lines = max(1, min(int(height / _CAGE_PX), ceil_div(len(numbers), 18)))
    a_line = ceil_div(len(numbers), lines)
    step, size = min(width / a_line, 13.0), min(height / lines - 1, _CAGE_PX - 1)
    for index, cage in enumerate(numbers):
        plugged = device.plugs.get(cage, ())
        left, top = x + index % a_line * step, y + index // a_line * (height / lines)
        color = MEDIUM_COLOR[plugged[0].run.medium] if plugged else _FREE
        tip = f"C{cage:02d}: " + ("; ".join(map(_joined, plugged)) or "not used")
        drawing.box(left, top, min(step - 1, 11), size, color, INK if plugged else "#9ca3af", 0.5, tip)
        if step >= _NUMBERED_PX:
            ink = WORDS_ON_MEDIUM[plugged[0].run.medium] if plugged else FAINT
            middle = left + min(step - 1, 11) / 2
            drawing.words(middle, top + size / 2 + 2, str(cage), Look(5.5, ink, anchor="middle"))


def _joined(plugged: _Plugged) -> str:
    far, run = plugged.far, plugged.run
    port = f"P{far.port}" if far.port else ""
    length = short_m(run.stock_length_mm)
    return f"{run.medium.value} {length} to {far.rack}-U{far.u:02d}-C{far.cage:02d}{port}"


def _draw_side(drawing: Drawing, plan: Plan, sheet: _Sheet, x: float) -> None:
    runs = [one.run for device in sheet.devices for plugs in device.plugs.values() for one in plugs]
    media = Counter(run.medium for run in runs)
    power = plan.rack_power_milliwatts.get(sheet.rack, 0)
    lines = [
        sheet.kind.id,
        f"{short_m(sheet.kind.width_mm)} wide, {short_m(sheet.kind.height_mm)} high, {sheet.kind.units} U",
        f"{count(len(sheet.devices), 'device')}, {count(len(runs), 'run end')}",
        f"{short_kw(power)} with all plugs",
        sheet.note,
    ]
    y = _TOP_PX + 10.0
    for index, line in enumerate(lines):
        y = drawing.lines(x, y, line, Look(size=_NAME_PX, bold=index == 0), 34)
    y = _draw_legend(drawing, media, x, y + 18)
    far = Counter(
        one.far.rack for device in sheet.devices for plugs in device.plugs.values() for one in plugs
    )
    drawing.words(x, y + 18, "joined to", Look(size=_NAME_PX, bold=True))
    room = max(4, int((sheet.kind.height_mm * _PX_PER_MM - (y - _TOP_PX) - 40) / 15))
    order = {position.address: n for n, position in enumerate(positions(plan.layout))}
    racks = sorted(far, key=lambda rack: order[rack])
    for rack in racks[:room]:
        y += 15
        drawing.words(x, y + 20, f"{rack}: {count(far[rack], 'run')}", Look(size=10))
    if len(racks) > room:
        drawing.words(x, y + 35, f"and {len(racks) - room} racks more", Look(size=10))


def _draw_legend(drawing: Drawing, media: Mapping[Medium, int], x: float, y: float) -> float:
    drawing.words(x, y, "cages by medium", Look(size=_NAME_PX, bold=True))
    entries = [
        (MEDIUM_COLOR[medium], f"{medium.value}: {count(runs, 'run')}")
        for medium, runs in in_listing_order(media).items()
    ]
    entries += [(_FREE, "cage not used"), (_USED, "device with runs"), (_IDLE, "device without runs")]
    for color, words in entries:
        y += 17
        drawing.box(x, y - 9, 13, 11, color, FAINT, 0.8)
        drawing.words(x + 20, y, words, Look(size=10))
    return drawing.lines(x, y + 20, "cages by number from the left, not at their places", Look(9, FAINT), 40)


def _draw_scale(drawing: Drawing, y: float) -> None:
    for step in range(5):
        fill = INK if step % 2 == 0 else _FREE
        drawing.box(_LEFT_PX + step * 100 * _PX_PER_MM, y - 10, 100 * _PX_PER_MM, 5, fill, INK, 0.6)
    drawing.words(
        _LEFT_PX + 500 * _PX_PER_MM + 8, y - 4, "0.5 m, U from the lowest", Look(size=9, color=FAINT)
    )


def _y(kind: RackType, u: int) -> float:
    """Return where the lower edge of a U is on paper."""
    up_mm = kind.u1_z_mm + (u - 1) * kind.unit_height_um / 1000
    return _TOP_PX + (kind.height_mm - up_mm) * _PX_PER_MM
