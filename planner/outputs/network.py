"""topology.gv: every device and run as a plain graph that other tools read; no picture is drawn from it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from planner.model.plan import CableEnd, Plan
from planner.outputs.revision import revision
from planner.units import format_m

FILE_NAME = "topology.gv"
_meters = cache(format_m)  # thousands of runs share few lengths


def network_lines(plan: Plan) -> Iterator[str]:
    """Yield lines of DOT: a node a device, an edge a run; identifiers are those of the cut sheet."""
    yield 'graph "topology" {\n'
    yield (
        f"  graph [layout_name={_quoted(plan.layout.name)}, revision={_quoted(revision(plan))},"
        f" inputs_sha256={_quoted(plan.inputs_hash)}];\n"
    )
    tiers: dict[str, tuple[str, str, int]] = {}
    for device in plan.devices:
        tiers.setdefault(device.name, (device.rack, device.device, device.u))
    for name, (rack, kind, u) in tiers.items():
        yield f"  {_quoted(name)} [rack={_quoted(rack)}, u={u}, device={_quoted(kind)}];\n"
    for run in plan.runs:
        yield (
            f"  {_name(run.a)} -- {_name(run.b)} [id={_quoted(run.cable_id)}, fabric={_quoted(run.fabric)},"
            f" plane={run.plane}, medium={run.medium.value}, a={_quoted(_socket(run.a))},"
            f" b={_quoted(_socket(run.b))}, gbps={run.rate_gbps}, stock_m={_meters(run.stock_length_mm)},"
            f" routed_m={_meters(run.routed_mm)}];\n"
        )
    yield "}\n"


def _name(end: CableEnd) -> str:
    return _quoted(f"{end.rack}-U{end.u:02d}")


def _socket(end: CableEnd) -> str:
    return f"C{end.cage:02d}" + (f"P{end.port}" if end.port else "")


def _quoted(text: str) -> str:
    """Return a DOT string: only quotes and backslashes mean something in one."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'
