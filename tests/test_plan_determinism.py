"""Same input and same installed versions: the same bytes, wherever and however it runs."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, SMALL_LAYOUT, Planner


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"PYTHONHASHSEED": "1"},
        {"PYTHONHASHSEED": "4711", "LC_ALL": "C", "TZ": "Asia/Kathmandu"},
        {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "COLUMNS": "40"},
    ],
    ids=["again", "hash-seed", "c-locale", "turkish"],
)
def test_same_bytes(planner: Planner, small_plan: Path, tmp_path: Path, env: dict[str, str]) -> None:
    out = tmp_path / "out"
    assert planner("plan", SMALL_LAYOUT, "-o", out, cwd=tmp_path, env=env).returncode in (0, 3)
    assert digests(out) == digests(small_plan)


def test_same_bytes_from_the_file_in_another_folder(
    planner: Planner, small_plan: Path, tmp_path: Path
) -> None:
    layout = tmp_path / f"{SMALL_LAYOUT}.yaml"
    shutil.copy(ROOT / "layouts" / layout.name, layout)
    assert planner("plan", layout, "-o", "out", cwd=tmp_path).returncode in (0, 3)
    assert digests(tmp_path / "out") == digests(small_plan)


@pytest.mark.skipif(shutil.which("taskset") is None, reason="taskset is not there")
def test_same_bytes_on_one_core(small_plan: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    core = str(min(os.sched_getaffinity(0)))
    command = ["taskset", "-c", core, sys.executable, "-m", "planner", "plan", SMALL_LAYOUT, "-o", str(out)]
    assert subprocess.run(command, cwd=ROOT, capture_output=True).returncode in (0, 3)
    assert digests(out) == digests(small_plan)


def test_writing_over_an_earlier_plan_leaves_only_the_new_one(
    planner: Planner, small_plan: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(small_plan, out)
    (out / "plan.json").write_text("{}", encoding="utf-8")
    assert planner("plan", SMALL_LAYOUT, "-o", out).returncode in (0, 3)
    assert digests(out) == digests(small_plan)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]
