"""Work shared with a fork of this process: two take tasks in turn, and give what one alone would give."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from threading import Thread
from typing import Generic, NoReturn, TypeVar

from planner.interrupts import INTERRUPTS, take_away_on_interrupt

Result = TypeVar("Result")
_NUMBER_BYTES = 4
_MOST_TASKS = 4_000
"""Tasks whose numbers fit into a pipe at once."""


def in_turns(tasks: Sequence[Callable[[], Result]], *, are_long: bool = True) -> list[Result]:
    """Return what each task gives, in order; where there is a second core, a fork takes part.

    Tasks that take less time than another process to start (not ``are_long``) are done here.

    Whoever is free takes the next task, so those that take longest should come first. What a task gives
    travels between processes and should be small. A fork that fails, in whatever way, leaves its tasks to
    this process, which then does them itself: errors are those of one process, and come from here.
    """
    if not (are_long and 1 < len(tasks) <= _MOST_TASKS and _has_second_core()):
        return [task() for task in tasks]
    turns = _Turns(len(tasks))
    fork = _Fork(lambda: _taken(tasks, turns))
    try:
        done = _taken(tasks, turns)
        done |= fork.results()
    finally:
        fork.end()
        turns.close()
    return [done[number] if number in done else task() for number, task in enumerate(tasks)]


def _has_second_core() -> bool:
    # Elsewhere system libraries do not outlive a fork.
    return sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1


def _taken(tasks: Sequence[Callable[[], Result]], turns: _Turns) -> dict[int, Result]:
    return {number: tasks[number]() for number in turns}


class _Turns:
    """Numbers of tasks, each given once to whichever process asks first: they lie in a pipe."""

    def __init__(self, count: int) -> None:
        self._numbers, full = os.pipe()
        os.write(full, b"".join(number.to_bytes(_NUMBER_BYTES, "little") for number in range(count)))
        os.close(full)

    def __iter__(self) -> Iterator[int]:
        while number := os.read(self._numbers, _NUMBER_BYTES):
            yield int.from_bytes(number, "little")

    def close(self) -> None:
        os.close(self._numbers)


class _Fork(Generic[Result]):
    """A fork that does some work, says what it gave, and ends with this process, however that ends."""

    def __init__(self, work: Callable[[], dict[int, Result]]) -> None:
        self._process = 0
        self._answer, answer = os.pipe()
        life, self._life = os.pipe()
        take_away_on_interrupt(self._kill)
        # The fork leaves interrupts to this process, from its first moment on.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, INTERRUPTS)
        try:
            with warnings.catch_warnings():
                # Of other threads one waits for this one, and a solver's hold nothing that the work needs.
                warnings.simplefilter("ignore", DeprecationWarning)
                process = os.fork()
            if not process:
                os.close(self._life)
                _work_and_end(work, answer, life)
            self._process = process
        except OSError:
            pass  # no room for another process: this one works alone
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os.close(answer)
        os.close(life)

    def results(self) -> dict[int, Result]:
        """Wait for what the work gave; nothing where the fork failed."""
        if not self._process:
            return {}
        with open(self._answer, "rb", closefd=False) as file:
            answer = file.read()
        _, status = os.waitpid(self._process, 0)
        self._process = 0
        results: dict[int, Result] = pickle.loads(answer) if status == 0 else {}
        return results

    def end(self) -> None:
        """End the fork, if it has not ended, and let go of what belongs to it."""
        self._kill()
        os.close(self._answer)
        os.close(self._life)

    def _kill(self) -> None:
        if self._process:
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(self._process, signal.SIGKILL)
                os.waitpid(self._process, 0)
            self._process = 0


def _work_and_end(work: Callable[[], object], answer: int, life: int) -> NoReturn:
    """Do the work in the fork and end it: what called is not to go on twice."""
    code = 1
    try:
        for number in INTERRUPTS:
            signal.signal(number, signal.SIG_IGN)
        Thread(target=_end_with, args=(life,), daemon=True).start()
        with open(answer, "wb") as file:
            pickle.dump(work(), file)
        code = 0
    finally:
        os._exit(code)


def _end_with(life: int) -> None:
    """End this process once the other end of a pipe is closed: nobody would take its results."""
    os.read(life, 1)
    os._exit(1)
