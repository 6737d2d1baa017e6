"""python-zendesk-sdk 0.16.2: its HTTP layer, since it has no bulk upsert and no job statuses of its own.

Its base URL cannot be set, so the configuration is subclassed. It gives up on a 429 after three tries unless it is told
more, so it is told more. One poller for all jobs was tried against a look at each: the latter was faster here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

from zendesk_sdk.config import ZendeskConfig  # type: ignore[import-not-found]
from zendesk_sdk.http_client import HTTPClient  # type: ignore[import-not-found]

from benchmarks.contenders.driving import EMAIL, OVER, TOKEN, Seen, Task, batches, finish, job_limit, task

MOST_JOBS = 20  # its pool holds 20 connections


class MockConfig(ZendeskConfig):  # type: ignore[misc]
    """A configuration whose account is the mock."""

    base_url: str

    @property
    def endpoint(self) -> str:
        """Where the API is."""
        return f"{self.base_url}/api/v2"


async def work(client: Any, source: Iterator[list[dict[str, Any]]], task: Task, seen: Seen) -> None:
    """Send batches until there are none, waiting for each job."""
    for batch in source:
        answer = await client.post("users/create_or_update_many.json", json={"users": batch})
        job = answer["job_status"]
        while True:
            job = (await client.get(f"job_statuses/{job['id']}.json"))["job_status"]
            if job["status"] in OVER:
                break
            await asyncio.sleep(task.poll)
        seen.count(job["results"] or ())


async def main() -> None:
    """Upload everything."""
    wanted, seen = task(), Seen()
    config = MockConfig(subdomain="mock", email=EMAIL, token=TOKEN, max_retries=1000, base_url=wanted.base_url)
    source = batches(wanted, seen)
    async with HTTPClient(config) as client, asyncio.TaskGroup() as workers:
        for _ in range(job_limit(wanted, MOST_JOBS)):
            workers.create_task(work(client, source, wanted, seen))
    finish(seen)


if __name__ == "__main__":
    asyncio.run(main())
