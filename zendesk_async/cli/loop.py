"""The event loop that a command runs on, and how the process is set up for it: one place for both."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

__all__ = ["run"]

T = TypeVar("T")

COLLECTED = 50_000
"""New objects after which the garbage collector looks at them; Python's own 700 are one chunk of records."""


def run(coro: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end: on uvloop where that is installed, else on asyncio's own loop.

    The throttle goes by a clock of its own there: uvloop's counts whole milliseconds.
    """
    with rare_collections():
        return _runner()(coro)


def _runner() -> Callable[[Coroutine[Any, Any, T]], T]:
    try:
        import uvloop
    except ImportError:
        return asyncio.run
    return uvloop.run


@contextmanager
def rare_collections() -> Iterator[None]:
    """Let the garbage collector run seldom: records make no cycles, and it looks at every one of them each time."""
    usual = gc.get_threshold()
    gc.set_threshold(COLLECTED, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
