"""Light: what it loses on its way through a device that only passes it on, against the budget."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from planner.errors import Finding, Severity
from planner.model.catalog import DeviceType
from planner.model.media import MediaOption
from planner.model.plan import CableRun
from planner.verify.ground import Ground, fault
from planner.verify.media import is_dark

MM_PER_KM = 10**6


def check_light(ground: Ground) -> Iterator[Finding]:
    """Check the two runs of every passive device that lose most: it may join any two.

    A device that passes on too little light must be stated by the plan itself.
    """
    stated = {
        word.strip(":,")
        for finding in ground.plan.findings
        if finding.severity is Severity.BLOCKING
        for word in finding.message.split()
    }
    for (rack, u), (device, runs) in _passing(ground).items():
        for budget, least in _weakest(device, runs):
            name = f"{rack}-U{u:02d}"
            yield Finding(
                code="loss-over-budget",
                message=f"device {name}: light loses {least / 1000:.3f} dB on the worst way through it,"
                f" {budget / 1000:.3f} dB are allowed",
                severity=Severity.BLOCKING,
            )
            if name not in stated:
                yield fault(
                    "loss-not-stated", f"device {name} loses too much light and no blocking finding says so"
                )


Lossy = list[tuple[CableRun, MediaOption]]


def _passing(ground: Ground) -> dict[tuple[str, int], tuple[DeviceType, Lossy]]:
    """Return the devices that only pass light on, by place, with the runs that end in their dark cages."""
    found: dict[tuple[str, int], tuple[DeviceType, Lossy]] = {}
    by_place: dict[tuple[str, int, str], Lossy] = defaultdict(list)
    for run in ground.plan.runs:
        option = ground.options.get(run.option)
        for end in (run.a, run.b):
            cage = ground.cage(end.device, end.cage)
            if option is not None and cage is not None and is_dark(cage.group):
                by_place[end.rack, end.u, end.device].append((run, option))
    for (rack, u, name), runs in by_place.items():
        device = ground.device_type(name)
        if device is not None:
            found[rack, u] = (device, runs)
    return found


def _budget(option: MediaOption) -> int | None:
    """Return what the weaker of an option's transceivers allows; None where one of them is unknown."""
    budgets = [plug.transceiver.loss_budget_mdb for plug in option.plugs if plug.transceiver is not None]
    known = [budget for budget in budgets if budget is not None]
    return min(known) if known and len(known) == len(budgets) else None


def _weakest(device: DeviceType, runs: Lossy) -> Iterator[tuple[int, int]]:
    """Yield the budget and the loss in thousandths of a decibel of the worst pair of runs, if too much."""
    lossy = sorted(
        (
            (_loss_times_km(run, option), budget)
            for run, option in runs
            if (budget := _budget(option)) is not None
        ),
        reverse=True,
    )
    worst: list[tuple[int, int, int]] = []
    for index, (loss, budget) in enumerate(lossy):
        # The partner that loses most: the first in the list, or the second for the first itself.
        partner = lossy[1 if index == 0 else 0] if len(lossy) > 1 else None
        if partner is not None:
            whole = device.loss_mdb - (-(loss + partner[0]) // MM_PER_KM)
            allowed = min(budget, partner[1])
            worst.append((whole - allowed, allowed, whole))
    if worst and max(worst)[0] > 0:
        yield max(worst)[1:]


def _loss_times_km(run: CableRun, option: MediaOption) -> int:
    cable = option.cable
    return cable.loss_mdb * MM_PER_KM + cable.loss_mdb_per_km * run.stock_length_mm
