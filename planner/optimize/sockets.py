"""The sockets that runs may end in, and what all runs of a fabric share in plugs."""

from __future__ import annotations

from collections import Counter

from planner.model.catalog import Catalog
from planner.model.economics import energy_in_objective_cents, module_cents
from planner.model.fabric import Socket, TierFabric
from planner.model.layout import Economics, Layout, TiersSpec
from planner.model.media import MediaOption, Plug
from planner.model.sites import cage_group, cage_sockets, first_cage
from planner.units import ceil_div


def upper_cages(layout: Layout, catalog: Catalog, fabric: TierFabric, asic: int) -> tuple[int, ...]:
    """Return the cages that one upper unit may use, ascending; ``asic`` 0 is the whole device."""
    device = catalog.device_types[fabric.upper_device]
    group = cage_group(device, fabric.upper_cages)
    first = first_cage(device, fabric.upper_cages)
    numbers = _upper_numbers(layout, fabric)
    return tuple(
        cage
        for cage, behind in enumerate(group.asic_of_cage, start=first)
        if asic in (0, behind) and (numbers is None or cage in numbers)
    )


def upper_sockets(layout: Layout, catalog: Catalog, fabric: TierFabric, asic: int) -> tuple[Socket, ...]:
    """Return the sockets of one upper unit in the order in which runs fill them."""
    return cage_sockets(upper_cages(layout, catalog, fabric, asic), fabric.runs_per_cage[1])


def _upper_numbers(layout: Layout, fabric: TierFabric) -> tuple[int, ...] | None:
    """Return the cage numbers that the layout gives the upper tier, None where it may use all."""
    for spec in layout.fabrics:
        if isinstance(spec, TiersSpec) and spec.name == fabric.name:
            return spec.upper.numbers
    return None


def option_plugs(catalog: Catalog, fabric: TierFabric, option: MediaOption) -> tuple[Plug, Plug]:
    """Return the option's plugs in the order lower, upper; it must fit the fabric."""
    lower = cage_group(catalog.device_types[fabric.lower_device], fabric.cages)
    upper = cage_group(catalog.device_types[fabric.upper_device], fabric.upper_cages)
    plugs = option.between(lower, upper, fabric.runs_per_cage)
    if plugs is None:
        raise ValueError(f"{option.id} does not join the cages of fabric {fabric.name}")
    return plugs


def shared_plugs(catalog: Catalog, fabric: TierFabric, option: MediaOption) -> list[tuple[Plug, int]]:
    """Return the plugs that runs share when all are made by the option, and how many of each there are.

    It is the same for every placement: lower units use their first sockets, and how many runs the
    upper units of a plane take is given but for their order.
    """
    counts = _lower_cages_in_use(fabric), _upper_cages_in_use(fabric)
    plugs = zip(option_plugs(catalog, fabric, option), counts, strict=True)
    return [(plug, count) for plug, count in plugs if plug.runs > 1]


def shared_plug_cents(economics: Economics, catalog: Catalog, fabric: TierFabric, option: MediaOption) -> int:
    """Return price and energy of the plugs that runs share, when all are made by the option."""
    return sum(
        count * (module_cents(plug) + energy_in_objective_cents(economics, plug.power_milliwatts))
        for plug, count in shared_plugs(catalog, fabric, option)
    )


def _lower_cages_in_use(fabric: TierFabric) -> int:
    return len(
        {
            (unit.rack, unit.u, socket.cage)
            for unit in fabric.lower_units
            for socket in unit.sockets[: fabric.uplinks]
        }
    )


def _upper_cages_in_use(fabric: TierFabric) -> int:
    """Count cages by the loads of upper units: even shares of a plane's runs, rounded either way."""
    count = 0
    for lowers, planes in Counter(len(members) for members in fabric.planes).items():
        load, more = divmod(lowers * fabric.uplinks, fabric.upper_per_plane)
        per_cage = fabric.runs_per_cage[1]
        cages = more * ceil_div(load + 1, per_cage)
        cages += (fabric.upper_per_plane - more) * ceil_div(load, per_cage)
        count += planes * cages
    return count
