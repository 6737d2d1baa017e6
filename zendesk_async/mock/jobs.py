"""Background jobs: their lives on a clock that is given.

    queued --> working --> completed | failed | killed --> forgotten
                  |
                  +--> stuck (still "working") ---------------^

What a job does to the users happens at the moment it ends, so two jobs that live at once are seen to race: the later
end wins. Nothing moves by itself: ``advance`` ends what is due.
"""

from __future__ import annotations

import heapq
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Job", "Jobs"]

_TYPE = "Bulk Create Or Update User"


@dataclass(slots=True, eq=False)
class Job:
    """One job, and what befalls it: ``fault``.

    ``users`` and ``keys`` are kept until it is over, ``results`` (a JSON array, or null) from then on.
    """

    id: str
    total: int
    created: float
    started: float
    done: float
    users: list[dict[str, Any]]
    fault: str | None = None
    hidden_looks: int = 0
    keys: frozenset[str] = frozenset()
    status: str = "queued"
    results: bytes = field(default=b"null", repr=False)

    @property
    def is_over(self) -> bool:
        """Whether it will change no more."""
        return self.status in ("completed", "failed", "killed")

    def progress(self, now: float) -> int | None:
        """How many users it has worked through; None while queued."""
        if self.is_over:
            return {"failed": 0, "killed": self.total // 2}.get(self.status, self.total)
        if now < self.started:
            return None
        span = self.done - self.started
        part = (now - self.started) / span if span > 0 else 1.0
        most = self.total // 2 if self.fault == "job-stuck" else self.total
        return max(1, min(most, int(part * self.total)))


class Jobs:
    """Every job that is not forgotten. ``finish`` is called with each that ends, and sets its status and results."""

    def __init__(self, *, limit: int, ttl: float, kept: int, finish: Callable[[Job], None]) -> None:
        self.limit = limit
        self.most_at_once = 0
        self._ttl, self._kept = ttl, kept
        self._finish = finish
        self._by_id: dict[str, Job] = {}
        self._live: dict[str, Job] = {}
        self._due: list[tuple[float, int, Job]] = []
        self._over: deque[Job] = deque()
        self._count = 0

    def __len__(self) -> int:
        return len(self._live)

    @property
    def live(self) -> list[str]:
        """The ids of the jobs queued or working."""
        return list(self._live)

    @property
    def is_full(self) -> bool:
        """Whether there is no place for another."""
        return 0 < self.limit <= len(self._live)

    def add(self, job: Job) -> None:
        """Take a job in."""
        self._by_id[job.id] = self._live[job.id] = job
        self.most_at_once = max(self.most_at_once, len(self._live))
        self._count += 1
        # A stuck job never ends; it is merely forgotten one day, and its place is free again.
        due = job.created + self._ttl if job.fault == "job-stuck" else job.done
        heapq.heappush(self._due, (due, self._count, job))

    def advance(self, now: float) -> None:
        """End every job that is due, in the order in which they end, and forget the old ones."""
        due = self._due
        while due and due[0][0] <= now:
            job = heapq.heappop(due)[2]
            del self._live[job.id]
            if job.fault == "job-stuck":
                del self._by_id[job.id]
            else:
                self._finish(job)
                job.users, job.keys = [], frozenset()
                self._over.append(job)
        over = self._over
        while over and (len(over) > self._kept or over[0].done + self._ttl <= now):
            del self._by_id[over.popleft().id]

    def look(self, job_id: str) -> Job | None:
        """The job with this id, as reading by id finds it."""
        job = self._by_id.get(job_id)
        if job is not None and job.hidden_looks > 0:
            job.hidden_looks -= 1
            return None
        return job

    def listed(self) -> list[Job]:
        """All jobs as the list has them: those still alive, then by completion and creation, the latest first."""
        return sorted(self._by_id.values(), key=_recency, reverse=True)

    def show(self, job: Job, now: float, base_url: str, epoch: float) -> bytes:
        """A job as JSON: total at all times, results only once it is over."""
        head = {
            "id": job.id,
            "job_type": _TYPE,
            "url": f"{base_url}/api/v2/job_statuses/{job.id}.json",
            "total": job.total,
            "progress": job.progress(now),
            "status": job.status if job.is_over or now < job.started else "working",
            "message": _message(job, now, epoch),
        }
        return orjson.dumps(head)[:-1] + b',"results":' + job.results + b"}"


def _recency(job: Job) -> tuple[bool, float, float]:
    return (not job.is_over, job.done if job.is_over else 0.0, job.created)


def _message(job: Job, now: float, epoch: float) -> str | None:
    if job.is_over:
        moment = time.gmtime(epoch + job.done)
        return f"{job.status.capitalize()} at {time.strftime('%Y-%m-%d %H:%M:%S', moment)} +0000"
    progress = job.progress(now)
    return None if progress is None else f"Creating User #{progress}"
