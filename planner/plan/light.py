"""Whether light gets through: loss from transceiver to transceiver past a device that only passes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from planner.errors import Finding, Severity
from planner.model.catalog import Catalog, DeviceType, MediaOption
from planner.model.fabric import TierFabric
from planner.model.light import loss_budget_mdb, loss_mdb
from planner.model.plan import CableRun
from planner.model.sites import cage_group
from planner.plan.solved import SolvedFabric


def light_findings(
    catalog: Catalog, solved: Iterable[SolvedFabric], runs: Sequence[CableRun]
) -> tuple[Finding, ...]:
    """Name every passive device through which the two longest cords lose more than the budget."""
    findings: list[Finding] = []
    for one in solved:
        fabric = one.fabric
        if isinstance(fabric, TierFabric):
            device = catalog.device_types[fabric.upper_device]
            if cage_group(device, fabric.upper_cages).is_passive:
                findings += _through(catalog, device, [run for run in runs if run.fabric == fabric.name])
    return tuple(findings)


def _through(catalog: Catalog, device: DeviceType, runs: Iterable[CableRun]) -> Iterator[Finding]:
    options = {option.id: option for option in catalog.media}
    lengths_mm: dict[tuple[str, int, str], list[int]] = {}
    for run in runs:
        lengths_mm.setdefault((run.b.rack, run.b.u, run.option), []).append(run.stock_length_mm)
    for option_id in dict.fromkeys(option for _, _, option in lengths_mm):
        if loss_budget_mdb(options[option_id]) is None:
            message = f"no loss budget is known for {option_id}: the loss through {device.id} is not checked"
            yield Finding(code="loss-budget-unknown", message=message, severity=Severity.WARNING)
    for (rack, u, option_id), lengths in lengths_mm.items():
        yield from _loss(f"{rack}-U{u:02d}", device, options[option_id], sorted(lengths)[-2:])


def _loss(name: str, device: DeviceType, option: MediaOption, longest_mm: Sequence[int]) -> Iterator[Finding]:
    budget = loss_budget_mdb(option)
    if budget is None or len(longest_mm) < 2:
        return
    near, far = longest_mm
    loss = loss_mdb(device, option, (near, far))
    if loss > budget:
        message = (
            f"device {name}: light loses {_db(loss)} through {device.id} and cords of {near / 1000:g} m and"
            f" {far / 1000:g} m, {option.id} allows {_db(budget)}"
        )
        yield Finding(code="loss-over-budget", message=message, severity=Severity.BLOCKING)


def _db(loss_mdb: int) -> str:
    return f"{loss_mdb / 1000:.3f} dB"
