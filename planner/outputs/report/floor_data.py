"""The floor of the page: rack positions, rows and cable trays in millimeters of the room."""

from __future__ import annotations

from collections import Counter
from typing import Any

from planner.model.layout import Side
from planner.model.plan import Plan
from planner.outputs.floor_pathways import FILL_COLORS, OVERFULL_COLOR, tray_spans
from planner.outputs.floor_racks import Standing, footprint, joined_racks, standing


def floor_data(plan: Plan) -> dict[str, Any]:
    """Return what is drawn before anything is chosen, one list a column."""
    room = plan.layout.room
    return {
        "room": [room.width_mm, room.depth_mm],
        "racks": _racks(plan),
        "kinds": [
            {
                "words": kind.words,
                "fill": kind.fill,
                "outline": kind.outline,
                "dash": any(word in kind.style for word in ("dashed", "dotted")),
            }
            for kind in Standing
        ],
        "rows": _rows(plan),
        "trays": [[*low, *high] for low, high in tray_spans(plan)],
        "fill_colors": [[limit, color] for limit, color in FILL_COLORS],
        "overfull_color": OVERFULL_COLOR,
    }


def _racks(plan: Plan) -> dict[str, list[Any]]:
    joined = joined_racks(plan)
    runs = Counter(end.rack for run in plan.runs for end in (run.a, run.b))
    devices = Counter(rack for rack, _ in {(device.rack, device.u) for device in plan.devices})
    columns: dict[str, list[Any]] = {
        name: [] for name in ("address", "row", "box", "kind", "content", "south", "power", "runs", "devices")
    }
    for index, row in enumerate(plan.layout.rows):
        for position in row.positions:
            address = position.address
            low, high = footprint(plan, row, position)
            chosen = plan.opened_racks.get(address)
            columns["address"].append(address)
            columns["row"].append(index)
            columns["box"].append([*low, *high])
            columns["kind"].append(list(Standing).index(standing(plan, position, joined)))
            columns["content"].append(chosen or " or ".join(position.choices))
            columns["south"].append(int(row.front is Side.SOUTH))
            columns["power"].append(plan.rack_power_milliwatts.get(address, 0) // 1000)
            columns["runs"].append(runs[address])
            columns["devices"].append(devices[address])
    return columns


def _rows(plan: Plan) -> list[list[Any]]:
    """Return each row's name and where to write it."""
    rows = []
    for row in plan.layout.rows:
        low, high = footprint(plan, row, row.positions[0])
        rows.append([row.name, low[0], (low[1] + high[1]) // 2])
    return rows
