"""The floor: read, parse, batch, post, poll, and nothing else.

No journal, no validation, no outcomes, no limits, no retries: what the same libraries cost when they are asked to do
only what cannot be left out. Each line is parsed, since nobody may send what has not been looked at, and its bytes are
joined as they are. One poller asks for all live jobs, as often as it is answered while jobs finish at once.

``-`` reads standard input. CSV goes through the standard library's reader, as columns named like Zendesk's attributes.
"""

from __future__ import annotations

import asyncio
import base64
import csv
import io
import os
import sys
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

import aiohttp
import orjson

from benchmarks.contenders.driving import EMAIL, OVER, SIZE, TOKEN, Seen, Task, finish, task


def bodies_of_lines(stream: BinaryIO, seen: Seen) -> Iterator[bytes]:
    """Batches of NDJSON as request bodies: parsed to be checked, joined as they came."""
    loads = orjson.loads
    while lines := list(islice(stream, SIZE)):
        for line in lines:
            loads(line)
        seen.read += len(lines)
        yield b'{"users":[' + b",".join(lines) + b"]}"


def bodies_of_rows(stream: BinaryIO, seen: Seen) -> Iterator[bytes]:
    """Batches of CSV as request bodies."""
    rows = csv.reader(io.TextIOWrapper(stream, encoding="utf-8", newline=""))
    columns = next(rows)
    while users := [dict(zip(columns, row, strict=True)) for row in islice(rows, SIZE)]:
        seen.read += len(users)
        yield orjson.dumps({"users": users})


class Floor:
    """Workers that share one iterator of bodies, and one poller for all of them."""

    def __init__(self, task: Task, session: aiohttp.ClientSession, bodies: Iterator[bytes]) -> None:
        self.post_url = f"{task.base_url}/api/v2/users/create_or_update_many"
        self.poll_url = f"{task.base_url}/api/v2/job_statuses/show_many?ids="
        self.poll = task.poll
        self.session = session
        self.bodies = bodies
        self.live: dict[str, asyncio.Future[None]] = {}
        self.stir = asyncio.Event()

    async def work(self) -> None:
        """Post batches until there are no more, waiting for each job."""
        loop = asyncio.get_running_loop()
        for body in self.bodies:
            async with self.session.post(self.post_url, data=body) as answer:
                answer.raise_for_status()
                job = orjson.loads(await answer.read())["job_status"]["id"]
            over = self.live[job] = loop.create_future()
            self.stir.set()
            await over

    async def watch(self) -> None:
        """Ask for the live jobs, again and again."""
        while True:
            if not self.live:
                self.stir.clear()
                await self.stir.wait()
            async with self.session.get(self.poll_url + ",".join(islice(self.live, 100))) as answer:
                jobs = orjson.loads(await answer.read())["job_statuses"]
            ended = [job["id"] for job in jobs if job["status"] in OVER]
            for job in ended:
                self.live.pop(job).set_result(None)
            await asyncio.sleep(0 if ended else self.poll)


async def upload(task: Task, bodies: Iterator[bytes]) -> None:
    """Send everything and see every job end."""
    secret = base64.b64encode(f"{EMAIL}/token:{TOKEN}".encode()).decode()
    headers = {"Authorization": f"Basic {secret}", "Content-Type": "application/json"}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=task.jobs + 1), headers=headers) as session:
        floor = Floor(task, session, bodies)
        watching = asyncio.create_task(floor.watch())
        async with asyncio.TaskGroup() as workers:
            for _ in range(task.jobs):
                workers.create_task(floor.work())
        watching.cancel()


def main() -> None:
    """Run the floor, on uvloop when FLOOR_LOOP says so."""
    wanted, seen = task(), Seen(failed=None)
    stream = sys.stdin.buffer if str(wanted.input) == "-" else wanted.input.open("rb", buffering=1 << 20)
    read = bodies_of_rows if wanted.input.suffix == ".csv" else bodies_of_lines
    work = upload(wanted, read(stream, seen))
    if os.environ.get("FLOOR_LOOP") == "uvloop":
        import uvloop

        uvloop.run(work)
    else:
        asyncio.run(work)
    finish(seen)


if __name__ == "__main__":
    main()
