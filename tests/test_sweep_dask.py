"""Sweeps on a Dask cluster: workers and drivers may be killed, results are those of one process here."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from planner.inputs.scenarios import resolve_scenarios
from planner.inputs.study import read_study
from planner.sweep.executors import DaskWorkers
from planner.sweep.task import make_task
from tests.conftest import ROOT, Planner
from tests.sweeps import (
    SMALL_SIZE,
    assert_same_results,
    keys_in,
    sweep_command,
    sweep_here,
    wait_for_lines,
    write_study,
)


@dataclass(frozen=True)
class Cluster:
    """Where the scheduler listens, its workers, and the folder in which they note what they begin."""

    address: str
    workers: list[subprocess.Popen[bytes]]
    folder: Path

    def keys_begun(self) -> list[str]:
        """Keys of scenarios in the order in which workers began them, each time anew."""
        return (self.folder / "begun").read_text().split()

    def poison(self, key: str) -> None:
        """Let every worker die that begins this scenario."""
        (self.folder / "poison").write_text(key)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory, planner: Planner) -> Path:
    return sweep_here(tmp_path_factory.mktemp("sweep"), planner)


@contextmanager
def started(folder: Path, workers: int, *words: str, allowed_failures: int = 3) -> Iterator[Cluster]:
    """A Dask scheduler on loopback and workers of one thread, each a process of its own."""
    distributed = pytest.importorskip("distributed")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep),
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(allowed_failures),
        "SCENARIOS_BEGUN": str(folder / "begun"),
        "POISON_KEY": str(folder / "poison"),
    }
    place = folder / "scheduler.json"
    (folder / "begun").touch()
    (folder / "poison").touch()

    def start(*words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "distributed.cli." + words[0], *words[1:]],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    own = ("--host", "127.0.0.1", "--no-dashboard")
    processes = [start("dask_scheduler", *own, "--port", "0", "--scheduler-file", str(place))]
    try:
        deadline = time.monotonic() + 60
        while not place.exists() or not place.read_text():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        worker = ("dask_worker", "--scheduler-file", str(place), *own, "--nthreads", "1", *words)
        worker += ("--preload", "tests.sweeps", "--local-directory", str(folder))
        processes += [start(*worker) for _ in range(workers)]
        address = json.loads(place.read_text())["address"]
        with distributed.Client(address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=60)
        yield Cluster(address, processes[1:], folder)
    finally:
        for process in reversed(processes):
            process.kill()  # a nanny's worker ends with it
            process.wait()


def test_poison_is_reported_and_not_tried_for_ever(tmp_path: Path) -> None:
    """Nannies start workers anew; each one would die of the same scenario."""
    study = write_study(
        tmp_path, "title: t\nlayout: nvl36x2\nvary: {grid: {rows.A.pitch: [600 mm, 610 mm, 620 mm]}}\n"
    )
    inputs = [scenario.inputs for scenario in resolve_scenarios(read_study(study))][1]
    assert inputs is not None
    bad = make_task(inputs, 1).key
    with started(tmp_path, 2, "--nanny", allowed_failures=0) as cluster:
        cluster.poison(bad)
        command = sweep_command(study, tmp_path / "out", "--scheduler", cluster.address)
        run = subprocess.run(command, cwd=ROOT, check=False, timeout=240, capture_output=True, text=True)
        assert run.returncode == 3, run.stderr
        assert "3 scenarios: 2 planned, 1 killed" in run.stdout
        assert "scenario 2 killed: the process that planned it died" in run.stdout
        assert cluster.keys_begun().count(bad) == 2  # among others, then alone
        cluster.poison("")
        subprocess.run([*command, "--retry"], cwd=ROOT, check=True, timeout=240)
        assert cluster.keys_begun().count(bad) == 3


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster whose workers stay dead when they die; each of two tests may kill one of three."""
    with started(tmp_path_factory.mktemp("cluster"), 4, "--no-nanny") as cluster:
        yield cluster


def test_three_workers_one_killed(tmp_path: Path, reference: Path, cluster: Cluster) -> None:
    study, journal = write_study(tmp_path), tmp_path / "out" / "journal.jsonl"
    command = sweep_command(study, tmp_path / "out", "--scheduler", cluster.address)
    process = subprocess.Popen(command, cwd=ROOT)
    wait_for_lines(journal, 1, process)
    cluster.workers.pop().kill()
    assert process.wait(timeout=120) == 0
    assert_same_results(tmp_path / "out", reference)


def test_three_workers_one_and_the_driver_killed(tmp_path: Path, reference: Path, cluster: Cluster) -> None:
    study, journal = write_study(tmp_path), tmp_path / "out" / "journal.jsonl"
    command = sweep_command(study, tmp_path / "out", "--scheduler", cluster.address)
    process = subprocess.Popen(command, cwd=ROOT)
    wait_for_lines(journal, 1, process)
    cluster.workers.pop().kill()
    wait_for_lines(journal, 3, process)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    finished, begun = keys_in(journal), len(cluster.keys_begun())
    assert 3 <= len(finished) < SMALL_SIZE
    subprocess.run(command, cwd=ROOT, check=True, timeout=120)
    assert keys_in(journal)[: len(finished)] == finished
    again = cluster.keys_begun()[begun:]
    assert not set(again) & set(finished)
    assert set(again) | set(finished) == set(keys_in(reference / "journal.jsonl"))
    assert_same_results(tmp_path / "out", reference)


def test_a_scheduler_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("planner.sweep.executors._CONNECT_SECONDS", 0.5)
    with pytest.raises(Exception, match="does not answer"):
        DaskWorkers("tcp://127.0.0.1:9")
