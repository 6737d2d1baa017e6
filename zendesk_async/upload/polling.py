"""When to ask Zendesk for the jobs in flight. Pure: ``now`` is an argument, in seconds.

Every question costs one request of the account, and one question answers for all jobs. So the pace follows the jobs:
``typical`` is how long they have been taking, and a question is asked every ``RELAXED`` part of that. Where jobs finish
at once the next question comes at once; where they take ten seconds it comes every four. Lag only costs throughput when
it keeps job slots occupied that the upload needs, or when the upload waits for its last jobs: then questions come
closer.

Before the first job has ended its length is unknown: the questions back off from 50 ms by doubling.
"""

from __future__ import annotations

import math

__all__ = ["Polling"]

FIRST = 0.05
RELAXED = 0.4
PRESSED = 0.12
SLOWEST = 5.0
SLOWEST_PRESSED = 2.0
NOT_BEFORE = 0.5  # of the typical length: no job younger than that is worth a question
CROWDED = 0.8  # of the job slots in use
WEIGHT = 0.3  # of the newest observation in the moving average


class Polling:
    """The jobs in flight, and when to ask for them. ``slots`` is how many jobs there may be."""

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._started: dict[str, float] = {}
        self._asked = -math.inf
        self._typical: float | None = None
        self.draining = False

    def __repr__(self) -> str:
        known = "unknown" if self._typical is None else f"{self._typical:.2f} s"
        return f"<Polling {len(self._started)} of {self._slots} jobs, typical length {known}>"

    def __len__(self) -> int:
        return len(self._started)

    def started(self, job_id: str, now: float) -> None:
        """A job was accepted, or taken over from an earlier process."""
        self._started[job_id] = now

    def jobs(self) -> list[str]:
        """All jobs in flight, the oldest first."""
        return list(self._started)

    def age(self, job_id: str, now: float) -> float:
        """Seconds since a job in flight was accepted."""
        return now - self._started[job_id]

    def next_at(self) -> float:
        """When to ask next; infinity when there is nothing to ask for."""
        if not self._started:
            return math.inf
        oldest = next(iter(self._started.values()))
        if self._typical is None:
            return (
                max(oldest, self._asked + min(SLOWEST, max(FIRST, self._asked - oldest)))
                if self._asked >= oldest
                else oldest
            )
        return max(self._asked + self._interval(self._typical), oldest + NOT_BEFORE * self._typical)

    def _interval(self, typical: float) -> float:
        pressed = self.draining or len(self._started) >= CROWDED * self._slots
        return min(SLOWEST_PRESSED, PRESSED * typical) if pressed else min(SLOWEST, RELAXED * typical)

    def asked(self, now: float) -> None:
        """The question was put at ``now``. Call it after ``ended`` for the jobs that its answer settled."""
        self._asked = now

    def ended(self, job_id: str, now: float) -> None:
        """A job was found at its end at ``now``: learn from how long it took, at least and at most."""
        started = self._started.pop(job_id)
        most = now - started
        least = self._asked - started if self._asked > started else 0.0
        observed = (least + most) / 2
        self._typical = observed if self._typical is None else self._typical + WEIGHT * (observed - self._typical)

    def dropped(self, job_id: str) -> None:
        """A job is given up: nothing is learned from it."""
        self._started.pop(job_id, None)
