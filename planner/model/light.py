"""What light loses on its way through a device that only passes it on."""

from __future__ import annotations

from planner.model.catalog import DeviceType
from planner.model.media import CableFamily, MediaOption
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
    near_mm, far_mm = lengths_mm
    return way_loss_mdb(device, ((option.cable, near_mm), (option.cable, far_mm)))


def way_loss_mdb(device: DeviceType, cords: tuple[tuple[CableFamily, int], ...]) -> int:
    """Return the loss through the device and cords of those families and stock lengths."""
    on_the_way = sum(cable.loss_mdb_per_km * length_mm for cable, length_mm in cords)
    return device.loss_mdb + sum(cable.loss_mdb for cable, _ in cords) + ceil_div(on_the_way, MM_PER_KM)


def loss_budget_mdb(option: MediaOption) -> int | None:
    """Return what light may lose between two of the option's transceivers; None: not known."""
    modules = [plug.transceiver for plug in option.plugs if plug.transceiver]
    budgets = [module.loss_budget_mdb for module in modules if module.loss_budget_mdb is not None]
    return min(budgets) if budgets and len(budgets) == len(modules) else None
