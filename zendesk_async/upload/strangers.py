"""Wait for jobs that may be ours without our knowing: those of requests whose answer never came.

Sending a batch again after its answer was lost is safe for the data, since the call is an upsert; but Zendesk may
have queued a job for the first request, and then the same users would be in two live jobs, which race. So before a
batch goes again, the account's recent jobs are looked through for one that is live, that nobody told us of, and that
has as many users: it is waited for. The same after a crash, for every live job that the journal does not know.

Why not take such a job's results instead of sending again? Nothing in a job says which request made it, or when; last
night's job for the same hundred users looks the same, and holds last night's data.

Source: GET job_statuses lists recent jobs (zendesk-api-facts 2.4).
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zendesk_async.api.endpoints import Endpoints

__all__ = ["KnownJobs", "strangers_ended"]

GRACE = 1.1  # seconds for a job to show in the list; and, after a crash, for the earlier process's last second to pass
LOOK = 2.0  # seconds between two looks
PATIENCE = 120.0  # seconds that jobs are waited for which may be other people's after all
REMEMBERED = 5_000


class KnownJobs:
    """The jobs that Zendesk told us of: as many as a list of recent jobs could still name."""

    def __init__(self) -> None:
        self._order: deque[str] = deque()
        self._ids: set[str] = set()

    def __contains__(self, job_id: object) -> bool:
        return job_id in self._ids

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, job_id: str) -> None:
        """Remember a job as ours."""
        if job_id in self._ids:
            return
        self._ids.add(job_id)
        self._order.append(job_id)
        if len(self._order) > REMEMBERED:
            self._ids.discard(self._order.popleft())


async def strangers_ended(api: Endpoints, known: KnownJobs, users: int | None = None) -> bool:
    """Wait until no unknown job is live, of ``users`` users if given; False when the wait was given up after two
    minutes.

    One request for each look. Cancelling it does nothing further.
    """
    clock = asyncio.get_running_loop().time
    until = clock() + PATIENCE
    await asyncio.sleep(GRACE)
    while True:
        live = [job for job in await api.recent() if not job.finished and job.id not in known]
        if not any(users is None or job.total in {users, None} for job in live):
            return True
        if clock() > until:
            return False
        await asyncio.sleep(LOOK)
