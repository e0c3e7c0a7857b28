"""What racks and rows draw once every run has its plugs, and where that is more than they may."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from planner.errors import Finding, Severity
from planner.model.catalog import Catalog, RackType
from planner.model.layout import Layout, Row
from planner.model.plan import PlanDevice
from planner.plan.shares import PricedRun
from planner.units import ceil_div


def rack_powers(
    catalog: Catalog,
    standing: Mapping[str, str],
    devices: Iterable[PlanDevice],
    runs: Iterable[PricedRun],
) -> dict[str, int]:
    """Return the milliwatts that each standing rack draws, in the order given.

    That is the rack with what it brings along, the devices placed in it, and the plugs in all its cages.
    """
    added: Counter[str] = Counter()
    for device in devices:
        if device.is_placed:
            added[device.rack] += catalog.device_types[device.device].power_milliwatts
    added += plug_powers(runs)
    return {rack: catalog.rack_types[kind].power_milliwatts + added[rack] for rack, kind in standing.items()}


def plug_powers(runs: Iterable[PricedRun]) -> Counter[str]:
    """Return the milliwatts that the plugs of runs draw in each rack."""
    drawn: Counter[str] = Counter()
    for one in runs:
        for end, plug, counts in zip((one.run.a, one.run.b), one.made.plugs, one.counted[:2], strict=True):
            drawn[end.rack] += plug.power_milliwatts if counts else 0
    return drawn


def overdrawn_findings(
    layout: Layout, catalog: Catalog, standing: Mapping[str, str], powers: Mapping[str, int]
) -> tuple[Finding, ...]:
    """Name every rack and row that draws more than it may: such a plan must not be built."""
    racks = (_rack(rack, catalog.rack_types[kind], powers[rack]) for rack, kind in standing.items())
    rows = (_row(row, [powers.get(position.address, 0) for position in row.positions]) for row in layout.rows)
    return tuple(finding for each in (*racks, *rows) for finding in each)


def _rack(rack: str, kind: RackType, milliwatts: int) -> Iterator[Finding]:
    added = milliwatts - kind.power_milliwatts
    # A rack type without slots states nothing about what may be added.
    if kind.tray_slots_u and added > kind.max_added_power_milliwatts:
        message = (
            f"rack {rack} draws too much: placed devices and all plugs take {_watts(added)}, {kind.id} allows"
            f" {_watts(kind.max_added_power_milliwatts)}"
        )
        yield Finding(code="rack-overdrawn", message=message, severity=Severity.BLOCKING)


def _row(row: Row, milliwatts: Sequence[int]) -> Iterator[Finding]:
    drawn = sum(milliwatts)
    for code, limit, words in (
        (
            "row-overdrawn",
            row.power_limit_milliwatts,
            "draws too much: {all} take {drawn}, its limit is {limit}",
        ),
        (
            "row-overheated",
            row.cooling_limit_milliwatts,
            "gives off too much heat: {all} {drawn}, its cooling takes {limit}",
        ),
    ):
        if limit is not None and drawn > limit:
            said = words.format(
                all="racks, placed devices and all plugs", drawn=_watts(drawn), limit=_watts(limit)
            )
            yield Finding(code=code, message=f"row {row.name} {said}", severity=Severity.BLOCKING)


def _watts(milliwatts: int) -> str:
    # Rounded up: what is over by a hair must not read as equal to the limit.
    return f"{ceil_div(milliwatts, 1000):,} W"
