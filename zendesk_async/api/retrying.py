"""When to try again, and when to stop trying. Pure: the clock and the dice are arguments.

backoff drives the attempts; this generator tells it how long to wait. backoff's own jitter stays off
(``jitter=None``), because full jitter would wait *less* than Retry-After asks. Here Retry-After is a floor, and jitter
is added above it.

TooManyJobs spends no patience and is not waited for here: the account's slots are shared, and others may hold them for
as long as they like. The throttle holds such a request back until a slot may be free.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from zendesk_async.errors import ApiError, TooManyJobs

__all__ = ["waits"]

FIRST = 0.5
LONGEST = 60.0
SPREAD = 0.25


def waits(patience: float, now: Callable[[], float], dice: Callable[[], float]) -> Generator[float, Any, None]:
    """Yield the seconds to wait after each error sent in; end when ``patience`` seconds would be exceeded.

    Without Retry-After the waits double from 0.5 s to 60 s. Up to a quarter is added to each, drawn by ``dice``
    (0 to 1), so that workers who failed together do not come back together.
    """
    error: ApiError = yield 0.0  # backoff primes its generators with an empty send
    began = now()
    step = FIRST
    while True:
        if isinstance(error, TooManyJobs):
            error = yield 0.0
            began = now()
            continue
        floor = error.retry_after if error.retry_after is not None else step
        wait = floor + SPREAD * dice() * max(min(floor, LONGEST), FIRST)
        if now() - began + wait > patience:
            return
        error = yield wait
        step = min(LONGEST, step * 2)
