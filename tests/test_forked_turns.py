"""Work shared with a fork: the same results and errors as of one process, whatever becomes of the fork."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from planner import forked_turns
from planner.forked_turns import in_turns
from planner.outputs import write
from planner.outputs.plan_json import plan_bytes
from planner.outputs.write import write_plan
from planner.verify import check
from planner.verify.check import verify_folder, verify_plan
from tests.conftest import ROOT
from tests.faults.plans import base_plan
from tests.sample_plan import big_plan, small_plan

TWO_CORES = pytest.mark.skipif(not forked_turns._has_second_core(), reason="no second core to fork for")


def meet(folder: Path, wait_for: int) -> int:
    """Leave a mark of this process, and wait until so many have left theirs."""
    (folder / str(os.getpid())).touch()
    while len(list(folder.iterdir())) < wait_for:
        time.sleep(0.001)
    return os.getpid()


def test_results_come_in_order() -> None:
    assert in_turns([lambda number=number: number for number in range(500)]) == list(range(500))  # type: ignore[misc]


@TWO_CORES
def test_two_processes_take_part(tmp_path: Path) -> None:
    assert len(set(in_turns([partial(meet, tmp_path, 2)] * 2))) == 2


def test_one_core_does_all_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forked_turns, "_has_second_core", lambda: False)
    assert in_turns([partial(meet, tmp_path, 1)] * 3) == [os.getpid()] * 3


@TWO_CORES
def test_large_results_travel(tmp_path: Path) -> None:
    assert in_turns([lambda: (meet(tmp_path, 2), "x" * 10**6)[1]] * 2) == ["x" * 10**6] * 2


@TWO_CORES
@pytest.mark.parametrize("fault", [lambda: os._exit(3), lambda: os.kill(os.getpid(), signal.SIGKILL)])
def test_what_a_dead_fork_took_is_done_here(fault: Callable[[], object], tmp_path: Path) -> None:
    own = os.getpid()

    def task(value: int) -> int:
        meet(tmp_path, 2)
        if os.getpid() != own:
            fault()
        return value

    assert in_turns([partial(task, number) for number in range(8)]) == list(range(8))
    assert len(list(tmp_path.iterdir())) == 2


@TWO_CORES
def test_an_error_is_that_of_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A task fails wherever it is done; nothing is left running."""
    forks: list[int] = []
    fork = os.fork

    def forked() -> int:
        forks.append(fork())
        return forks[-1]

    monkeypatch.setattr("os.fork", forked)

    def failing() -> int:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        in_turns([int, failing, int])
    assert len(forks) == 1
    with pytest.raises(ChildProcessError):
        os.waitpid(forks[0], os.WNOHANG)


@TWO_CORES
def test_a_fork_ends_with_its_process(tmp_path: Path) -> None:
    """Also where that is killed and can say nothing."""
    code = (
        "import os, time\n"
        "from planner.forked_turns import in_turns\n"
        "def task():\n"
        f"    open(os.path.join({str(tmp_path)!r}, str(os.getpid())), 'w').close()\n"
        "    time.sleep(600)\n"
        "in_turns([task] * 2)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) as run:
        while len(processes := [int(path.name) for path in tmp_path.iterdir()]) < 2:
            time.sleep(0.01)
        run.kill()
    (fork,) = (process for process in processes if process != run.pid)
    while is_alive(fork):  # for ever, if the fork stays
        time.sleep(0.01)


def is_alive(process: int) -> bool:
    status = Path(f"/proc/{process}/stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@TWO_CORES
def test_an_interrupt_ends_both_and_leaves_nothing(tmp_path: Path) -> None:
    """As at a terminal, where all processes get it."""
    code = (
        "from pathlib import Path\n"
        "from planner.interrupts import end_on_interrupt\n"
        "from planner.outputs.write import write_plan\n"
        "from tests.sample_plan import big_plan\n"
        "end_on_interrupt()\n"
        "plan = big_plan()\n"
        "print('begun', flush=True)\n"
        "write_plan(plan, Path('a/out'))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as run:
        assert run.stdout is not None and run.stdout.readline() == b"begun\n"
        while not list(tmp_path.glob("a/.out.new-*/*")):
            time.sleep(0.001)
        os.killpg(run.pid, signal.SIGINT)
        assert run.wait(timeout=60) == 130
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.killpg(run.pid, signal.SIGKILL)


@TWO_CORES
def test_files_are_those_of_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = small_plan()
    write_plan(plan, tmp_path / "one")
    monkeypatch.setattr(write, "_FEWEST_RUNS_OF_TWO", 0)
    write_plan(plan, tmp_path / "two")
    one, two = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "two")
    )
    assert one == two


@TWO_CORES
def test_a_full_disk_leaves_the_earlier_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is full for whoever writes this file."""
    real = write._write_file

    def full(path: Path, data: bytes) -> None:
        if path.name == "cut-sheet.csv":
            raise OSError(28, "No space left on device")
        real(path, data)

    monkeypatch.setattr(write, "_write_file", full)
    (out := tmp_path / "out").mkdir()
    (out / "plan.json").write_text("earlier")
    with pytest.raises(Exception, match="No space left on device"):
        write_plan(big_plan(), out)
    assert [path.read_text() for path in out.iterdir()] == ["earlier"]
    assert list(tmp_path.iterdir()) == [out]


@TWO_CORES
def test_findings_are_those_of_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = base_plan("tiers")
    write_plan(plan, tmp_path / "plan")
    (tmp_path / "plan" / "bom.csv").unlink()
    runs = (replace(plan.runs[0], routed_mm=1, crew=99), *plan.runs[1:])
    damaged = replace(plan, runs=runs)
    (tmp_path / "plan" / "plan.json").write_bytes(plan_bytes(damaged))
    one = verify_folder(tmp_path / "plan")
    monkeypatch.setattr(check, "_FEWEST_RUNS_OF_TWO", 0)
    assert verify_folder(tmp_path / "plan") == one
    assert {"wrong-routed-length", "wrong-crew", "missing-file"} <= {finding.code for finding in one}
    assert verify_plan(plan) == ()
