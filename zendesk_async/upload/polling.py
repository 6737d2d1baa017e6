"""When to ask Zendesk for the jobs in flight. Pure: ``now`` is an argument, in seconds.

Every question costs one request of the account, and one question answers for all jobs. Lag costs nothing while there
are job slots to spare, so then questions are ``RELAXED``: a job is left alone until it should have ended, and what
ended meanwhile waits for company. Lag costs throughput when the upload waits for a slot, and time when it waits for its
last jobs: then questions are ``PRESSED``.

Theory of operation. ``typical`` is how long jobs have been taking. When one is found at its end, its length lies
between its age at the question before and its age now; the middle counts. A job that is found by its very first
question may have ended long before, so it counts as rather shorter: without that, jobs that have become shorter would
never be noticed. When half of the jobs in flight are older than ``typical``, jobs have become longer, and that counts
before one has ended. Half, because a few that are stuck say nothing of the others. A job that outstays its time is
asked for again after a fixed part of its age, so even one that is stuck is asked for now and then only.

Before the first job has ended nothing is known, and only the oldest is followed: it is asked for at once, then after
50 ms, then whenever its age has tripled, up to every ``SCOUTING`` seconds.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import NamedTuple

__all__ = ["Polling"]


class _Pace(NamedTuple):
    """How far apart questions are. ``due`` and ``part`` are parts of a job's length, the others bound them.

    due    the age at which a job is first worth a question
    part   from one question to the next, but ``most`` seconds at most
    brief  seconds below which ``part`` is too often, since a minute has only so many requests; but for jobs that are
           themselves so short never more than ``times`` their length
    """

    due: float
    part: float
    brief: float
    times: float
    most: float

    def seconds(self, length: float, least: float) -> float:
        """From a question to the next, where jobs are this long. It grows with the length, and is never nothing."""
        return max(least, min(self.most, max(self.part * length, min(self.brief, self.times * length))))

    def patient(self, age: float, least: float) -> float:
        """To the next question for a job that has outstayed its time: however pressed, a stuck one is left in peace."""
        return max(self.seconds(age, least), min(SLOWEST, self.part * age))


FIRST = 0.05  # seconds from the very first question to the second
LEAST = 0.005  # seconds: a job that is not finished is never asked for again at once
LEAST_EACH = 0.0004  # seconds for each slot: with few of them, waiting for company only keeps them empty
SLOWEST = 4.5  # seconds
RELAXED = _Pace(due=1.05, part=0.45, brief=1.0, times=2.0, most=SLOWEST)
PRESSED = _Pace(due=0.85, part=0.03, brief=0.1, times=0.1, most=0.75)

SCOUTING = 2.5  # seconds from question to question while no job has ended yet, at most
LONGEST = 30.0  # seconds that a job counts for: one that was stuck for an hour must not make the next ones wait
WEIGHT = 0.3  # of the newest observation in the moving average
UNSEEN = 0.6  # of its greatest possible length: what a job counts for that ended before it was first asked for
CLOSE = 0.15  # of the typical length: a question that near to the end of the last job waits for that


class Polling:
    """The jobs in flight, and when to ask for them. ``slots`` is how many jobs there may be.

    ``draining`` says that no further jobs will come; ``short`` that somebody waits for a job slot although not all of
    ours are taken, because other integrations of the account hold the rest.
    """

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self.least = min(LEAST, LEAST_EACH * slots)
        """Seconds between two questions, at least."""
        self._started: dict[str, float] = {}  # in the order of their start
        self._adopted: set[str] = set()
        self._asked = -math.inf
        self._typical: float | None = None
        self.draining = False
        self.short = False

    def __repr__(self) -> str:
        known = "unknown" if self._typical is None else f"{self._typical:.2f} s"
        return f"<Polling {len(self._started)} of {self._slots} jobs, typical length {known}>"

    def __len__(self) -> int:
        return len(self._started)

    def started(self, job_id: str, now: float, *, adopted: bool = False) -> None:
        """A job was accepted; or it was ``adopted`` from an earlier process, so its age is not known."""
        self._started[job_id] = now
        if adopted:
            self._adopted.add(job_id)

    def jobs(self) -> list[str]:
        """All jobs in flight, the oldest first."""
        return list(self._started)

    def age(self, job_id: str, now: float) -> float:
        """Seconds since a job in flight was accepted."""
        return now - self._started[job_id]

    def next_at(self) -> float:
        """When to ask next; infinity when there is nothing to ask for. It changes with every call of another method."""
        starts = list(self._started.values())
        if not starts:
            return math.inf
        pressed = self.short or len(starts) >= self._slots
        if self._typical is None:
            return self._scouting(starts[0], PRESSED.most if pressed else SCOUTING)
        typical = max(self._typical, min(LONGEST, self._asked - starts[len(starts) // 2]))
        if pressed:
            return self._worth_asking(starts, typical, PRESSED)
        at = self._worth_asking(starts, typical, RELAXED)
        if self.draining:
            end = self._worth_asking(starts[-1:], typical, PRESSED._replace(due=RELAXED.due))
            return end if end < at + CLOSE * typical else at
        return at

    def _scouting(self, oldest: float, most: float) -> float:
        """When to ask while nothing is known. While draining somebody waits for these very jobs: a small upload's."""
        age = self._asked - oldest
        if self.draining:
            most = min(most, max(PRESSED.most, age / 8))
        return oldest if age < 0 else self._asked + min(most, max(FIRST, 2 * age))

    def _worth_asking(self, starts: list[float], typical: float, pace: _Pace) -> float:
        """When the first of these jobs is worth a question, and the last question is long enough ago."""
        due = pace.due * typical
        overdue = bisect_right(starts, self._asked - due)
        at = math.inf
        if overdue < len(starts):
            at = starts[overdue] + due
        if overdue:
            at = min(at, self._asked + pace.patient(self._asked - starts[overdue - 1], self.least))
        return max(at, self._asked + pace.seconds(typical, self.least))

    def asked(self, now: float) -> None:
        """The question was put at ``now``. Call it after ``ended`` for the jobs that its answer settled."""
        self._asked = now

    def ended(self, job_id: str, now: float) -> None:
        """A job was found at its end at ``now``: learn from how long it took, at least and at most.

        Nothing is learned from one that was adopted: nobody knows when it began.
        """
        started = self._started.pop(job_id)
        if job_id in self._adopted:
            self._adopted.discard(job_id)
            return
        least, most = self._asked - started, now - started
        typical = most if self._typical is None else self._typical
        observed = (least + most) / 2 if least > 0 else UNSEEN * min(typical, most)
        weight = 1.0 if self._typical is None else WEIGHT
        self._typical = typical + weight * (min(LONGEST, observed) - typical)

    def dropped(self, job_id: str) -> None:
        """A job is given up: nothing is learned from it."""
        self._started.pop(job_id, None)
        self._adopted.discard(job_id)
