"""The search for cyclic garbage, left out where there is none to find."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_search_for_cycles() -> Iterator[None]:
    """Leave the search for cyclic garbage out for a while.

    A plan is millions of values that live until it is written and hold no cycles: looking for some takes
    a seventh of a large plan's time and finds nothing. What makes a plan is best decorated whole: the search
    that follows would go through all that is still there.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
