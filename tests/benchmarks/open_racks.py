"""Racks that may move, against rivals: ``python -m tests.benchmarks.open_racks``.

With ``--command`` the whole command instead: ``planner plan`` with all files and ``planner verify``.

Halls of rows in which every position may hold a rack that moves, a switch rack or nothing. Past what one
domain of the shipped catalog joins (18 racks), the L2 ASIC is a hypothetical one of
catalogs/hypothetical.yaml.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np

from planner.inputs.load import read_inputs
from planner.optimize.arrange.decide import arrangements_in_turn
from planner.optimize.arrange.open_problem import OpenProblem
from planner.optimize.arrange.sketch import Sketcher
from planner.optimize.decide import decide
from planner.optimize.options import SolveOptions
from planner.outputs.plan_json import read_plan
from planner.verify.board import lay_out
from planner.verify.bound import prove
from planner.verify.ground import survey
from planner.verify.open_bound import prove_arrangements
from planner.verify.wiring import Tiers, derive_all
from tests.benchmarks.table import dollars, gap_percent, print_header, print_row, written
from tests.open_problems import problem_over_all_places
from tests.reference.reformulation import solve_reformulation

SKETCHED = 200
"""Arrangements that local search compares once extra runs are balanced."""


class Floor(NamedTuple):
    """So many racks in so many rows of so many positions."""

    racks: int
    rows: int
    positions: int


FLOORS = (Floor(8, 1, 11), Floor(8, 2, 6), Floor(16, 2, 10), Floor(32, 4, 10), Floor(64, 8, 10))
UPPER = {32: "hypothetical-l2-switch-tray-144", 64: "hypothetical-l2-switch-tray-288"}
RIVAL_RACKS = 32
"""Most racks that are reformulated: the products of 64 racks are two million."""
HEADER = ("racks", "rows x positions", "arrangements", "cost, USD", "bound, USD", "gap, %", "s (processor)")
RIVALS = ("local search: cost, USD", "s", "reformulation: cost, USD", "bound, USD", "gap, %", "s")
COMMAND = (
    "racks",
    "rows x positions",
    "cost, USD",
    "bound, USD",
    "gap, %",
    "plan, s (processor)",
    "verify, s",
    "proved again, s",
    "share",
)


def floor_text(floor: Floor) -> str:
    """The floor as a layout file: aisles of 2.3 m, laterals past four positions, two cross trays."""
    racks, rows, positions = floor
    names = [chr(ord("A") + row) for row in range(rows)]
    width, depth = 2400 + 600 * positions, 2400 + 2300 * rows
    lines = [
        f"title: {racks} racks that may move",
        f"catalogs: [nvlink5, media-1600g{', hypothetical' if racks in UPPER else ''}]",
        f"room: {{width: {width} mm, depth: {depth} mm, height: 3.6 m}}",
        f"open_racks: {{needed: {{gb200-nvl36-rack: {racks}}}}}",
        "rows:",
    ]
    for row, name in enumerate(names):
        front = "north" if row % 2 == 0 and rows > 1 else "south"
        lines += [f"  {name}:", f"    front: {front}", "    x: 1200 mm", f"    y: {1200 + 2300 * row} mm"]
        lines += ["    racks:", f"      1-{positions}: [gb200-nvl36-rack, nvswitch-rack, empty]"]
    lines += ["pathways:", "  laterals: {max_positions: 4}", "  row_trays:"]
    lines += [
        f"    T{name}: {{row: {name}, y: {1700 + 2300 * row} mm, z: 2.5 m}}" for row, name in enumerate(names)
    ]
    if rows > 1:
        lines.append("  cross_trays:")
        for share in (4, 2):
            x_mm = 1500 + positions // share * 600
            lines.append(f"    X{share}: {{rows: [{', '.join(names)}], x: {x_mm} mm, z: 2.5 m}}")
    lines += ["fabrics:", "  l2:", "    kind: tiers"]
    lines.append("    lower: {device: gb200-nvl36-l1-switch-tray, cages: uplink}")
    upper = UPPER.get(racks, "nvlink5-l2-switch-tray")
    lines.append(f"    upper: {{device: {upper}, cages: downlink, rack: nvswitch-rack}}")
    return "\n".join(lines) + "\n"


class Measured(NamedTuple):
    """One floor's figures."""

    gap_percent: float
    seconds: float
    cells: list[str]


def measure(floor: Floor, folder: Path, rival_s: float | None) -> Measured:
    """Arrange a floor, then let the rivals."""
    path = folder / "floor.yaml"
    path.write_text(floor_text(floor), encoding="utf-8")
    inputs = read_inputs(path)
    hall = problem_over_all_places(inputs.layout, inputs.catalog)
    begin = time.process_time()
    found = next(arrangements_in_turn([(hall, hall)], SolveOptions()))
    decision = decide(hall.restricted(found.chosen), SolveOptions())
    seconds = time.process_time() - begin
    assert decision is not None
    cost, bound = decision.placement.cents, found.bound_cents(decision.bound_cents)
    cells = [str(floor.racks), f"{floor.rows} x {floor.positions}", f"{hall.rules.count:,}"]
    cells += [dollars(cost), dollars(bound), written(gap_percent(cost, bound)), f"{seconds:.1f}"]
    if rival_s is not None:
        cells += [*_local_search(hall), *_reformulation(hall, rival_s)]
    return Measured(gap_percent(cost, bound), seconds, cells)


def _local_search(hall: OpenProblem) -> list[str]:
    begin = time.process_time()
    sketcher = Sketcher(hall)
    for racks in sketcher.starts:
        sketcher.climb(racks)
    best = sketcher.best(SKETCHED)[0]
    decision = decide(hall.restricted(sketcher.arrangement(best)), SolveOptions())
    cost = dollars(decision.placement.cents if decision else None)
    return [cost, f"{time.process_time() - begin:.1f}"]


def _reformulation(hall: OpenProblem, rival_s: float) -> list[str]:
    if hall.rules.spec.needed > RIVAL_RACKS:
        return ["-"] * 4
    begin = time.process_time()
    cost, bound = solve_reformulation(hall, time_limit_s=rival_s)
    taken = time.process_time() - begin
    gap = "-" if cost is None else f"{gap_percent(cost, bound):.4f}"
    known = dollars(bound) if np.isfinite(bound) else "-"
    return [dollars(cost), known, gap, f"{taken:.1f}"]


def measure_command(floor: Floor, folder: Path) -> list[str]:
    """Plan a floor with all files, verify the folder, and prove the bound again."""
    path, out = folder / f"floor-{floor.racks}-{floor.rows}.yaml", folder / f"out-{floor.racks}-{floor.rows}"
    path.write_text(floor_text(floor), encoding="utf-8")
    planned_s, verified_s = _processor_s("plan", path, "-o", out), _processor_s("verify", out)
    again_s, cost, bound = _proved_again(out / "plan.json")
    return [
        str(floor.racks),
        f"{floor.rows} x {floor.positions}",
        dollars(cost),
        dollars(bound),
        written(gap_percent(cost, bound)),
        f"{planned_s:.1f}",
        f"{verified_s:.1f}",
        f"{again_s:.2f}",
        f"{100 * again_s / planned_s:.1f} %",
    ]


def _processor_s(*arguments: str | Path) -> float:
    """Processor seconds of a command in a process of its own, and of those that it starts."""
    command = [sys.executable, "-m", "planner", *map(str, arguments)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    return usage.ru_utime + usage.ru_stime


def _proved_again(path: Path) -> tuple[float, int, int]:
    """Processor seconds to prove the bound over all arrangements again, the plan's cost, and the bound."""
    plan = read_plan(path.read_text(encoding="utf-8"), "plan.json")
    ground = survey(plan)
    (tiers,) = derive_all(ground).values()
    assert isinstance(tiers, Tiers)
    (certificate,) = plan.solve.certificates
    begin = time.process_time()
    given, faults = prove(lay_out(ground, tiers), certificate)
    assert given is not None and not faults
    bound, faults = prove_arrangements(ground, tiers, certificate, given)
    seconds = time.process_time() - begin
    assert not faults and bound is not None and bound >= certificate.bound_cents
    return seconds, plan.solve.objective_cents, certificate.bound_cents


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--command", action="store_true", help="measure the whole command")
    parser.add_argument("--write", type=Path, metavar="DIR", help="keep floors and plans in this folder")
    parser.add_argument("--rival", type=float, default=120, metavar="S", help="seconds for the reformulation")
    arguments = parser.parse_args()
    print_header(COMMAND if arguments.command else HEADER + RIVALS)
    with TemporaryDirectory() as made:
        folder = arguments.write or Path(made)
        for floor in FLOORS:
            print_row(
                measure_command(floor, folder)
                if arguments.command
                else measure(floor, folder, arguments.rival).cells
            )


if __name__ == "__main__":
    main()
