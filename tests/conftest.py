"""Fixtures that several test files share: the command line as users call it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from planner.model.plan import Plan
from planner.verify.folder import read_plan

ROOT = Path(__file__).resolve().parent.parent
SMALL_LAYOUT = "nvl144"

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


ShippedPlan = Callable[[str], Path]


@pytest.fixture(scope="session")
def shipped_plan(planner: Planner, tmp_path_factory: pytest.TempPathFactory) -> ShippedPlan:
    """Plan a shipped layout by its name, once for all tests; returns the folder."""
    made: dict[str, Path] = {}

    def plan(layout: str) -> Path:
        if layout not in made:
            folder = tmp_path_factory.mktemp("shipped") / "plan"
            run = planner("plan", layout, "-o", folder)
            assert run.returncode in (0, 3), run.stderr
            made[layout] = folder
        return made[layout]

    return plan


@pytest.fixture(scope="session")
def small_plan(shipped_plan: ShippedPlan) -> Path:
    """The folder of a small shipped layout's plan."""
    return shipped_plan(SMALL_LAYOUT)


@pytest.fixture(scope="session")
def plan_of(shipped_plan: ShippedPlan) -> PlanOf:
    """The plan of a shipped layout, read back."""

    def plan(name: str) -> Plan:
        read = read_plan(shipped_plan(name))
        assert isinstance(read, Plan)
        return read

    return plan
