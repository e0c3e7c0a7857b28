"""Keeps the command line listening while a solver works."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

Result = TypeVar("Result")


def run_interruptibly(work: Callable[[], Result]) -> Result:
    """Return what ``work`` returns; an interrupt is raised here at once.

    Python hears of a signal only in its main thread and only between two steps of its own, which a
    solver written in C++ takes minutes to give it. So the work is done in a thread of its own. An
    interrupt leaves that thread behind: the caller is about to end the process.
    """
    future: Future[Result] = Future()

    def fulfil() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    Thread(target=fulfil, daemon=True).start()
    return future.result()
