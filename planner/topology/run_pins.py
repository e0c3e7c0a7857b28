"""Pinned runs: the units that they join, and whether planes and spread allow them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from planner.errors import Finding, InfeasibleError, Where
from planner.model.catalog import Catalog
from planner.model.fabric import Socket, TierFabric
from planner.model.layout import TiersSpec
from planner.model.pins import PinnedRun, RunPin
from planner.topology.wired_units import units_of_device

UNDECIDED = -1


def pinned_runs(catalog: Catalog, spec: TiersSpec, fabric: TierFabric) -> tuple[PinnedRun, ...]:
    """Return the pinned runs of a fabric, by the numbers of its units.

    Raises
    ------
    InfeasibleError
        Cages that a unit does not use, ends that two runs want, more runs than pairs or units may get.
    """
    if not spec.pins.runs:
        return ()
    lower_of = {
        (unit.rack, unit.u, *socket): index
        for index, unit in enumerate(fabric.lower_units)
        for socket in unit.sockets[: fabric.uplinks]
    }
    findings = [
        _finding(
            fabric,
            "pin-end",
            f"the unit behind {pin.lower} sends {fabric.uplinks} runs up, from its first cages, and none from"
            " there",
        )
        for pin in spec.pins.runs
        if pin.lower not in lower_of
    ]
    if findings:
        raise InfeasibleError(findings)
    unit_of = _upper_units(catalog, spec, fabric)
    runs = tuple(
        PinnedRun(
            pin,
            lower_of[pin.lower],
            (pin.lower.cage, pin.lower.port),
            unit_of.get((pin.upper.cage, pin.upper.port), UNDECIDED),
            (pin.upper.cage, pin.upper.port),
        )
        for pin in spec.pins.runs
    )
    findings = [*_ends_twice(fabric, spec.pins.runs), *_too_many(fabric, runs)]
    if findings:
        raise InfeasibleError(findings)
    return runs


def _finding(fabric: TierFabric, code: str, message: str) -> Finding:
    path = f"fabrics.{fabric.name}.pins.runs"
    return Finding(code=code, message=f"fabric '{fabric.name}': {message}", where=Where(file="", path=path))


def _upper_units(catalog: Catalog, spec: TiersSpec, fabric: TierFabric) -> dict[tuple[int, int], int]:
    """Return the unit of an upper device behind each socket; behind none named, the only one if it is."""
    device = catalog.device_types[fabric.upper_device]
    units = units_of_device(device, spec.upper, spec.granularity)
    found: dict[tuple[int, int], int] = {
        (socket.cage, socket.port): index for index, unit in enumerate(units) for socket in unit.sockets
    }
    if fabric.upper_units_per_device == 1:
        found[Socket(0, 0)] = 0
    return found


def _ends_twice(fabric: TierFabric, pins: Sequence[RunPin]) -> Iterator[Finding]:
    counts = Counter(pin.upper for pin in pins if pin.upper.cage)
    for end, count in sorted(counts.items()):
        if count > 1:
            yield _finding(fabric, "pin-twice", f"{count} pinned runs end in {end}")


def _too_many(fabric: TierFabric, runs: Sequence[PinnedRun]) -> Iterator[Finding]:
    """Find more runs of a pair than the spread gives it, and more extra ones than a unit has."""
    fewest, most = fabric.pair_runs
    pairs = Counter((run.lower, run.pin.upper.rack, run.pin.upper.u, run.unit) for run in runs)
    of_lower: Counter[int] = Counter()
    of_upper: Counter[tuple[str, int, int]] = Counter()
    for (lower, rack, u, unit), count in pairs.items():
        allowed = most if unit != UNDECIDED else fewest
        if count > allowed:
            ref = fabric.lower_units[lower]
            hint = "" if allowed == most else "; name the cages that they end in, since a pair may have more"
            yield _finding(
                fabric,
                "pins-too-many",
                f"{count} runs are pinned from one unit of {ref.rack} U{ref.u} to {rack} U{u}, the spread"
                f" gives a pair {allowed}{hint}",
            )
        of_lower[lower] += max(0, count - fewest)
        of_upper[rack, u, unit] += max(0, count - fewest)
    extra = fabric.uplinks - fewest * fabric.upper_per_plane
    for lower, count in sorted(of_lower.items()):
        if count > extra:
            ref = fabric.lower_units[lower]
            yield _finding(
                fabric,
                "pins-too-many",
                f"one unit of {ref.rack} U{ref.u} has {count} pinned runs beyond the {fewest} of each pair,"
                f" the spread gives it {extra}",
            )
    spare = fabric.upper_load[1] - fewest * len(fabric.planes[0])
    for (rack, u, _), count in sorted(of_upper.items()):
        if count > spare:
            yield _finding(
                fabric,
                "pins-too-many",
                f"one unit of {rack} U{u} has {count} pinned runs beyond the {fewest} of each pair, the"
                f" spread gives it {spare}",
            )
