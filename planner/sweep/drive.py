"""Keeps workers busy until every task has a record, whichever workers die on the way."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait

from planner.errors import Finding, PlannerError
from planner.sweep.executors import Work, Workers
from planner.sweep.task import OtherVersionsError, Record, Status, Task

KILLED = "the process that planned it died, also when it had the workers for itself; not tried again"


class _Drive:
    """Tasks waiting, suspected and under way.

    A dead worker says nothing about which task killed it. All that were under way are suspects and
    tried again one at a time: a task that loses its worker then is the one.
    """

    def __init__(self, tasks: Iterable[Task], workers: Workers, work: Work) -> None:
        self._waiting = deque(tasks)
        self._suspects: deque[Task] = deque()
        self._running: dict[Future[Record], Task] = {}
        self._alone: Task | None = None
        self._is_broken = False
        self._workers = workers
        self._work = work

    def run(self, finish: Callable[[Record], None]) -> None:
        while self._waiting or self._suspects or self._running:
            self._fill()
            for future in wait(self._running, return_when=FIRST_COMPLETED).done:
                record = self._take(future)
                if record is not None:
                    finish(record)

    def _fill(self) -> None:
        """Start what may be started; nothing while tasks of a broken executor are still to tell so."""
        if self._is_broken:
            if self._running:
                return
            self._workers.renew()
            self._is_broken = False
        if self._suspects:
            if not self._running:
                self._alone = self._suspects.popleft()
                self._submit(self._alone)
            return
        while self._waiting and len(self._running) < self._workers.capacity() and not self._is_broken:
            self._submit(self._waiting.popleft())

    def _submit(self, task: Task) -> None:
        try:
            self._running[self._workers.submit(self._work, task)] = task
        except BrokenExecutor:  # it broke since the last result: those under way will tell so
            self._waiting.appendleft(task)
            self._is_broken = True

    def _take(self, future: Future[Record]) -> Record | None:
        """Return the record of a future; None where its worker died."""
        task = self._running.pop(future)
        alone, self._alone = self._alone, None
        error = future.exception()
        if error is None:
            return future.result()
        if isinstance(error, OtherVersionsError):
            raise PlannerError([Finding(code="other-versions", message=str(error))])
        if not self._workers.is_loss(error):
            raise error
        self._is_broken = True
        if task is alone:
            return Record(key=task.key, status=Status.KILLED, message=KILLED, figures={})
        self._suspects.append(task)
        return None


def drive(tasks: Iterable[Task], workers: Workers, work: Work, finish: Callable[[Record], None]) -> None:
    """Do all tasks and hand each record to ``finish`` as soon as it is there."""
    _Drive(tasks, workers, work).run(finish)
