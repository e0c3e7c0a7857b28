"""Seconds and peak memory of the whole command, pictures included: ``python -m tests.benchmarks.command``.

Each layout is planned in a process of its own; its stages' seconds come from ``--timings``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from planner.inputs.shipped import shipped_names

LAYOUTS = shipped_names("layouts")
STAGES = ("optimize", "verify", "outputs")
KIB_PER_MB = 1000 * 1000 / 1024


def measure(layout: str, folder: Path) -> list[str]:
    """Plan a layout and return the cells of its row."""
    timings = folder / "timings.json"
    command = [sys.executable, "-m", "planner", "plan", layout, "-o", str(folder / "plan")]
    command += ["--timings", str(timings)]
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    message = process.stderr.read().decode()
    process.stderr.close()
    # Not process.wait(): this child's own peak is wanted, not the greatest of all children.
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 3):
        raise SystemExit(f"{layout}: exit code {process.returncode}\n{message}")
    stages = json.loads(timings.read_text(encoding="utf-8"))
    cells = [layout, f"{seconds:.1f}", f"{usage.ru_maxrss / KIB_PER_MB:.0f}"]
    return cells + [f"{stages[stage]:.1f}" for stage in STAGES]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("layouts", nargs="*", default=LAYOUTS)
    arguments = parser.parse_args()
    header = ["layout", "s", "peak MB", *(f"{stage}, s" for stage in STAGES)]
    print(f"| {' | '.join(header)} |\n|{'---|' * len(header)}", flush=True)
    for layout in arguments.layouts:
        with TemporaryDirectory() as folder:
            print(f"| {' | '.join(measure(layout, Path(folder)))} |", flush=True)


if __name__ == "__main__":
    main()
