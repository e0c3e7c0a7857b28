"""Ends a search early where somebody asks for it: a time limit, or an interrupt.

Every step of the optimizer asks whether to go on, and every call of a solver goes through ``unless_stopped``.
Once told to end, steps leave what they have: the best placement so far, and certificates, which hold whatever
a solver had got to. Where nobody gave a limit nothing here looks at a clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Thread
from threading import enumerate as living_threads
from typing import TypeVar

Result = TypeVar("Result")

_SOLVER = "solver that may be left behind"
_LISTENS_EVERY_S = 0.05
"""How often it is seen whether to leave a solver, which hears nothing itself, to its own devices."""


class Stop:
    """Whether the search is to end, and what ended it.

    Parameters
    ----------
    limit_s
        Seconds from now after which it ends; None: no limit.
    limit_words
        What the report calls the limit.
    by_interrupt
        Whether ``ask`` may be called, from a signal handler or another thread.
    """

    def __init__(
        self, limit_s: float | None = None, limit_words: str = "", *, by_interrupt: bool = False
    ) -> None:
        self._end_s = None if limit_s is None else time.monotonic() + limit_s
        self._limit_words = limit_words
        self._asked_by = ""
        self.comes_any_time = limit_s is not None or by_interrupt
        self.cut: str | None = None

    def ask(self, words: str) -> None:
        """Ask for the end; ``words`` say in the report what did."""
        self._asked_by = self._asked_by or words

    def asked(self) -> bool:
        """Tell a step whether to end. ``cut`` is set once a step was told so: the search is not whole."""
        if not self._asked_by and self._end_s is not None and time.monotonic() >= self._end_s:
            self._asked_by = self._limit_words
        self.cut = self._asked_by or None
        return bool(self._asked_by)

    @property
    def left_s(self) -> float | None:
        """Seconds until the limit, None where there is none."""
        return None if self._end_s is None else max(0.0, self._end_s - time.monotonic())


NEVER = Stop()
_heeded: ContextVar[Stop] = ContextVar("stop", default=NEVER)


@contextmanager
def heeding(stop: Stop) -> Iterator[None]:
    """Let all steps within ask this one; ``NEVER`` for what a plan cannot do without."""
    before = _heeded.set(stop)
    try:
        yield
    finally:
        _heeded.reset(before)


def is_stopped() -> bool:
    """Tell whether the search is to end in order."""
    return _heeded.get().asked()


def may_be_stopped() -> bool:
    """Tell whether the search may have to end at any moment: then a placement at hand is worth its time."""
    return _heeded.get().comes_any_time


def left_s() -> float | None:
    """Seconds until the search is to end, None where no limit says so."""
    return _heeded.get().left_s


def unless_stopped(call: Callable[[], Result]) -> Result | None:
    """Return what a solver's call gives; None where the search is to end before it does.

    A solver that hears nothing goes on in a thread of its own and is left behind.
    """
    stop = _heeded.get()
    if stop.asked():
        return None
    if not stop.comes_any_time:
        return call()
    future: Future[Result] = Future()

    def fulfil() -> None:
        try:
            future.set_result(call())
        except BaseException as error:
            future.set_exception(error)

    Thread(target=fulfil, name=_SOLVER, daemon=True).start()
    while True:
        try:
            return future.result(timeout=_LISTENS_EVERY_S)
        except TimeoutError:
            if stop.asked():
                return None


def is_solver_left_behind() -> bool:
    """Tell whether a solver still goes on: Python cannot end in order around it."""
    return any(thread.name == _SOLVER for thread in living_threads())
