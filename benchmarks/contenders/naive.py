"""A plain script, of the kind that people write: aiohttp, json and asyncio.gather.

It reads the whole input, starts a task for each batch, holds them back with a semaphore, and looks after each job by
itself. It waits when it is told 429, as people add on the second day.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp

from benchmarks.contenders.driving import EMAIL, OVER, SIZE, TOKEN, Seen, Task, finish, task


async def ask(session: aiohttp.ClientSession, method: str, url: str, **more: Any) -> Any:
    """Make one request; wait and repeat it while the answer is 429."""
    while True:
        async with session.request(method, url, **more) as answer:
            if answer.status == 429:
                await asyncio.sleep(float(answer.headers.get("Retry-After", "1")))
                continue
            answer.raise_for_status()
            return await answer.json()


async def upload_batch(
    session: aiohttp.ClientSession, places: asyncio.Semaphore, task: Task, users: list[dict[str, Any]], seen: Seen
) -> None:
    """Send a batch and wait for its job."""
    async with places:
        url = f"{task.base_url}/api/v2/users/create_or_update_many.json"
        job = (await ask(session, "POST", url, json={"users": users}))["job_status"]
        url = f"{task.base_url}/api/v2/job_statuses/{job['id']}.json"
        while True:
            job = (await ask(session, "GET", url))["job_status"]
            if job["status"] in OVER:
                break
            await asyncio.sleep(task.poll)
        seen.count(job["results"] or ())


async def main() -> None:
    """Upload everything."""
    wanted, seen = task(), Seen()
    with wanted.input.open(encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    seen.read = len(records)
    places = asyncio.Semaphore(wanted.jobs)
    auth = aiohttp.encode_basic_auth(f"{EMAIL}/token", TOKEN)
    async with aiohttp.ClientSession(headers={"Authorization": auth}) as session:
        await asyncio.gather(
            *[
                upload_batch(session, places, wanted, records[start : start + SIZE], seen)
                for start in range(0, len(records), SIZE)
            ]
        )
    finish(seen)


if __name__ == "__main__":
    asyncio.run(main())
