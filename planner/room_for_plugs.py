"""Racks and rows that plugs overload: upper devices are placed again, with room left for the plugs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from planner.errors import InfeasibleError
from planner.inputs.load import Inputs
from planner.model.catalog import Catalog, RackType
from planner.model.fabric import Fabric, TierFabric
from planner.model.layout import Layout, Row
from planner.model.sites import RackUse
from planner.model.solution import FabricSolution
from planner.plan.power import plug_powers
from planner.plan.rack_use import used_racks
from planner.plan.runs import build_runs
from planner.plan.solved import SolvedFabric
from planner.units import ceil_div

_MOST_TRIED = 3
"""Times that a fabric is placed again, each with more room left for plugs."""

_MOST_PAIRS = 100_000
"""Pairs of a lower and an upper end beyond which it is not: racks of few devices make large halls hard."""

Solve = Callable[[Layout, Catalog], FabricSolution]
"""Decides about a fabric within the limits of racks and rows that are given."""


class RoomForPlugs:
    """What plugs of the fabrics decided so far draw, and the room that is left for those of the next.

    Media are chosen with the placement, so that racks and rows are filled without regard to plugs. Where
    they then draw too much, limits of devices are lowered by what plugs took, and the fabric is decided
    again. What is proved stays what was proved within the full limits, which holds for every plan.
    """

    def __init__(self, inputs: Inputs, fabrics: Sequence[Fabric]) -> None:
        self._layout = inputs.layout
        self._catalog = inputs.catalog
        self._plugs: Counter[str] = Counter()
        self._is_needed = any(row.limits_milliwatts for row in inputs.layout.rows) or _racks_may_overdraw(
            inputs.catalog, fabrics
        )

    def add(self, one: SolvedFabric) -> None:
        """Count the plugs of a fabric that is decided."""
        if self._is_needed:
            self._plugs += self._plugs_of(one)

    def make(self, one: SolvedFabric, used: Mapping[str, RackUse], solve: Solve) -> SolvedFabric:
        """Return the fabric so that racks and rows with all plugs keep their limits, or exceed them least.

        Parameters
        ----------
        one
            The fabric as it was decided without regard to plugs.
        used
            What earlier fabrics put into racks.
        solve
            Decides about it within other limits.
        """
        is_large = len(one.table.lower) * len(one.table.upper) > _MOST_PAIRS
        if not self._is_needed or is_large or not isinstance(one.fabric, TierFabric):
            return one
        limits = self._layout, self._catalog
        best = last = self._drawn(one.fabric, one, used)
        for _ in range(_MOST_TRIED):
            lowered = last.lowered(*limits)
            if not last.excess or lowered == limits:
                break
            limits = lowered
            try:
                solution = solve(*limits)
            except InfeasibleError:
                break
            proved = replace(solution, certificate=one.solution.certificate)
            last = self._drawn(one.fabric, replace(one, solution=proved), used)
            best = min(best, last, key=lambda drawn: (drawn.excess, drawn.solved.solution.objective_cents))
        return best.solved

    def _plugs_of(self, one: SolvedFabric) -> Counter[str]:
        return plug_powers(build_runs(self._layout, self._catalog, (one,)))

    def _drawn(self, fabric: TierFabric, one: SolvedFabric, used: Mapping[str, RackUse]) -> _Drawn:
        return _Drawn(
            layout=self._layout,
            catalog=self._catalog,
            fabric=fabric,
            solved=one,
            used=used_racks(self._layout, self._catalog, (one,), used),
            plugs=self._plugs + self._plugs_of(one),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """What racks and rows draw with a fabric and all before it: devices in ``used``, and plugs, by rack."""

    layout: Layout
    catalog: Catalog
    fabric: TierFabric
    solved: SolvedFabric
    used: Mapping[str, RackUse]
    plugs: Counter[str]

    @property
    def excess(self) -> int:
        """By how many milliwatts in all the fabric's racks and the rows exceed what they may draw."""
        most = self._kind.max_added_power_milliwatts
        racks = sum(max(0, self.used[rack].power_milliwatts + self.plugs[rack] - most) for rack in self._held)
        rows = sum(
            max(0, self._in_row(row) + self._plugs_in(row) - limit)
            for row in self.layout.rows
            for limit in row.limits_milliwatts
        )
        return racks + rows

    def lowered(self, layout: Layout, catalog: Catalog) -> tuple[Layout, Catalog]:
        """Return limits of devices, at most these, that leave room for the plugs of what exceeds its own."""
        kind = catalog.rack_types[self._kind.id]
        most = min((self._most_in(rack) for rack in self._held), default=kind.max_added_power_milliwatts)
        kind = replace(kind, max_added_power_milliwatts=min(kind.max_added_power_milliwatts, most))
        rows = tuple(map(self._lowered_row, layout.rows, self.layout.rows))
        return replace(layout, rows=rows), replace(catalog, rack_types={**catalog.rack_types, kind.id: kind})

    @property
    def _kind(self) -> RackType:
        return self.catalog.rack_types[self.fabric.upper_rack_type]

    @property
    def _held(self) -> Counter[str]:
        """How many of the fabric's devices are in each rack."""
        return Counter(placed.rack for placed in self.solved.solution.placed)

    def _most_in(self, rack: str) -> int:
        """Return what devices may draw in a rack so that plugs have room."""
        most, devices = self._kind.max_added_power_milliwatts, self.used[rack].power_milliwatts
        if devices + self.plugs[rack] <= most:
            return most
        return self._lowered(most, devices, [rack], 0)

    def _lowered_row(self, row: Row, own: Row) -> Row:
        racks = [position.address for position in own.positions if position.address in self._held]
        devices, plugs = self._in_row(own), self._plugs_in(own)

        def lowered(limit: int | None, most: int | None) -> int | None:
            if limit is None or most is None or devices + plugs <= most or not racks:
                return limit
            return min(limit, self._lowered(most, devices, racks, plugs - self._plugs_of(racks)))

        return replace(
            row,
            power_limit_milliwatts=lowered(row.power_limit_milliwatts, own.power_limit_milliwatts),
            cooling_limit_milliwatts=lowered(row.cooling_limit_milliwatts, own.cooling_limit_milliwatts),
        )

    def _lowered(self, most: int, devices: int, racks: Sequence[str], plugs_elsewhere: int) -> int:
        """Return a limit on ``devices`` at which the fabric's own in the racks leave room for their plugs.

        Each is taken to go with as much of plugs as they do now.
        """
        count = sum(self._held[rack] for rack in racks)
        each = self.catalog.device_types[self.fabric.upper_device].power_milliwatts
        others = devices - count * each
        with_plugs = each + ceil_div(self._plugs_of(racks), count)
        return others + max(0, most - others - plugs_elsewhere) // with_plugs * each

    def _plugs_of(self, racks: Iterable[str]) -> int:
        return sum(self.plugs[rack] for rack in racks)

    def _in_row(self, row: Row) -> int:
        """Return what the racks of a row draw with all devices in them."""
        drawn = 0
        for position in row.positions:
            use = self.used.get(position.address)
            if position.is_decided or use:
                kind = use.rack_type if use else position.choices[0]
                drawn += self.catalog.rack_types[kind].power_milliwatts
            drawn += use.power_milliwatts if use else 0
        return drawn

    def _plugs_in(self, row: Row) -> int:
        return self._plugs_of(position.address for position in row.positions)


def _racks_may_overdraw(catalog: Catalog, fabrics: Sequence[Fabric]) -> bool:
    """Tell whether a rack full of devices may draw too much with the heaviest plug in every cage."""
    heaviest = max(plug.power_milliwatts for option in catalog.media for plug in option.plugs)
    for fabric in fabrics:
        if isinstance(fabric, TierFabric):
            kind = catalog.rack_types[fabric.upper_rack_type]
            device = catalog.device_types[fabric.upper_device]
            each = device.power_milliwatts + heaviest * sum(cages.count for cages in device.cages)
            if len(kind.tray_slots_u) * each > kind.max_added_power_milliwatts:
                return True
    return False
