"""Fixtures that several test files share: the command line as users call it."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from functools import lru_cache
from io import StringIO
from pathlib import Path

import pytest

from planner.cli import main
from planner.inputs.shipped import shipped_names
from planner.model.plan import Plan
from planner.verify.folder import read_plan

ROOT = Path(__file__).resolve().parent.parent
SMALL_LAYOUT = "nvl144"
LAYOUTS = shipped_names("layouts")

Run = subprocess.CompletedProcess[str]
Planner = Callable[..., Run]
PlanOf = Callable[[str], Plan]


@pytest.fixture(scope="session")
def planner() -> Planner:
    """Call ``planner`` with arguments in a process of its own; ``env`` adds to the environment."""

    def call(*arguments: str | Path, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> Run:
        # The package under test, wherever the working directory is.
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
        return subprocess.run(
            [sys.executable, "-m", "planner", *map(str, arguments)],
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": path, **(env or {})},
            capture_output=True,
            text=True,
            check=False,
        )

    return call


@pytest.fixture(scope="session")
def planner_here() -> Planner:
    """Call ``planner`` with arguments in this process, which need not load it anew."""

    def call(*arguments: str | Path) -> Run:
        words = list(map(str, arguments))
        with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
            try:
                code = main(words)
            except SystemExit as exit:  # what argparse ends with
                code = int(exit.code or 0)
        return Run(words, code, out.getvalue(), err.getvalue())

    return call


ShippedPlan = Callable[[str], Path]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one process do the tests of a file, or all that look at one shipped layout's plan; these first."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(planned_layout(item) or item.path.name))
    items.sort(key=lambda item: planned_layout(item) is None)


def planned_layout(item: pytest.Item) -> str | None:
    """Name the shipped layout, if any, whose plan a test with parameters asks for."""
    if "shipped_plan" not in getattr(item, "fixturenames", ()) or not hasattr(item, "callspec"):
        return None
    return next((one for one in item.callspec.params.values() if one in LAYOUTS), None)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of all processes that run these tests side by side."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session", autouse=True)
def start_programs_well(shared: Path) -> None:
    """Let programs that tests start find modules compiled, and hear interrupts.

    Python may have been told to write no compiled modules; tests run in the background ignore interrupts.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(shared / "compiled")
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shipped_plan(planner: Planner, shared: Path) -> ShippedPlan:
    """Plan a shipped layout by its name, once for all tests of all processes; returns the folder."""

    def plan(layout: str) -> Path:
        folder = shared / layout
        with (shared / f"{layout}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():  # a folder is there whole or not at all
                run = planner("plan", layout, "-o", folder)
                assert run.returncode in (0, 3), run.stderr
        return folder

    return plan


@pytest.fixture(scope="session")
def small_plan(shipped_plan: ShippedPlan) -> Path:
    """The folder of a small shipped layout's plan."""
    return shipped_plan(SMALL_LAYOUT)


@pytest.fixture(scope="session")
def plan_of(shipped_plan: ShippedPlan) -> PlanOf:
    """The plan of a shipped layout, read back; the last few are kept."""

    @lru_cache(maxsize=3)
    def plan(name: str) -> Plan:
        read = read_plan(shipped_plan(name))
        assert isinstance(read, Plan)
        return read

    return plan
