"""Sums over the plan and its fabrics. Labor and energy are totals, not lines of the BOM."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from operator import attrgetter

from planner.model.catalog import Catalog
from planner.model.economics import energy_cents, labor_cents
from planner.model.fabric import Fabric, PeerFabric, TierFabric
from planner.model.layout import Economics
from planner.model.media import Medium
from planner.model.plan import BomLine, CableRun, FabricSummary, PlanDevice, Totals
from planner.plan.bundles import elapsed_minutes
from planner.plan.racks import BoughtRack
from planner.plan.shares import PricedRun, by_fabric, kinds_of, module_counts
from planner.plan.solved import SolvedFabric


def build_totals(
    catalog: Catalog,
    economics: Economics,
    priced: Sequence[PricedRun],
    devices: Sequence[PlanDevice],
    racks: Mapping[str, BoughtRack],
    bom: Sequence[BomLine],
) -> Totals:
    """Sum lengths, power and money; energy is rounded thing by thing, as the objective counts it."""
    powers = _powers_milliwatts(catalog, priced, devices, racks)
    runs = [one.run for one in priced]
    parts = sum(line.extended_price_cents for line in bom)
    lengths = Counter(run.routed_mm for run in runs)
    labor = sum(count * labor_cents(economics, routed_mm) for routed_mm, count in lengths.items())
    energy = sum(count * energy_cents(economics, power) for power, count in powers.items())
    return Totals(
        runs=len(runs),
        routed_mm=sum(run.routed_mm for run in runs),
        power_milliwatts=sum(count * power for power, count in powers.items()),
        parts_cents=parts,
        labor_cents=labor,
        capex_cents=parts + labor,
        energy_cents=energy,
        tco_cents=parts + labor + energy,
        runs_by_medium=_runs_by_medium(runs),
        parts_not_quotable=sum(1 for line in bom if line.part_number is None),
        install_minutes=sum(run.minutes for run in runs),
        elapsed_minutes=elapsed_minutes(runs),
    )


def _powers_milliwatts(
    catalog: Catalog,
    priced: Sequence[PricedRun],
    devices: Sequence[PlanDevice],
    racks: Mapping[str, BoughtRack],
) -> Counter[int]:
    """Count the things that the plan powers by what each of them draws."""
    powers: Counter[int] = Counter()
    for one, count in kinds_of(priced):
        for power in one.powers_milliwatts:
            powers[power] += count
    powers.update(
        catalog.device_types[device.device].power_milliwatts for device in devices if device.is_placed
    )
    powers.update(catalog.rack_types[rack.rack_type].power_milliwatts for rack in racks.values())
    return powers


def _runs_by_medium(runs: Sequence[CableRun]) -> dict[str, int]:
    """Count runs of every medium in use, in the order of ``Medium``."""
    counts = Counter(run.medium for run in runs)
    return {medium.value: counts[medium] for medium in Medium if medium in counts}


def build_summaries(
    catalog: Catalog,
    solved: Sequence[SolvedFabric],
    priced: Sequence[PricedRun],
    devices: Sequence[PlanDevice],
) -> tuple[FabricSummary, ...]:
    """Count what each fabric consists of, from the runs and devices of the plan."""
    runs_of = by_fabric(priced, attrgetter("run.fabric"))
    devices_of = by_fabric(devices, attrgetter("fabric"))
    return tuple(
        _summary(catalog, one, runs_of.get(one.fabric.name, ()), devices_of.get(one.fabric.name, ()))
        for one in solved
    )


def _summary(
    catalog: Catalog, solved: SolvedFabric, own_priced: Sequence[PricedRun], own: Sequence[PlanDevice]
) -> FabricSummary:
    """Count what one fabric consists of, from its runs and devices in the plan."""
    fabric = solved.fabric
    lower = [device for device in own if not device.is_placed]
    upper = [device for device in own if device.is_placed]
    own_runs = [one.run for one in own_priced]
    return FabricSummary(
        name=fabric.name,
        kind="peers" if isinstance(fabric, PeerFabric) else "tiers",
        gpus=fabric.gpus,
        lower_devices=len(lower),
        lower_asics=sum(catalog.device_types[device.device].asics for device in lower),
        upper_devices=len(upper),
        upper_asics=sum(catalog.device_types[device.device].asics for device in upper),
        upper_units_per_plane=fabric.upper_per_plane if isinstance(fabric, TierFabric) else 0,
        planes=len(_plane_names(fabric)),
        plane_names=_plane_names(fabric),
        runs=len(own_runs),
        ends=2 * len(own_runs),
        modules=module_counts(kinds_of(own_priced)).total(),
        pair_runs=fabric.pair_runs if isinstance(fabric, TierFabric) else (0, 0),
        ports_reserved=fabric.ports_reserved if isinstance(fabric, TierFabric) else 0,
        oversubscription=fabric.oversubscription if isinstance(fabric, TierFabric) else (0, 0),
        runs_by_medium=_runs_by_medium(own_runs),
    )


def _plane_names(fabric: Fabric) -> tuple[str, ...]:
    if isinstance(fabric, TierFabric):
        return fabric.plane_names
    return tuple(str(plane) for plane in sorted(set(fabric.planes)))
