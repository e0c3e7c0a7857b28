"""Halls whose runs share plugs or cables, and what is left of racks that an earlier fabric used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from planner.model.catalog import Catalog
from planner.model.layout import Granularity, Layout, TiersSpec
from planner.model.media import MediaOption, Medium, Plug, Transceiver
from planner.model.sites import RackUse
from planner.model.solution import FabricSolution
from planner.optimize.problem import PlacementProblem
from tests.hall_parts import PLUG, cable, price
from tests.halls import make_hall
from tests.reference.floors import Hall, prepare_hall
from tests.reference.plain import plain_problem


def twin_media(module_cents: int = 90_000, reach_mm: int = 2000) -> tuple[MediaOption, ...]:
    """Two runs a plug at both ends: copper of some reach, and optics of two kinds of modules."""
    lengths = (500, 1000, 1500, 2000, 3000, 5000, 7000, 10_000, 20_000)

    def option(name: str, medium: Medium, reach: int, rate: int, module: int | None) -> MediaOption:
        transceiver = module and Transceiver(
            id=f"module-{name}",
            description=name,
            vendor="nobody",
            part_number=None,
            cords=2,
            price=price(module),
        )
        plug = Plug(connector=PLUG, lanes=8, transceiver=transceiver or None, power_milliwatts=15_001, runs=2)
        return MediaOption(
            id=name,
            medium=medium,
            protocols=("link",),
            lane_rate_gbps=200,
            reach_mm=reach,
            plugs=(plug, plug),
            cable=cable(f"cable-{name}", [(mm, 100 + mm * rate // 100) for mm in lengths], 4000),
        )

    return (
        option("twin-copper", Medium.ACC, reach_mm, 900, None),
        option("twin-dear", Medium.OPTICS, 50_000, 11, module_cents),
        option("twin-cheap", Medium.OPTICS, 7000, 170, module_cents // 2),
    )


def split_media(runs_per_cable: int = 2) -> tuple[MediaOption, ...]:
    """A cable with a head of two runs for an upper cage, and a tail for each lower one."""
    lengths = (500, 1000, 1500, 2000, 2500, 3000, 5000, 10_000, 15_000)
    tail = Plug(connector=PLUG, lanes=4, transceiver=None, power_milliwatts=101)
    head = replace(tail, lanes=8, runs=2, power_milliwatts=1500)
    return (
        MediaOption(
            id="splitter",
            medium=Medium.DAC,
            protocols=("link",),
            lane_rate_gbps=200,
            reach_mm=15_000,
            plugs=(head, tail),
            cable=cable("split", [(mm, 9000 + 11 * mm) for mm in lengths], 9000),
            runs_per_cable=runs_per_cable,
        ),
    )


def port_hall(
    media: Sequence[MediaOption],
    rows: Sequence[str] = ("LSL",),
    *,
    single_lower: bool = False,
    **parts: object,
) -> Hall:
    """A hall of runs of ports, two a cage (``single_lower``: one a lower cage), over these media."""
    layout, catalog = by_ports(*make_hall(rows, **parts), media)  # type: ignore[arg-type]
    if single_lower:
        lower = catalog.device_types["lower-tray"]
        (group,) = lower.cages
        alone = replace(lower, cages=(replace(group, ports=1, links=2, lanes=4),))
        catalog = replace(catalog, device_types={**catalog.device_types, "lower-tray": alone})
    return prepare_hall(layout, catalog)


def by_ports(layout: Layout, catalog: Catalog, media: Sequence[MediaOption]) -> tuple[Layout, Catalog]:
    """Wire every port of its own."""
    fabrics = tuple(
        replace(spec, granularity=Granularity.PORT) if isinstance(spec, TiersSpec) else spec
        for spec in layout.fabrics
    )
    return replace(layout, fabrics=fabrics), replace(catalog, media=tuple(media))


def with_option(hall: Hall, option: MediaOption) -> Hall:
    """The hall with no other media."""
    return replace(hall, catalog=replace(hall.catalog, media=(option,)))


def use_of(hall: Hall, solution: FabricSolution) -> dict[str, RackUse]:
    """What a solved fabric put into racks."""
    device = hall.catalog.device_types[hall.fabric.upper_device]
    used: dict[str, RackUse] = {}
    for placed in solution.placed:
        before = used.get(placed.rack, RackUse(hall.fabric.upper_rack_type, (), 0, 0))
        used[placed.rack] = RackUse(
            before.rack_type,
            (*before.slots_u, placed.u),
            before.power_milliwatts + device.power_milliwatts,
            before.weight_g + device.weight_g,
        )
    return used


def what_is_left(hall: Hall, used: Mapping[str, RackUse]) -> PlacementProblem:
    """The hall's problem without the slots in use; racks in use are open and hold less."""
    problem = plain_problem(hall)
    device = hall.catalog.device_types[hall.fabric.upper_device]
    rack_type = hall.catalog.rack_types[hall.fabric.upper_rack_type]
    free = [
        i
        for i, slot in enumerate(problem.slots)
        if slot.rack not in used or slot.u not in used[slot.rack].slots_u
    ]
    names = [name for name in problem.rack_names if any(problem.slots[i].rack == name for i in free)]
    kept = [problem.rack_names.index(name) for name in names]
    capacity = [
        min(
            sum(problem.slots[i].rack == name for i in free),
            (rack_type.max_added_power_milliwatts - (used[name].power_milliwatts if name in used else 0))
            // device.power_milliwatts,
            (rack_type.max_added_weight_g - (used[name].weight_g if name in used else 0)) // device.weight_g,
        )
        for name in names
    ]
    return replace(
        problem,
        cents=problem.cents[:, :, free],
        routed_mm=problem.routed_mm[:, :, free],
        slots=tuple(problem.slots[i] for i in free),
        slot_rack=np.array([names.index(problem.slots[i].rack) for i in free], dtype=np.int64),
        rack_names=tuple(names),
        opening_cents=np.array(
            [0 if name in used else problem.opening_cents[i] for name, i in zip(names, kept, strict=True)],
            dtype=np.int64,
        ),
        is_fixed=tuple(name in used or problem.is_fixed[i] for name, i in zip(names, kept, strict=True)),
        capacity=np.array(capacity, dtype=np.int64),
    )
