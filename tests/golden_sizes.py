"""Outputs of ``planner size`` and ``planner init`` as they must be, byte for byte.

``python -m tests.golden_sizes`` writes them anew; look at the difference before keeping it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).with_name("golden")
COMMANDS = {
    "size-overview.txt": ["size"],
    "size-note.txt": [
        "size",
        "gb200-nvl36-l2",
        "gb200-nvl36x2",
        "gh200-nvl256",
        "xdr-two-tier",
        "xdr-three-tier",
        "--note",
    ],
    "size-note.json": ["size", "gb200-nvl36-l2", "gh200-nvl256", "--note", "--json"],
    "size-refused.txt": ["size", "--generation", "nvlink5", "--racks", "4"],
    "init-l2-16.yaml": ["init", "gb200-nvl36-l2", "--racks", "16"],
    "init-pairs-4.yaml": ["init", "gb200-nvl36x2", "--racks", "4"],
    "init-chassis-8.yaml": ["init", "gh200-nvl256", "--racks", "8"],
    "init-stacked-128.yaml": ["init", "superpod-b200", "--racks", "128"],
}


if __name__ == "__main__":
    for name, words in COMMANDS.items():
        run = subprocess.run([sys.executable, "-m", "planner", *words], capture_output=True, check=True)
        (FOLDER / name).write_bytes(run.stdout)
