"""Where scenarios are planned: processes of this machine, or the workers of a Dask scheduler."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from threading import Thread
from typing import Any, Protocol

from planner.errors import Finding, PlannerError
from planner.sweep.task import Record, Task

Work = Callable[[Task], Record]
_CONNECT_SECONDS = 10
_QUIET = "ignore:resource_tracker:UserWarning"
_AHEAD = 2
"""Scenarios sent ahead to each thread of a cluster: the next is there when one is finished."""


class Workers(Protocol):
    """An executor, and what to do when a worker of it dies."""

    def capacity(self) -> int:
        """Return how many scenarios to have under way."""

    def submit(self, work: Work, task: Task) -> Future[Record]:
        """Start a scenario; raises BrokenExecutor where the executor is broken."""

    def is_loss(self, error: BaseException) -> bool:
        """Tell whether an error of a future means that its worker died."""

    def renew(self) -> None:
        """Start a new executor where the death of a worker has broken it."""

    def close(self) -> None:
        """End the workers that this started."""


class LocalWorkers:
    """Processes of this machine. One that dies breaks all futures of the executor."""

    def __init__(self, count: int | None = None) -> None:
        self._count = count or len(os.sched_getaffinity(0))
        # An interrupt ends the driver at once; the process that then clears up after it need not say so.
        if _QUIET not in sys.warnoptions:
            sys.warnoptions.append(_QUIET)
        self._executor: Executor = self._start()

    def _start(self) -> Executor:
        # Not forked: a fork copies locks of threads that it does not copy.
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._count, mp_context=context, initializer=_end_with_parent)

    def capacity(self) -> int:
        """Return the number of processes."""
        return self._count

    def submit(self, work: Work, task: Task) -> Future[Record]:
        """Start a scenario; the process that this may start hears no Ctrl-C, only the driver does."""
        with _interrupts_held():
            return self._executor.submit(work, task)

    def is_loss(self, error: BaseException) -> bool:
        """Tell whether the executor is broken."""
        return isinstance(error, BrokenExecutor)

    def renew(self) -> None:
        """Start new processes."""
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._executor = self._start()

    def close(self) -> None:
        """End the processes."""
        self._executor.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with_parent() -> None:
    """End this process when the driver ends, however that happens: nobody would take its result."""
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    Thread(target=wait, daemon=True).start()


class DaskWorkers:
    """Workers of a Dask scheduler, which starts their scenarios again when one dies."""

    def __init__(self, address: str) -> None:
        try:
            import distributed
        except ImportError:
            message = "--scheduler needs Dask; install it with: pip install 'planner[sweep]'"
            raise PlannerError([Finding(code="no-dask", message=message)]) from None
        try:
            connect: Any = distributed.Client
            self._client: Any = connect(address, timeout=_CONNECT_SECONDS, set_as_default=False)
            self._client.wait_for_workers(1, timeout=_CONNECT_SECONDS)
        except (OSError, ValueError, TimeoutError) as error:
            message = f"scheduler '{address}' has no worker or does not answer: {error}"
            raise PlannerError([Finding(code="no-scheduler", message=" ".join(message.split()))]) from error
        self._lost: type[BaseException] = distributed.KilledWorker
        # Not pure: a scenario that is tried again must not get its first, lost future back.
        self._executor: Executor = self._client.get_executor(pure=False)

    def capacity(self) -> int:
        """Return what keeps every thread of the cluster busy."""
        return max(1, _AHEAD * sum(int(threads) for threads in self._client.nthreads().values()))

    def submit(self, work: Work, task: Task) -> Future[Record]:
        """Start a scenario."""
        return self._executor.submit(work, task)

    def is_loss(self, error: BaseException) -> bool:
        """Tell whether Dask has given up on a scenario whose workers died."""
        return isinstance(error, self._lost)

    def renew(self) -> None:
        """Do nothing: the cluster replaces its workers itself."""

    def close(self) -> None:
        """Leave the cluster; it goes on without this sweep."""
        self._executor.shutdown(wait=False)
        self._client.close()
