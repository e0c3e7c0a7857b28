"""Light through passive upper devices: whether transceivers can see each other across them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from planner.errors import Finding, InfeasibleError, Severity, Where
from planner.model.catalog import Catalog, DeviceType
from planner.model.fabric import Fabric, TierFabric
from planner.model.light import loss_budget_mdb, loss_mdb
from planner.model.media import MediaOption
from planner.model.sites import cage_group
from planner.units import format_m


class _Loss(NamedTuple):
    """What an option's light may lose (None: not known) and where the lengths that keep it end.

    ``holds_to_mm`` is the longest usable stock length that keeps the budget, None where none does;
    ``is_kept`` tells whether all do. ``text`` is the sum at the longest, or at the shortest where
    none keeps it.
    """

    option: MediaOption
    budget_mdb: int | None
    holds_to_mm: int | None
    is_kept: bool
    text: str


def loss_findings(catalog: Catalog, fabrics: tuple[Fabric, ...]) -> tuple[Finding, ...]:
    """Return warnings about light that passes upper devices on its way from unit to unit.

    Raises
    ------
    InfeasibleError
        No option of a fabric keeps the loss budget of its transceivers.
    """
    findings = [finding for fabric in fabrics for finding in _of_fabric(catalog, fabric)]
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors:
        raise InfeasibleError(errors)
    return tuple(findings)


def _of_fabric(catalog: Catalog, fabric: Fabric) -> Iterator[Finding]:
    if not isinstance(fabric, TierFabric):
        return
    device = catalog.device_types[fabric.upper_device]
    lower = cage_group(catalog.device_types[fabric.lower_device], fabric.cages)
    upper = cage_group(device, fabric.upper_cages)
    if not upper.is_passive:
        return
    losses = [
        _loss(device, option)
        for option in catalog.media
        if option.between(lower, upper, fabric.runs_per_cage) is not None
    ]
    broken = [loss for loss in losses if loss.budget_mdb is not None and loss.holds_to_mm is None]
    if losses and len(broken) == len(losses):
        told = "; ".join(loss.text for loss in broken)
        message = f"no medium keeps its transceivers' loss budget through '{device.id}': {told}"
        yield _finding(fabric, "loss-exceeded", Severity.ERROR, message)
        return
    for loss in losses:
        if loss.budget_mdb is None:
            message = f"'{loss.option.id}' states no loss budget: whether light gets through is not checked"
            yield _finding(fabric, "loss-unchecked", Severity.WARNING, message)
        elif loss.holds_to_mm is None:
            message = f"'{loss.option.id}' cannot be used through '{device.id}': {loss.text}"
            yield _finding(fabric, "loss-exceeded", Severity.WARNING, message)
        elif not loss.is_kept:
            message = (
                f"'{loss.option.id}' keeps its loss budget through '{device.id}' up to cords of "
                f"{format_m(loss.holds_to_mm)} m only: {loss.text}"
            )
            yield _finding(fabric, "loss-near", Severity.WARNING, message)


def _loss(device: DeviceType, option: MediaOption) -> _Loss:
    """Sum the loss of an option's usable stock lengths, the same on both sides of the device."""
    budget = loss_budget_mdb(option)
    lengths = [item.length_mm for item in option.cable.stock if item.length_mm <= option.reach_mm]
    keeping = [mm for mm in lengths if budget is not None and loss_mdb(device, option, (mm, mm)) <= budget]
    holds_to = max(keeping, default=None)
    told = max(lengths, default=0) if keeping else min(lengths, default=0)
    text = _sum_text(device, option, told, budget)
    return _Loss(option, budget, holds_to, len(keeping) == len(lengths), text)


def _sum_text(device: DeviceType, option: MediaOption, length_mm: int, budget: int | None) -> str:
    loss = loss_mdb(device, option, (length_mm, length_mm))
    cords = loss - device.loss_mdb
    return (
        f"'{option.id}' loses {_decibels(device.loss_mdb)} in the device + {_decibels(cords)} in two cords "
        f"of {format_m(length_mm)} m = {_decibels(loss)}, of {_decibels(budget or 0)} that it may lose"
    )


def _decibels(millidecibels: int) -> str:
    return f"{millidecibels / 1000:g} dB"


def _finding(fabric: TierFabric, code: str, severity: Severity, message: str) -> Finding:
    return Finding(
        code=code,
        severity=severity,
        message=f"fabric '{fabric.name}': {message}",
        where=Where(file="", path=f"fabrics.{fabric.name}.upper"),
    )
