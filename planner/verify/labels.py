"""Identifiers, and labels of runs and cords."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from planner.errors import Finding
from planner.model.plan import CableEnd, CableRun
from planner.verify.ground import Ground, fault


def check_labels(ground: Ground) -> Iterator[Finding]:
    """Check what is printed on the cables."""
    runs = ground.plan.runs
    for cable_id, count in Counter(run.cable_id for run in runs).items():
        if count > 1:
            yield fault("id-used-twice", f"cable id {cable_id} names {count} runs")
    for run in runs:
        expected = f"{run.fabric}-{run.a.rack}U{run.a.u:02d}{_socket(run.a)}"
        if run.cable_id != expected:
            yield fault("wrong-cable-id", f"run {run.cable_id}: its end A makes it {expected}")
        a, b = (f"{end.rack}-U{end.u:02d}-{_socket(end)}" for end in (run.a, run.b))
        for side, label, wanted in (("A", run.label_a, f"{a} / {b}"), ("B", run.label_b, f"{b} / {a}")):
            if label != wanted:
                yield fault(
                    "wrong-label",
                    f"run {run.cable_id}: label at end {side} reads '{label}', expected '{wanted}'",
                )
        yield from _check_cords(ground, run, a, b)


def _socket(end: CableEnd) -> str:
    return f"C{end.cage:02d}P{end.port}" if end.port else f"C{end.cage:02d}"


def _check_cords(ground: Ground, run: CableRun, a: str, b: str) -> Iterator[Finding]:
    option = ground.options.get(run.option)
    if option is None:
        return
    count = option.cables_per_run if option.cable.category == "cord" else 0
    joined = [(f"{a}/{number}", f"{b}/{number}") for number in range(1, count + 1)]
    wanted_a = [f"{near} / {far}" for near, far in joined]
    wanted_b = [f"{far} / {near}" for near, far in joined]
    for side, labels, wanted in (("A", run.cord_labels_a, wanted_a), ("B", run.cord_labels_b, wanted_b)):
        if list(labels) != wanted:
            yield fault(
                "wrong-cord-label",
                f"run {run.cable_id}: cords at end {side} are labeled '{'; '.join(labels)}', expected"
                f" '{'; '.join(wanted)}'",
            )
