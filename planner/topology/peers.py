"""Build a fabric of racks cabled to each other, cage to cage."""

from __future__ import annotations

from planner.errors import Finding, InfeasibleError, Where
from planner.model.catalog import Catalog, RackType
from planner.model.fabric import CageRef, PeerFabric
from planner.model.layout import Layout, PeersSpec, RackPosition
from planner.model.sites import cage_group, first_cage, positions
from planner.topology.racks import gpus_of, mounts_of, standing_rack_type


def build_peers(layout: Layout, catalog: Catalog, spec: PeersSpec) -> PeerFabric:
    """Build the logical fabric of a ``peers`` description: cage n to cage n at the same U.

    Raises
    ------
    InfeasibleError
        The racks of a pair hold the devices at different heights, or none at all.
    """
    rank = {position.address: index for index, position in enumerate(positions(layout))}
    pairs = sorted(
        (tuple(sorted(pair, key=lambda address: rank[address])) for pair in spec.pairs),
        key=lambda pair: (rank[pair[0]], rank[pair[1]]),
    )
    findings = []
    runs: list[tuple[CageRef, CageRef]] = []
    planes: list[int] = []
    for low, high in ((layout.position(a), layout.position(b)) for a, b in pairs):
        problem = _pair_problem(catalog, spec, low, high)
        if problem:
            where = Where(file="", path=f"fabrics.{spec.name}.pairs")
            findings.append(Finding(code="peers-unequal", message=problem, where=where))
            continue
        ends = _cages_of_rack(catalog, spec, standing_rack_type(catalog, low))
        for u, asic, cage, plane in ends:
            runs.append(
                (
                    CageRef(rack=low.address, u=u, device=spec.device, asic=asic, cage=cage),
                    CageRef(rack=high.address, u=u, device=spec.device, asic=asic, cage=cage),
                )
            )
            planes.append(plane)
    if findings:
        raise InfeasibleError(findings)
    racks = sorted({address for pair in pairs for address in pair})
    group = cage_group(catalog.device_types[spec.device], spec.cages)
    return PeerFabric(
        name=spec.name,
        device=spec.device,
        runs=tuple(runs),
        planes=tuple(planes),
        gpus=sum(gpus_of(catalog, standing_rack_type(catalog, layout.position(rack))) for rack in racks),
        rate_gbps=group.rate_gbps,
        links_per_run=group.links,
        cages=spec.cages,
    )


def _cages_of_rack(
    catalog: Catalog, spec: PeersSpec, rack_type: RackType | None
) -> list[tuple[int, int, int, int]]:
    """Return U, ASIC, cage and plane (the ASIC's index in the rack) of every cage that is cabled."""
    device = catalog.device_types[spec.device]
    group = cage_group(device, spec.cages)
    first = first_cage(device, spec.cages)
    return [
        (mount.u, asic, cage, tray * device.asics + asic - 1)
        for tray, mount in enumerate(mounts_of(rack_type, spec.device))
        for cage, asic in enumerate(group.asic_of_cage, start=first)
    ]


def _pair_problem(catalog: Catalog, spec: PeersSpec, low: RackPosition, high: RackPosition) -> str:
    """Return what keeps the two racks from being cabled cage to cage, "" where nothing does."""
    places = [
        [mount.u for mount in mounts_of(standing_rack_type(catalog, rack), spec.device)]
        for rack in (low, high)
    ]
    if places[0] and places[0] == places[1]:
        return ""
    told = [
        f"{rack.address} holds {_units_text(units) if units else 'none for sure'}"
        for rack, units in zip((low, high), places, strict=True)
    ]
    return (
        f"fabric '{spec.name}': peers need '{spec.device}' at the same U in both racks, but "
        f"{' and '.join(told)}; pair racks of one type"
    )


def _units_text(units: list[int]) -> str:
    return f"{len(units)} at U " + ", ".join(str(u) for u in units)
