"""Tiny halls in which two fabrics, each with racks of its own, share pathways and parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from planner.geometry.table import build_route_table
from planner.model.catalog import Catalog
from planner.model.fabric import TierFabric
from planner.model.layout import Layout, TiersSpec
from planner.topology.build import build_fabrics
from tests.halls import make_hall
from tests.reference.floors import Hall


def in_two(hall: tuple[Layout, Catalog], turns: Sequence[int]) -> tuple[Layout, Catalog]:
    """Return the hall with its racks dealt out to two fabrics, ``d1`` and ``d2``.

    The racks of lower trays, in canonical order, and those of upper ones go by ``turns``, over and over.
    """
    layout, catalog = hall
    (spec,) = layout.fabrics
    assert isinstance(spec, TiersSpec)
    kinds = ("lower-rack",), ("switch-rack",)
    racks = [
        [one.address for row in layout.rows for one in row.positions if one.choices == kind] for kind in kinds
    ]
    fabrics = []
    for number in (0, 1):
        lower, upper = (
            [rack for at, rack in enumerate(every) if turns[at % len(turns)] == number] for every in racks
        )
        fabrics.append(
            replace(spec, name=f"d{number + 1}", racks=tuple(lower), within=tuple(sorted(lower + upper)))
        )
    return replace(layout, fabrics=tuple(fabrics)), catalog


def halls_of(hall: tuple[Layout, Catalog]) -> list[Hall]:
    """Return each fabric of tiers with its routes."""
    fabrics = [one for one in build_fabrics(*hall) if isinstance(one, TierFabric)]
    return [Hall(*hall, fabric, build_route_table(*hall, fabric)) for fabric in fabrics]


def two_that_cross() -> tuple[Layout, Catalog]:
    """Return two fabrics with racks in both rows: all of them would take the nearer of two cross trays."""
    hall = make_hall(
        ("LSLS", "SLSL"),
        lower_cages=6,
        upper_cages=6,
        slots_per_rack=2,
        max_positions=1,
        cross_x_mm=(0, 1800),
    )
    return in_two(hall, (0, 1))
