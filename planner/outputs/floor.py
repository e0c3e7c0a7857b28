"""The floor to scale: room, racks, pathways with their fill, legend and scale bar."""

from __future__ import annotations

from planner.model.plan import Plan
from planner.outputs.floor_canvas import Canvas
from planner.outputs.floor_pathways import (
    FILL_COLORS,
    OVERFULL_COLOR,
    draw_laterals,
    draw_risers,
    draw_tray_words,
    draw_trays,
    fill_percent,
)
from planner.outputs.floor_racks import draw_fronts, draw_rack_words, draw_racks, standings_in_use
from planner.outputs.markup import (
    FAINT,
    INK,
    cell,
    count,
    heading,
    html_label,
    new_graph,
    short_m,
    stacked,
    swatch,
    table,
    text,
)
from planner.outputs.revision import title_block

FILE_STEM = "floor"
_BAR_MM, _MOST_BARS = 1000, 5


def floor_source(plan: Plan) -> str:
    """Return DOT source (for ``neato``): all nodes are pinned, there are no edges."""
    graph = new_graph(FILE_STEM, labelloc="t", labeljust="l", label=html_label(_heading(plan)))
    canvas, room = Canvas(graph), plan.layout.room
    canvas.box("room", (0, 0), (room.width_mm, room.depth_mm), color=INK, penwidth="2")
    draw_racks(canvas, plan)
    draw_trays(canvas, plan)
    draw_fronts(canvas, plan)
    draw_laterals(canvas, plan)
    draw_risers(canvas, plan)
    draw_tray_words(canvas, plan)
    draw_rack_words(canvas, plan)
    _draw_scale_bar(canvas, room.width_mm)
    source: str = graph.source
    return source


def _heading(plan: Plan) -> str:
    room, totals = plan.layout.room, plan.totals
    opened = count(len(plan.opened_racks), "rack")
    placed = count(sum(device.is_placed for device in plan.devices), "device")
    routed_m = (totals.routed_mm + 500) // 1000
    lines = (
        f"Room {short_m(room.width_mm)} x {short_m(room.depth_mm)}, seen from above. "
        f"{count(totals.runs, 'run')}, {routed_m:,} m routed; {placed} placed in {opened}.",
        _fullest_line(plan),
        title_block(plan),
    )
    return stacked(heading(plan.layout.title or plan.layout.name, *lines), _legend(plan))


def _fullest_line(plan: Plan) -> str:
    limited = [fill for fill in plan.segments if fill.segment.usable_um2]
    if not limited:
        return "No pathway in use has a limit."
    fullest = max(limited, key=lambda fill: (fill_percent(fill), fill.segment.id))
    over = sum(fill_percent(fill) > 100 for fill in limited)
    verdict = f"{count(over, 'segment')} overfull" if over else "none overfull"
    percent = fill_percent(fullest)
    return f"Fullest pathway segment: {fullest.segment.id}, {percent} % of what it may take; {verdict}."


def _legend(plan: Plan) -> str:
    racks = table(
        [
            cell(_rack_swatch(kind.fill, kind.outline, kind.style), WIDTH=22)
            + cell(text(kind.words, 10), ALIGN="LEFT")
            for kind in standings_in_use(plan)
        ],
        ALIGN="LEFT",
        BORDER=0,
        CELLBORDER=0,
        CELLSPACING=0,
        CELLPADDING=2,
    )
    limits = (0, *(limit for limit, _ in FILL_COLORS))
    scale = "".join(
        swatch(color, f"{low}\N{EN DASH}{high} %")
        for low, (high, color) in zip(limits, FILL_COLORS, strict=False)
    )
    notes = [
        text("share of the permitted fill: ", 10, FAINT) + scale + swatch(OVERFULL_COLOR, "overfull"),
        text("dark edge: front of a rack; corner squares: risers, by their fullest piece", 10, FAINT),
        text(
            "bands along faces: laterals, with runs; wide bands: cable trays, with fill and runs",
            10,
            FAINT,
        ),
    ]
    right = table(
        [cell(note, ALIGN="LEFT") for note in notes],
        ALIGN="LEFT",
        BORDER=0,
        CELLBORDER=0,
        CELLSPACING=0,
        CELLPADDING=2,
    )
    row = cell(racks, ALIGN="LEFT", VALIGN="TOP") + cell(right, ALIGN="LEFT", VALIGN="TOP")
    return table([row], ALIGN="LEFT", BORDER=0, CELLBORDER=0, CELLSPACING=6, CELLPADDING=0)


def _rack_swatch(fill: str, outline: str, style: str) -> str:
    line = next((word for word in style.split(",") if word in ("dashed", "dotted")), "")
    drawn = {"STYLE": line} if line else {}
    size: dict[str, str | int] = {"WIDTH": 16, "HEIGHT": 11, "FIXEDSIZE": "TRUE"}
    return table(
        [cell("")], **size, BORDER=1, CELLBORDER=0, CELLSPACING=0, BGCOLOR=fill, COLOR=outline, **drawn
    )


def _draw_scale_bar(canvas: Canvas, room_width_mm: int) -> None:
    steps = max(1, min(_MOST_BARS, room_width_mm // (2 * _BAR_MM)))
    for step in range(steps):
        color = INK if step % 2 == 0 else "#ffffff"
        low, high = (step * _BAR_MM, -260), ((step + 1) * _BAR_MM, -200)
        canvas.box(f"scale {step + 1}", low, high, style="filled", fillcolor=color, color=INK)
    for step in dict.fromkeys((0, 1, steps)):
        canvas.words(f"scale at {step}", (step * _BAR_MM, -370), text(short_m(step * _BAR_MM), 9))
