"""Halls of tiers that stack: hosts of eight ports, switches of 64, in units of 32 hosts and in pods."""

from __future__ import annotations

from dataclasses import replace

from planner.model.catalog import Catalog
from planner.model.layout import Granularity, Layout, Spread, TierSpec, TiersSpec, WiredUnit
from tests.halls import make_hall

HOSTS_PER_RACK = 4
RACKS_PER_UNIT = 8
UNITS_PER_ROW = 4
UNITS_PER_POD = 32
DOWN = tuple(range(1, 17))
UP = tuple(range(17, 33))
"""Cages of a switch toward hosts and away from them; each has two ports."""


def tier(device: str, numbers: tuple[int, ...] | None = None, below: str = "") -> TierSpec:
    """A tier of whole switches."""
    return TierSpec(device=device, cages="downlink", unit=WiredUnit.DEVICE, numbers=numbers, below=below)


def stacked(name: str, lower: TierSpec, upper: TierSpec, *keys: str) -> TiersSpec:
    """A fabric of ports between two tiers, spread uniformly."""
    return TiersSpec(
        name=name,
        lower=lower,
        upper=upper,
        upper_rack_type="switch-rack",
        racks=(),
        spread=Spread.UNIFORM,
        oversubscription=None,
        planes=None if keys else 1,
        plane_keys=keys,
        granularity=Granularity.PORT,
    )


def make_stack(
    units: int, *, three_tiers: bool = False, last_racks: int = RACKS_PER_UNIT
) -> tuple[Layout, Catalog]:
    """Units of 32 hosts, rail by rail to leaf switches, those to spine switches, and these to core ones.

    The last unit has ``last_racks`` racks.
    """
    racks = [RACKS_PER_UNIT] * (units - 1) + [last_racks]
    words = [
        "L" * sum(racks[first : first + UNITS_PER_ROW]) + "SS" for first in range(0, units, UNITS_PER_ROW)
    ]
    layout, catalog = make_hall(
        words,
        trays_per_rack=HOSTS_PER_RACK,
        lower_asics=1,
        lower_cages=4,
        upper_asics=1,
        upper_cages=32,
        upper_height_u=1,
        slots_per_rack=40,
        gpus_per_rack=32,
    )
    hosts = TierSpec(device="lower-tray", cages="uplink", unit=WiredUnit.PORT)
    fabrics = [stacked("1-leaf", hosts, tier("upper-tray", DOWN), "su", "rail")]
    if three_tiers:
        spine = stacked("2-spine", tier("upper-tray", UP, "1-leaf"), tier("upper-tray", DOWN), "pod", "rail")
        core = stacked("3-core", tier("upper-tray", UP, "2-spine"), tier("upper-tray"), "index")
        fabrics += [spine, core]
    else:
        fabrics.append(stacked("2-spine", tier("upper-tray", UP, "1-leaf"), tier("upper-tray")))
    return replace(layout, fabrics=tuple(fabrics), groups=_groups(layout, racks)), catalog


def _groups(layout: Layout, racks: list[int]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Name consecutive host racks by unit, and units by pod."""
    hosts = iter(
        position.address
        for row in layout.rows
        for position in row.positions
        if position.choices == ("lower-rack",)
    )
    units = {f"SU{number}": tuple(next(hosts) for _ in range(count)) for number, count in enumerate(racks, 1)}
    pods: dict[str, tuple[str, ...]] = {}
    for number, members in enumerate(units.values()):
        pod = f"P{number // UNITS_PER_POD + 1}"
        pods[pod] = (*pods.get(pod, ()), *members)
    return {"su": units, "pod": pods}
