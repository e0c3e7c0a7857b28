"""Says what is out of reach before anything is optimized."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from planner.errors import Finding, InfeasibleError, Where
from planner.model.cages import CageGroup
from planner.model.catalog import Catalog
from planner.model.fabric import PeerFabric, TierFabric
from planner.model.media import MediaOption
from planner.model.routes import NO_ROUTE_MM, RouteTable
from planner.model.sites import cage_group
from planner.optimize.pinned_runs import PinnedMake
from planner.optimize.pricing import UNREACHABLE_CENTS, BoolArray, PairPrices, usable_stock_mm
from planner.optimize.problem import PlacementProblem
from planner.units import format_m


def fitting_media(catalog: Catalog, fabric: TierFabric | PeerFabric) -> list[tuple[int, MediaOption]]:
    """Return the profile's options that join the fabric's cages, with their index."""
    lower, upper = fabric_cages(catalog, fabric)
    runs = fabric.runs_per_cage if isinstance(fabric, TierFabric) else (1, 1)
    return [
        (index, option)
        for index, option in enumerate(catalog.media)
        if option.between(lower, upper, runs) is not None
    ]


def fabric_cages(catalog: Catalog, fabric: TierFabric | PeerFabric) -> tuple[CageGroup, CageGroup]:
    """Return the cage groups that the fabric's runs end in, lower and upper."""
    if isinstance(fabric, PeerFabric):
        group = cage_group(catalog.device_types[fabric.device], fabric.cages)
        return group, group
    return (
        cage_group(catalog.device_types[fabric.lower_device], fabric.cages),
        cage_group(catalog.device_types[fabric.upper_device], fabric.upper_cages),
    )


def require_peer_reach(
    fabric: PeerFabric, table: RouteTable, prices: PairPrices, media: Sequence[tuple[int, MediaOption]]
) -> None:
    """Refuse a peer fabric with a run that no medium reaches; one finding for each pair of racks."""
    findings: dict[tuple[str, str], Finding] = {}
    for a, b in fabric.runs:
        row, column = table.lower_index[(a.rack, a.u, a.cage)], table.upper_index[(b.rack, b.u, b.cage)]
        if prices.cents[row, column] >= UNREACHABLE_CENTS:
            findings.setdefault(
                (a.rack, b.rack),
                _too_far(fabric.name, a.rack, b.rack, _required_mm(table, row, column), media),
            )
    if findings:
        raise InfeasibleError(list(findings.values()))


def require_reach(
    fabric: TierFabric,
    table: RouteTable,
    problem: PlacementProblem,
    media: Sequence[tuple[int, MediaOption]],
) -> None:
    """Refuse a fabric where some plane class reaches too few slots in full.

    One finding for each lower rack that keeps slots from being reached.
    """
    if reaches_enough(problem):
        return
    if problem.capacity.sum() < problem.devices:
        raise InfeasibleError([_no_room(fabric, problem)])
    pinned = list(_pinned_too_far(fabric, table, problem, media))
    if pinned:
        raise InfeasibleError(pinned)
    findings: dict[str, Finding] = {}
    for group in range(len(problem.classes)):
        for i, unit in enumerate(fabric.planes[problem.classes[group][0]]):
            far = np.flatnonzero(problem.cents[group, i] >= UNREACHABLE_CENTS)
            rack = fabric.lower_units[unit].rack
            if len(far) and rack not in findings:
                findings[rack] = _worst_slot(fabric, table, problem, unit, far, media)
    raise InfeasibleError([findings[rack] for rack in sorted(findings)])


def reaches_enough(problem: PlacementProblem) -> bool:
    """Tell whether each plane class alone, and all together, reach room for their upper units.

    Pinned units must be in reach, too.
    """
    allowed = problem.is_allowed
    if problem.pins and not allowed[problem.pins.units > 0].all():
        return False
    room = np.array([_room(problem, row) for row in allowed])
    together = _room(problem, np.asarray(allowed.any(axis=0)))
    return bool((room >= problem.units_per_plane).all()) and together >= _needed(problem)


def _needed(problem: PlacementProblem) -> int:
    return problem.devices * problem.units_per_device


def _room(problem: PlacementProblem, reached: BoolArray) -> int:
    """Upper units that fit the slots marked as reached."""
    held = np.bincount(problem.slot_rack[reached], minlength=len(problem.rack_names))
    return int(np.minimum(held, problem.capacity).sum()) * problem.units_per_device


def _worst_slot(
    fabric: TierFabric,
    table: RouteTable,
    problem: PlacementProblem,
    unit: int,
    far: NDArray[np.intp],
    media: Sequence[tuple[int, MediaOption]],
) -> Finding:
    """Describe the nearest of the slots that are still too far for a lower unit."""
    ref = fabric.lower_units[unit]
    row = table.lower_index[(ref.rack, ref.u, ref.sockets[0].cage)]
    columns: dict[tuple[str, int], int] = {}
    for (rack, u, _), column in sorted(table.upper_index.items()):
        columns.setdefault((rack, u), column)
    required = [
        (_required_mm(table, row, columns[slot]), slot.rack)
        for slot in (problem.slots[int(index)] for index in far)
    ]
    least, rack = min(required)
    return _too_far(fabric.name, ref.rack, rack, least, media)


def _pinned_too_far(
    fabric: TierFabric,
    table: RouteTable,
    problem: PlacementProblem,
    media: Sequence[tuple[int, MediaOption]],
) -> Iterator[Finding]:
    """Find the rack that is farthest from each pinned device which its planes do not all reach."""
    if problem.pins is None:
        return
    columns = {(rack, u): column for (rack, u, _), column in sorted(table.upper_index.items(), reverse=True)}
    for group, slot in np.argwhere((problem.pins.units > 0) & ~problem.is_allowed).tolist():
        at = problem.slots[slot]
        far = [
            (_required_mm(table, row, columns[at]), ref.rack)
            for ref in (fabric.lower_units[unit] for unit in fabric.planes[problem.classes[group][0]])
            for row in (table.lower_index[ref.rack, ref.u, ref.sockets[0].cage],)
        ]
        required_mm, rack = max(far)
        finding = _too_far(fabric.name, rack, f"{at.rack}, where a device is pinned,", required_mm, media)
        path = f"fabrics.{fabric.name}.pins.devices"
        yield replace(finding, where=Where(file="", path=path))


def pinned_too_far(
    fabric: TierFabric, table: RouteTable, make: PinnedMake, row: int, columns: Sequence[int]
) -> Finding:
    """Say that a pinned run is too long for what it is to be made of."""
    pin = make.run.pin
    required_mm = min(_required_mm(table, row, column) for column in columns)
    longest = max((usable_mm(option) for _, option, _ in make.media), default=0)
    what = pin.part or "every part that fits"
    return Finding(
        code="reach-exceeded",
        message=(
            f"fabric {fabric.name}: the run pinned from {pin.lower} to {pin.upper} requires"
            f" {format_m(required_mm)} m with slack, and {what} is usable to {format_m(longest)} m there; pin"
            " another part or length, or none"
        ),
        where=Where(file="", path=f"fabrics.{fabric.name}.pins.runs"),
    )


def _required_mm(table: RouteTable, row: int, column: int) -> int:
    """Least length, slack included, over the pair's routes."""
    return int((table.routed_mm[row, column] + table.slack_mm[row, column]).min())


def _too_far(
    fabric: str, a: str, b: str, required_mm: int, media: Sequence[tuple[int, MediaOption]]
) -> Finding:
    far = (
        "no route joins them"
        if required_mm >= NO_ROUTE_MM
        else f"the shortest route requires {format_m(required_mm)} m with slack"
    )
    longest = max(
        ((usable_mm(option), option.id) for _, option in media), default=(0, "none of the profile's media")
    )
    return Finding(
        code="reach-exceeded",
        message=(
            f"fabric {fabric}: from rack {a} to rack {b} {far}, and the longest medium that fits the"
            f" cages, {longest[1]}, is usable to {format_m(longest[0])} m; move the racks nearer, add"
            " a pathway, or choose a profile with more reach"
        ),
        where=Where(file="", path=f"fabrics.{fabric}"),
    )


def _no_room(fabric: TierFabric, problem: PlacementProblem) -> Finding:
    """Say that racks have too few places left, wherever runs reach."""
    return Finding(
        code="no-room",
        message=(
            f"fabric {fabric.name}: it needs {problem.devices} places for upper devices, and its racks"
            f" have {int(problem.capacity.sum())} left; offer more positions for {fabric.upper_rack_type}"
        ),
        where=Where(file="", path=f"fabrics.{fabric.name}.upper.rack"),
    )


def usable_mm(option: MediaOption) -> int:
    """Return the longest stock length within the option's reach, 0 where there is none."""
    return max(usable_stock_mm(option), default=0)
