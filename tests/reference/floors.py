"""Realistic floors for any number of racks, as layout texts over the catalogs that ship.

A row is written as a word, one letter a rack position: ``G`` a rack of lower trays, ``S`` a switch rack
or nothing (the planner decides), ``.`` a position kept free.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from planner.geometry.table import build_route_table
from planner.inputs.load import read_inputs
from planner.model.catalog import Catalog
from planner.model.fabric import TierFabric
from planner.model.layout import Layout, Spread
from planner.model.routes import RouteTable
from planner.topology.build import build_fabrics
from planner.units import ceil_div

UPLINKS = 9
UPPER_PORTS = 18
LARGEST_NVLINK5 = 18
"""Racks that the L2 ASIC which exists can join; more take hypothetical ones of catalogs/hypothetical.yaml."""
HYPOTHETICAL_PORTS = {32: 72, 64: 144, 128: 288}
"""Cages of the hypothetical L2 ASIC by most racks, so that every pair gets at least one run."""
TRAYS_PER_SWITCH_RACK = 18
FIRST_X_MM = 1200
PITCH_MM = 600
FIRST_Y_MM = 1200
AISLE_MM = 2300
"""From the first to the second row of a pair, whose fronts face each other."""
PAIR_MM = 4700
"""From one pair of rows to the next."""
ROW_NAMES = "ABCDEFGHIJKLMNOP"

_NAMES = {"G": "gb200-nvl36-rack", "S": "[nvswitch-rack, empty]", ".": "reserved"}


def upper_ports(racks: int) -> int:
    """Cages of the smallest L2 ASIC for that many racks."""
    if racks <= LARGEST_NVLINK5:
        return UPPER_PORTS
    return next(ports for most, ports in HYPOTHETICAL_PORTS.items() if racks <= most)


def upper_device(racks: int) -> str:
    """The L2 switch tray, two ASICs in each."""
    ports = upper_ports(racks)
    return "nvlink5-l2-switch-tray" if ports == UPPER_PORTS else f"hypothetical-l2-switch-tray-{2 * ports}"


def upper_trays(racks: int, spread: Spread) -> int:
    """Upper trays of that many racks: 18 planes, two of their upper ASICs to a tray."""
    least = ceil_div(racks * UPLINKS, upper_ports(racks))
    per_plane = least if spread is Spread.BALANCED else next(n for n in (1, 3, 9) if n >= least)
    return 9 * per_plane


def _switch_racks(racks: int, spread: Spread) -> int:
    return ceil_div(upper_trays(racks, spread), TRAYS_PER_SWITCH_RACK)


def _row_end(racks: int, needed: int) -> list[str]:
    return ["S" * (needed + 2) + "." + "G" * racks]


def _mid_row(racks: int, needed: int) -> list[str]:
    return ["G" * (racks // 2) + "S" * (needed + 2) + "G" * (racks - racks // 2)]


def _between(racks: int, needed: int) -> list[str]:
    pairs = ["G" * min(2, racks - first) for first in range(0, racks, 2)]
    word = "S".join(pairs)
    return [word + "S" * max(1, needed + 1 - word.count("S"))]


def _two_row_ends(racks: int, needed: int) -> list[str]:
    candidates = needed // 2 + 1
    return ["S" * candidates + "." + "G" * ceil_div(racks, 2), "S" * candidates + "." + "G" * (racks // 2)]


def _two_rows_mid(racks: int, needed: int) -> list[str]:
    words = []
    for here in (ceil_div(racks, 2), racks // 2):
        words.append("G" * ceil_div(here, 2) + "S" * (needed // 2 + 1) + "G" * (here // 2))
    return words


def _ends_and_mid(racks: int, needed: int) -> list[str]:
    half = ceil_div(needed + 2, 4)
    words = []
    for here in (ceil_div(racks, 2), racks // 2):
        words.append("S" * half + "." + "G" * ceil_div(here, 2) + "S" * half + "." + "G" * (here // 2))
    return words


def _rows_of_ten(racks: int, needed: int) -> list[str]:
    return ["GGSGGGGSGG"] * (racks // 8)


SHAPES: dict[str, Callable[[int, int], list[str]]] = {
    "row-end": _row_end,
    "mid-row": _mid_row,
    "between": _between,
    "two-row-ends": _two_row_ends,
    "two-rows-mid": _two_rows_mid,
    "ends-and-mid": _ends_and_mid,
    "rows-of-ten": _rows_of_ten,
}
"""How switch racks stand to the others; each takes the racks and the switch racks needed."""


def row_y_mm(index: int) -> int:
    """Where a row stands."""
    return FIRST_Y_MM + index // 2 * PAIR_MM + index % 2 * AISLE_MM


def floor_words(shape: str, racks: int, spread: Spread) -> list[str]:
    """One word a row."""
    return SHAPES[shape](racks, _switch_racks(racks, spread))


def floor_text(shape: str, racks: int, spread: Spread) -> str:
    """The floor as a layout file."""
    words = floor_words(shape, racks, spread)
    length = max(len(word) for word in words)
    hypothetical = ", hypothetical" if racks > LARGEST_NVLINK5 else ""
    depth_mm = row_y_mm(max(1, len(words) - 1)) + 2500
    lines = [
        f"title: {racks} racks, switch racks {shape}, {spread.value}",
        f"catalogs: [nvlink5, media-1600g{hypothetical}]",
        f"room: {{width: {2 * FIRST_X_MM + length * PITCH_MM} mm, depth: {depth_mm} mm, height: 3.6 m}}",
        "rows:",
    ]
    for index, word in enumerate(words):
        # Fronts face each other over the aisle.
        front = "north" if index % 2 == 0 and len(words) > 1 else "south"
        lines += [f"  {ROW_NAMES[index]}:", f"    front: {front}", f"    x: {FIRST_X_MM} mm"]
        lines += [f"    y: {row_y_mm(index)} mm", "    racks:"]
        lines += [f"      {number}: {_NAMES[letter]}" for number, letter in enumerate(word, start=1)]
    lines += ["pathways:", "  laterals: {max_positions: 4}", "  row_trays:"]
    for index in range(len(words)):
        name = ROW_NAMES[index]
        lines.append(f"    T{name}: {{row: {name}, y: {row_y_mm(index) + 500} mm, z: 2.5 m}}")
    if len(words) > 1:
        lines.append("  cross_trays:")
        for number, share in enumerate((4, 2), start=1):
            x_mm = FIRST_X_MM + length // share * PITCH_MM + PITCH_MM // 2
            rows = ", ".join(ROW_NAMES[: len(words)])
            lines.append(f"    X{number}: {{rows: [{rows}], x: {x_mm} mm, z: 2.5 m}}")
    lines += [
        "fabrics:",
        "  l2:",
        "    kind: tiers",
        "    lower: {device: gb200-nvl36-l1-switch-tray, cages: uplink}",
        f"    upper: {{device: {upper_device(racks)}, cages: downlink, rack: nvswitch-rack}}",
        f"    spread: {spread.value}",
    ]
    return "\n".join(lines) + "\n"


def write_floor(shape: str, racks: int, spread: Spread, folder: Path) -> Path:
    """Write the floor into a file that ``planner plan`` takes."""
    path = folder / f"{shape}-{racks}-{spread.value}.yaml"
    path.write_text(floor_text(shape, racks, spread), encoding="utf-8")
    return path


@dataclass(frozen=True, slots=True, eq=False)
class Hall:
    """Everything that the optimizer takes."""

    layout: Layout
    catalog: Catalog
    fabric: TierFabric
    table: RouteTable


def prepare_hall(layout: Layout, catalog: Catalog) -> Hall:
    """Derive the fabric of tiers and route it."""
    fabric = next(one for one in build_fabrics(layout, catalog) if isinstance(one, TierFabric))
    return Hall(layout, catalog, fabric, build_route_table(layout, catalog, fabric))


def read_hall(path: Path) -> Hall:
    """Read a layout file with a fabric of tiers."""
    inputs = read_inputs(path)
    return prepare_hall(inputs.layout, inputs.catalog)


def floors(
    rack_counts: Sequence[int], shapes: Sequence[str] = tuple(SHAPES)
) -> list[tuple[str, int, Spread]]:
    """All combinations that differ: where both spreads are the same design, only ``balanced``."""
    return [
        (shape, racks, spread)
        for racks in rack_counts
        for shape in shapes
        for spread in Spread
        if spread is Spread.BALANCED or upper_trays(racks, spread) != upper_trays(racks, Spread.BALANCED)
    ]
