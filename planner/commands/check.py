"""``planner check``: read a layout and route its fabrics, without solving anything."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence

from planner.commands.outcome import Outcome
from planner.commands.tables import oversubscription
from planner.inputs.shipped import find_layout
from planner.model.fabric import Fabric, PeerFabric, TierFabric
from planner.model.routes import RouteTable
from planner.pipeline import check_layout
from planner.stopwatch import Stopwatch


def run(arguments: Namespace, progress: Callable[[str], None]) -> Outcome:
    """Show what the layout asks for; raises PlannerError where it is wrong."""
    prepared = check_layout(find_layout(arguments.layout), Stopwatch(progress))
    layout = prepared.inputs.layout
    lines = [f"{layout.name}: {layout.title}", *(_describe(fabric) for fabric, _ in prepared.routed)]
    lines += [str(finding) for finding in prepared.findings]
    lines.append(
        f"good: every run has a route and a medium that reaches{_except(prepared.routed)};"
        f" {len(layout.provenance)} values left to defaults"
    )
    return Outcome("\n".join(lines))


def _except(routed: Sequence[tuple[Fabric, RouteTable]]) -> str:
    """Name the fabrics whose lower units nobody has placed yet."""
    names = [fabric.name for fabric, _ in routed if isinstance(fabric, TierFabric) and fabric.below]
    return f" ({', '.join(names)}: seen when the fabric below is placed)" if names else ""


def _describe(fabric: Fabric) -> str:
    if isinstance(fabric, PeerFabric):
        return f"fabric {fabric.name} (peers): {fabric.gpus:,} GPUs, {len(fabric.runs):,} runs"
    runs = len(fabric.lower_units) * fabric.uplinks
    return (
        f"fabric {fabric.name} (tiers): {fabric.gpus:,} GPUs, {len(fabric.planes)} planes,"
        f" {len(fabric.lower_units):,} lower units, {runs:,} runs,"
        f" {fabric.upper_per_plane * len(fabric.planes):,} upper units in {fabric.upper_devices:,} devices"
        f"{oversubscription(fabric.oversubscription)}"
    )
