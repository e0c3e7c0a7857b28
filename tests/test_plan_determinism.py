"""Same input and same installed versions: the same bytes, wherever and however it runs."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, SMALL_LAYOUT, Planner


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.fixture
def on_one_core() -> Iterator[None]:
    """Programs started meanwhile have one core, where the system can be told so."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    yield
    os.sched_setaffinity(0, cores)


def test_same_bytes_over_an_earlier_plan_in_another_language(
    planner: Planner, small_plan: Path, tmp_path: Path
) -> None:
    """Nothing is left of the earlier plan."""
    out = tmp_path / "out"
    shutil.copytree(small_plan, out)
    (out / "plan.json").write_text("{}", encoding="utf-8")
    env = {"PYTHONHASHSEED": "1", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "COLUMNS": "40"}
    assert planner("plan", SMALL_LAYOUT, "-o", out, env=env).returncode in (0, 3)
    assert digests(out) == digests(small_plan)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


@pytest.mark.usefixtures("on_one_core")
def test_same_bytes_from_the_file_in_another_folder_on_one_core(
    planner: Planner, small_plan: Path, tmp_path: Path
) -> None:
    layout = tmp_path / f"{SMALL_LAYOUT}.yaml"
    shutil.copy(ROOT / "layouts" / layout.name, layout)
    env = {"PYTHONHASHSEED": "4711", "LC_ALL": "C", "TZ": "Asia/Kathmandu"}
    assert planner("plan", layout, "-o", "out", cwd=tmp_path, env=env).returncode in (0, 3)
    assert digests(tmp_path / "out") == digests(small_plan)
