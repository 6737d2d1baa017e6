"""What an upload's progress looks like, as text. Pure: the display (``display.py``) decides where it goes."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from zendesk_async.cli.numbers import count, counted, duration, per_second

if TYPE_CHECKING:
    from zendesk_async.models import Counts
    from zendesk_async.upload.progress import Progress

__all__ = ["Pace", "figures", "one_line", "pace_line", "waiting"]

WINDOW = 30.0  # seconds over which the rate is taken: jobs end in bursts
SETTLING_IN = 2.0  # seconds before a rate means anything
STILL = 5.0  # seconds without an outcome after which the rate is no longer that of the last burst

_WAITING = {
    "": "",
    "rate": "at the rate limit",
    "jobs": "waiting for a job slot: the account's are all taken",
    "requests per minute": "waiting for the account's requests of the next minute",
    "Retry-After": "Zendesk asked for a pause",
}


class _Mark(NamedTuple):
    elapsed: float
    settled: int
    judged: int


class Pace:
    """How fast an upload is going. Tell it every snapshot that is shown. ``most``: records at most (``--limit``)."""

    def __init__(self, most: int | None = None) -> None:
        self._most = most
        self._marks: deque[_Mark] = deque()
        self._total: float | None = None

    def __repr__(self) -> str:
        return f"<Pace {per_second(self.rate or 0)} users/s>"

    def note(self, progress: Progress) -> None:
        """Take a snapshot into account."""
        records = progress.records
        mark = _Mark(progress.elapsed, records.settled, judged(records))
        if not self._marks or mark.settled != self._marks[-1].settled or mark.elapsed > self._marks[-1].elapsed + STILL:
            self._marks.append(mark)
        while len(self._marks) > 2 and self._marks[1].elapsed < progress.elapsed - WINDOW:
            self._marks.popleft()
        sizes = [records.read / progress.fraction] if progress.fraction else []
        self._total = min([*sizes, *([self._most] if self._most is not None else [])], default=None)

    @property
    def rate(self) -> float | None:
        """Users per second that Zendesk has dealt with lately; None when it is too early to say."""
        return self._per_second(lambda mark: mark.judged)

    @property
    def share(self) -> float | None:
        """How much of the input is settled, 0 to 1; None when its size is not known."""
        if not self._marks or not self._total:
            return None
        return min(1.0, self._marks[-1].settled / self._total)

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the whole input is settled; None when that cannot be told.

        The size of the input in records is estimated from how much of its bytes has been read.
        """
        rate = self._per_second(lambda mark: mark.settled)
        if not rate or self._total is None:
            return None
        return max(0.0, (self._total - self._marks[-1].settled) / rate)

    def _per_second(self, count_of: Callable[[_Mark], int]) -> float | None:
        if not self._marks:
            return None
        first, last = self._marks[0], self._marks[-1]
        seconds = last.elapsed - first.elapsed
        if seconds < SETTLING_IN:
            return None
        return (count_of(last) - count_of(first)) / seconds


def judged(records: Counts) -> int:
    """Records that Zendesk has dealt with."""
    return records.created + records.updated + records.merged + records.failed


def figures(records: Counts) -> str:
    """``12,000 records: 300 created, 11,650 updated, 50 failed``; what there is none of is left out."""
    kinds = ("created", "updated", "unchanged", "merged", "rejected", "failed")
    some = [f"{count(number)} {name}" for name in kinds if (number := getattr(records, name))]
    return counted(records.settled, "record") + (": " + ", ".join(some) if some else " so far")


def pace_line(progress: Progress, pace: Pace, limit: float) -> str:
    """``99.4 of 100 users/s, 12 jobs in flight, at the rate limit, 3 h 20 min left``."""
    parts = []
    if pace.rate is not None:
        most = f" of {per_second(limit)}" if math.isfinite(limit) else ""
        parts.append(f"{per_second(pace.rate)}{most} users/s")
    parts.append(counted(progress.in_flight, "job") + " in flight")
    parts.append(waiting(progress))
    if (left := pace.seconds_left) is not None:
        parts.append(f"about {duration(left) if left >= 10 else f'{left:.0f} s'} left")
    return ", ".join(part for part in parts if part)


def waiting(progress: Progress) -> str:
    """What the next batch waits for; a pause with its countdown."""
    if progress.pause_left > 0:
        return f"{_WAITING['Retry-After']}: {progress.pause_left:.0f} s"
    return _WAITING.get(progress.waiting_for, progress.waiting_for)


def one_line(progress: Progress, pace: Pace, limit: float) -> str:
    """All of it on one line, for a log."""
    return f"{figures(progress.records)}; {pace_line(progress, pace, limit)}"
