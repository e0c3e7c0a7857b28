"""Text outputs of the small sample plan as they must be, byte for byte.

``python -m tests.golden_outputs`` writes them anew; look at the difference before keeping it.
"""

from __future__ import annotations

from pathlib import Path

from planner.outputs.files import render_files
from tests.sample_plan import small_plan

FOLDER = Path(__file__).with_name("golden")
NAMES = (
    *("cut-sheet.csv", "bom.csv", "floor.gv", "topology-bundles.gv", "topology-plane-00.gv"),
    *("topology.gv", "rack-A02.gv", "elevation-A01.svg", "elevation-A02.svg"),
)

if __name__ == "__main__":
    made = render_files(small_plan())
    for name in NAMES:
        (FOLDER / name).write_bytes(made[name])
