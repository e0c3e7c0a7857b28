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
    for one in runs:
        for end, plug, counts in zip((one.run.a, one.run.b), one.made.plugs, one.counted[:2], strict=True):
            added[end.rack] += plug.power_milliwatts if counts else 0
    return {rack: catalog.rack_types[kind].power_milliwatts + added[rack] for rack, kind in standing.items()}


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
    limit, drawn = row.power_limit_milliwatts, sum(milliwatts)
    if limit is not None and drawn > limit:
        message = (
            f"row {row.name} draws too much: racks, placed devices and all plugs take {_watts(drawn)}, its"
            f" limit is {_watts(limit)}"
        )
        yield Finding(code="row-overdrawn", message=message, severity=Severity.BLOCKING)


def _watts(milliwatts: int) -> str:
    # Rounded up: what is over by a hair must not read as equal to the limit.
    return f"{ceil_div(milliwatts, 1000):,} W"
