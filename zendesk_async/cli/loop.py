"""The event loop that a command runs on: one place where another one can be chosen."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

__all__ = ["run"]

T = TypeVar("T")


def run(coro: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end.

    It is asyncio's own loop: uvloop saves nothing that can be seen at 100 users a second, and its clock counts whole
    milliseconds, which the throttle must not rest on.
    """
    return asyncio.run(coro)
