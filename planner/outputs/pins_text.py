"""What a plan has placed and run, as pins for a layout: what is installed stays, the rest may move."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from itertools import takewhile

from planner.model.layout import TiersSpec
from planner.model.pins import PinnedEnd
from planner.model.plan import CableEnd, CableRun, Plan, PlanDevice
from planner.model.sites import joins_cages
from planner.units import format_m

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
_NO_RUNS_STACKED = "runs from the upper devices of another fabric cannot be pinned"
_NO_RUNS_SHARED = "runs that may share plugs or cables cannot be pinned"


def pins_text(plan: Plan, racks: Collection[str], *, with_runs: bool) -> str:
    """Return the pins of upper devices and, if asked for, of the runs to them, as YAML.

    ``racks`` are the addresses of the upper devices that are pinned, none: all.
    """
    specs = [spec for spec in plan.layout.fabrics if isinstance(spec, TiersSpec)]
    lines = [f"# Pins of what plan {plan.layout.name} has; they go to the fabrics of its layout.", "fabrics:"]
    for name in dict.fromkeys(spec.family or spec.name for spec in specs):
        members = [spec for spec in specs if name in (spec.family, spec.name)]
        own = {spec.name for spec in members}
        devices = [
            one
            for one in plan.devices
            if one.fabric in own and one.is_placed and (not racks or one.rack in racks)
        ]
        if devices:
            lines += [f"  {name}:", "    pins:", "      devices:"]
            lines += [f"        - {_device(plan, one)}" for one in devices]
            lines += _runs(plan, members[0], devices) if with_runs else []
    return "\n".join(lines)


def _device(plan: Plan, device: PlanDevice) -> str:
    names = next(one.plane_names for one in plan.fabrics if one.name == device.fabric)
    served = [names[plane] for plane in takewhile(lambda plane: plane >= 0, device.planes)]
    planes = ", ".join(name if _PLAIN.fullmatch(name) else json.dumps(name) for name in served)
    return f"{{rack: {device.rack}, u: {device.u}, planes: [{planes}]}}"


def _runs(plan: Plan, spec: TiersSpec, devices: Sequence[PlanDevice]) -> Iterator[str]:
    """Yield the lines of the runs to devices, or a comment that says why there are none."""
    if spec.lower.below:
        yield f"      # {_NO_RUNS_STACKED}"
        return
    if _may_share(plan, spec):
        yield f"      # {_NO_RUNS_SHARED}"
        return
    places = {(one.fabric, one.rack, one.u) for one in devices}
    yield "      runs:"
    for run in plan.runs:
        if (run.fabric, run.b.rack, run.b.u) in places:
            yield f"        - {_run(run)}"


def _run(run: CableRun) -> str:
    stock = f"{format_m(run.stock_length_mm)} m"
    return f"{{from: {_end(run.a)}, to: {_end(run.b)}, part: {run.option}, stock_length: {stock}}}"


def _end(end: CableEnd) -> str:
    return str(PinnedEnd(end.rack, end.u, end.cage, end.port))


def _may_share(plan: Plan, spec: TiersSpec) -> bool:
    """Tell whether some part that fits the fabric's cages is shared by runs."""
    return any(one.is_shared and joins_cages(plan.catalog, spec, one) for one in plan.catalog.media)
