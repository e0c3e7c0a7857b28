"""Small halls whose racks may move: ``O`` a rack of trays, a switch rack or nothing, ``G`` no switch rack."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

from planner.errors import InfeasibleError
from planner.inputs.load import Inputs
from planner.model.arrangement import settle
from planner.model.catalog import Catalog
from planner.model.layout import Layout, RackPosition, TiersSpec
from planner.model.open_racks import OpenPosition, OpenRacks
from planner.model.plan import Plan
from planner.optimize.options import SolveOptions
from planner.pipeline import plan_prepared
from planner.prepare import prepare_inputs
from planner.stopwatch import Stopwatch
from tests.halls import make_hall
from tests.reference.floors import Hall, prepare_hall

_CHOICES: dict[str, tuple[tuple[str, ...], bool]] = {
    "O": (("lower-rack", "switch-rack"), True),
    "G": (("lower-rack",), True),
    "E": (("lower-rack", "switch-rack"), False),
}


def make_open_hall(
    rows: Sequence[str],
    needed: int,
    *,
    in_pairs: bool = False,
    spacing: int = 0,
    max_rows: int | None = None,
    **parts: Any,
) -> tuple[Layout, Catalog]:
    """A hall of ``make_hall`` with some positions left open and so many racks of lower trays in all."""
    layout, catalog = make_hall([word.translate(str.maketrans("OGE", "SSS")) for word in rows], **parts)
    letters = {
        f"{chr(65 + row)}{n:02d}": letter for row, word in enumerate(rows) for n, letter in enumerate(word, 1)
    }

    def opened(position: RackPosition) -> RackPosition:
        choices, may_be_empty = _CHOICES.get(
            letters[position.address], (position.choices, position.may_be_empty)
        )
        return replace(position, choices=choices, may_be_empty=may_be_empty)

    made = tuple(replace(row, positions=tuple(map(opened, row.positions))) for row in layout.rows)
    open_racks = OpenRacks(
        rack_type="lower-rack",
        needed=needed,
        positions=tuple(
            OpenPosition(address=one.address, choices=one.choices, may_be_empty=one.may_be_empty)
            for row in made
            for one in row.positions
            if letters[one.address] in _CHOICES
        ),
        in_pairs=in_pairs,
        spacing=spacing,
        max_rows=max_rows,
    )
    fabrics = tuple(replace(one, racks=()) if isinstance(one, TiersSpec) else one for one in layout.fabrics)
    return replace(layout, rows=made, fabrics=fabrics, open_racks=open_racks), catalog


def open_inputs(hall: tuple[Layout, Catalog]) -> Inputs:
    """Inputs of a hall that no file says."""
    return Inputs(layout=hall[0], catalog=hall[1], places={})


def planned(hall: tuple[Layout, Catalog]) -> Plan:
    """The plan of a hall that no file says."""
    return plan_prepared(prepare_inputs(open_inputs(hall), Stopwatch()), SolveOptions(), Stopwatch())


def settled_halls(hall: tuple[Layout, Catalog]) -> Iterator[Hall]:
    """The hall with its racks in every arrangement, without those in which nothing can be placed."""
    for taken in every_arrangement(hall[0]):
        try:
            yield prepare_hall(settle(hall[0], taken), hall[1])
        except InfeasibleError:
            continue


def every_arrangement(layout: Layout) -> list[tuple[str, ...]]:
    """All choices of positions that the rules allow, tried one by one."""
    assert layout.open_racks is not None
    places = [one.address for one in layout.open_racks.positions]
    rows = {row.name: [one.address for one in row.positions] for row in layout.rows}
    fixed = [
        one.address
        for row in layout.rows
        for one in row.positions
        if one.choices == ("lower-rack",) and one.is_decided
    ]
    most_rows = layout.open_racks.max_rows or len(rows)
    found = []
    for taken in combinations(places, layout.open_racks.needed - len(fixed)):
        used = sum(any(one in (*taken, *fixed) for one in row) for row in rows.values())
        if used <= most_rows:
            found.append(taken)
    return found
