"""What a sweep costs: ``python -m tests.benchmarks.sweep [STUDY] [--sample N]``.

A sample of a study's scenarios, evenly spread, is swept from nothing with one process and with all: seconds,
how much faster, CPU seconds a scenario, and what the whole study would take.
"""

from __future__ import annotations

import argparse
import os
import resource
import time
from pathlib import Path

from planner.inputs.scenarios import resolve_scenarios
from planner.inputs.shipped import find_study
from planner.inputs.study import read_study
from planner.sweep.drive import drive
from planner.sweep.executors import LocalWorkers
from planner.sweep.task import Record, Task, make_task, plan_task


def tasks_of(study: Path) -> list[Task]:
    return [make_task(one.inputs, 1) for one in resolve_scenarios(read_study(study)) if one.inputs]


def sweep(tasks: list[Task], count: int) -> tuple[float, list[str]]:
    """Return the seconds, the start of the processes included, and the records."""
    records: list[Record] = []
    workers = LocalWorkers(count)
    begin = time.perf_counter()
    drive(tasks, workers, plan_task, records.append)
    seconds = time.perf_counter() - begin
    workers.close()
    return seconds, sorted(record.line() for record in records)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study", nargs="?", default="nvl576-floor")
    parser.add_argument("--sample", type=int, default=20)
    arguments = parser.parse_args()
    begin = time.process_time()
    tasks = tasks_of(find_study(arguments.study))
    print(f"{len(tasks)} scenarios read in {time.process_time() - begin:.1f} s of one core", flush=True)
    sample = tasks[:: max(1, len(tasks) // arguments.sample)][: arguments.sample]
    cores = len(os.sched_getaffinity(0))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    alone, first = sweep(sample, 1)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / len(sample)
    together, second = sweep(sample, cores)
    print(f"sample of {len(sample)}: {alone:.1f} s with 1 process, {together:.1f} s with {cores}")
    print(f"{alone / together:.2f} times faster; {cpu:.2f} s CPU a scenario, equal: {first == second}")
    whole = cpu * len(tasks) / cores / 60
    print(
        f"whole study: {together / len(sample) * len(tasks) / 60:.1f} min as measured, {whole:.1f} min by CPU"
    )


if __name__ == "__main__":
    main()
