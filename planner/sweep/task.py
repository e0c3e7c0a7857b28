"""One scenario as work for any process on any machine: bytes in, a record out."""

from __future__ import annotations

import hashlib
import json
import pickle
import zlib
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib.metadata import version
from typing import Any

from planner import __version__
from planner.errors import Finding, InfeasibleError, PlannerError
from planner.garbage import no_search_for_cycles
from planner.inputs.load import Inputs
from planner.model.fingerprint import fingerprint
from planner.optimize.options import SolveOptions
from planner.pipeline import plan_prepared
from planner.prepare import prepare_inputs
from planner.stopwatch import Stopwatch
from planner.sweep.figures import Figures, figures_of
from planner.sweep.shared_routes import SharedRoutes, hall_hash

LIBRARIES = ("networkx", "numpy", "ortools")
"""Libraries that decide a plan, beside the planner itself."""

_routes = SharedRoutes()


class Status(StrEnum):
    """How a scenario ended."""

    PLANNED = "planned"
    INFEASIBLE = "infeasible"  # what it asks for cannot be met
    FAILED = "failed"  # an error of the planner
    KILLED = "killed"  # its worker died, twice


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is kept of a finished scenario; ``message`` says why there is no plan."""

    key: str
    status: Status
    message: str
    figures: Figures

    def line(self) -> str:
        """Return the record as one line of JSON."""
        content = {
            "key": self.key,
            "status": self.status.value,
            "message": self.message,
            "figures": self.figures,
        }
        return json.dumps(content, separators=(",", ":"), ensure_ascii=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A scenario to plan. ``hall`` is the same for scenarios that share routes."""

    key: str
    hall: str
    seed: int
    versions: tuple[str, ...]
    payload: bytes


class OtherVersionsError(Exception):
    """A worker has other versions than the driver: the same bytes cannot be promised."""


@cache
def installed_versions() -> tuple[str, ...]:
    """Return what decides a plan, with versions."""
    return (f"planner {__version__}", *(f"{library} {version(library)}" for library in LIBRARIES))


def make_task(inputs: Inputs, seed: int) -> Task:
    """Pack resolved inputs; equal inputs, seeds and versions have equal keys."""
    versions = installed_versions()
    sha256 = fingerprint(inputs.layout, inputs.catalog)
    key = hashlib.sha256(json.dumps([sha256, seed, versions]).encode()).hexdigest()
    content = replace(inputs.layout, name=""), inputs.catalog
    payload = zlib.compress(pickle.dumps(content, protocol=5), 1)
    return Task(key=key, hall=hall_hash(inputs), seed=seed, versions=versions, payload=payload)


def plan_task(task: Task) -> Record:
    """Plan and verify a scenario; whatever goes wrong with it is a record too."""
    if task.versions != installed_versions():
        message = f"the worker has {', '.join(installed_versions())}; expected {', '.join(task.versions)}"
        raise OtherVersionsError(message)
    # Only ever what ``make_task`` packed.
    layout, catalog = pickle.loads(zlib.decompress(task.payload))
    inputs = Inputs(layout=layout, catalog=catalog, places={})
    stopwatch = Stopwatch()
    try:
        with no_search_for_cycles():
            prepared = prepare_inputs(inputs, stopwatch, _routes.route)
            figures = figures_of(plan_prepared(prepared, SolveOptions(seed=task.seed), stopwatch))
    except InfeasibleError as error:
        return refused(task.key, error.findings)
    except PlannerError as error:
        return Record(key=task.key, status=Status.FAILED, message=_text(error.findings), figures={})
    except Exception as error:
        message = f"an error of the planner: {type(error).__name__}: {error}"
        return Record(key=task.key, status=Status.FAILED, message=" ".join(message.split()), figures={})
    return Record(key=task.key, status=Status.PLANNED, message="", figures=figures)


def refused(key: str, findings: tuple[Finding, ...]) -> Record:
    """Return the record of a scenario that cannot be."""
    return Record(key=key, status=Status.INFEASIBLE, message=_text(findings), figures={})


def _text(findings: tuple[Finding, ...]) -> str:
    return "; ".join(f"{one.message} [{one.code}]" for one in findings)


def read_record(line: str) -> Record:
    """Read a line back; ValueError, KeyError or TypeError where it is no record."""
    content: Any = json.loads(line)
    figures = content["figures"]
    if not isinstance(figures, dict) or not all(
        isinstance(one, str) for one in (content["key"], content["message"])
    ):
        raise ValueError("not a record")
    return Record(
        key=content["key"], status=Status(content["status"]), message=content["message"], figures=figures
    )
