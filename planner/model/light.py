"""What light loses on its way through a device that only passes it on."""

from __future__ import annotations

from planner.model.catalog import DeviceType, MediaOption
from planner.units import ceil_div

MM_PER_KM = 1_000_000


def loss_mdb(device: DeviceType, option: MediaOption, lengths_mm: tuple[int, int]) -> int:
    """Return the loss from one lower unit to another, in thousandths of a decibel, rounded up once.

    Parameters
    ----------
    device
        What the light passes: an optical circuit switch.
    option
        What both runs are made of.
    lengths_mm
        Stock lengths of the two cords, one on each side of the device.
    """
    cable = option.cable
    on_the_way = ceil_div(sum(lengths_mm) * cable.loss_mdb_per_km, MM_PER_KM)
    return device.loss_mdb + 2 * cable.loss_mdb + on_the_way


def loss_budget_mdb(option: MediaOption) -> int | None:
    """Return what light may lose between two of the option's transceivers; None: not known."""
    modules = [plug.transceiver for plug in option.plugs if plug.transceiver]
    budgets = [module.loss_budget_mdb for module in modules if module.loss_budget_mdb is not None]
    return min(budgets) if budgets and len(budgets) == len(modules) else None
