"""Whether light gets through: loss from transceiver to transceiver past a device that only passes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations_with_replacement
from typing import NamedTuple

from planner.errors import Finding, Severity
from planner.model.catalog import Catalog, DeviceType
from planner.model.fabric import TierFabric
from planner.model.light import loss_budget_mdb, way_loss_mdb
from planner.model.media import CableFamily
from planner.model.plan import CableRun
from planner.model.sites import cage_group
from planner.plan.solved import SolvedFabric
from planner.units import format_m


class _Cord(NamedTuple):
    """What a run is made of, as far as light cares."""

    option: str
    length_mm: int


class _Way(NamedTuple):
    """Two cords that a device may join, what light loses on them, and what it may."""

    over_mdb: int
    loss_mdb: int
    budget_mdb: int
    cords: tuple[_Cord, _Cord]


def light_findings(
    catalog: Catalog, solved: Iterable[SolvedFabric], runs: Sequence[CableRun]
) -> tuple[Finding, ...]:
    """Name every passive device with two runs that it may join and that lose more than the budget."""
    findings: list[Finding] = []
    for one in solved:
        fabric = one.fabric
        if isinstance(fabric, TierFabric):
            device = catalog.device_types[fabric.upper_device]
            if cage_group(device, fabric.upper_cages).is_passive:
                findings += _through(catalog, device, [run for run in runs if run.fabric == fabric.name])
    return tuple(findings)


def _through(catalog: Catalog, device: DeviceType, runs: Iterable[CableRun]) -> Iterator[Finding]:
    cords_at: dict[tuple[str, int], Counter[_Cord]] = {}
    for run in runs:
        cords_at.setdefault((run.b.rack, run.b.u), Counter())[_Cord(run.option, run.stock_length_mm)] += 1
    cables = {option.id: option.cable for option in catalog.media}
    known = ((option.id, loss_budget_mdb(option)) for option in catalog.media)
    budgets = {option: budget for option, budget in known if budget is not None}
    for (rack, u), cords in cords_at.items():
        worst = max(_ways(device, cables, budgets, cords), default=None)
        if worst and worst.over_mdb > 0:
            yield _too_weak(f"{rack}-U{u:02d}", device, worst)


def _ways(
    device: DeviceType, cables: dict[str, CableFamily], budgets: dict[str, int], cords: Counter[_Cord]
) -> Iterator[_Way]:
    """Yield every two kinds of cords that the device may join."""
    known = sorted(cord for cord in cords if cord.option in budgets)
    for near, far in combinations_with_replacement(known, 2):
        if near != far or cords[near] > 1:
            ends = ((cables[near.option], near.length_mm), (cables[far.option], far.length_mm))
            loss, budget = way_loss_mdb(device, ends), min(budgets[near.option], budgets[far.option])
            yield _Way(loss - budget, loss, budget, (near, far))


def _too_weak(name: str, device: DeviceType, way: _Way) -> Finding:
    near, far = (f"{cord.option} with {format_m(cord.length_mm)} m" for cord in way.cords)
    message = (
        f"device {name}: light loses {way.loss_mdb / 1000:.3f} dB through {device.id} between {near}"
        f" and {far}, {way.budget_mdb / 1000:.3f} dB are allowed"
    )
    return Finding(code="loss-over-budget", message=message, severity=Severity.BLOCKING)
