"""A transport whose connection answers by a script: for tests of what stands above the one method that writes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

from zendesk_async.api.request import Answer, Request
from zendesk_async.api.throttle import Permit
from zendesk_async.api.transport import Transport
from zendesk_async.config.credentials import ApiToken, Credential
from zendesk_async.config.values import Limits, Patience

TOKEN = ApiToken("admin@example.com", "s3cr3t-token")
BASE_URL = "http://127.0.0.1:9"


class Seen(NamedTuple):
    """One request as it was written, and when."""

    time: float
    path: str
    authorization: str
    body: bytes


class Scripted(Transport):
    """Gives each request the next answer of ``script`` after ``round_trip`` seconds; an error is raised."""

    def __init__(
        self,
        script: Iterable[Answer | Exception],
        *,
        credential: Credential = TOKEN,
        limits: Limits | None = None,
        patience: Patience | None = None,
        round_trip: float = 0.1,
    ) -> None:
        super().__init__(BASE_URL, credential, limits or Limits(), patience or Patience())
        self.script = list(script)
        self.seen: list[Seen] = []
        self.round_trip = round_trip

    @property
    def times(self) -> list[float]:
        """When each request was written."""
        return [round(seen.time, 6) for seen in self.seen]

    async def _write(self, request: Request, headers: dict[str, str], permit: Permit) -> Answer:
        permit.written()
        now = asyncio.get_running_loop().time()
        self.seen.append(Seen(now, request.path, headers.get("Authorization", ""), request.body or b""))
        answer = self.script.pop(0)
        await asyncio.sleep(self.round_trip)
        if isinstance(answer, Exception):
            raise answer
        return self._heard(answer)


def answer(status: int, body: Any = b"", **headers: str) -> Answer:
    """An answer; ``retry_after="2"`` is its header retry-after, and a body that is no bytes becomes JSON."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, named, body if isinstance(body, bytes) else orjson.dumps(body))


def job(job_id: str = "V3-1", status: str = "queued", **more: Any) -> dict[str, Any]:
    """A job status as Zendesk answers it."""
    return {"id": job_id, "status": status, "total": 1, "progress": None, "message": None, "results": None, **more}


def queued(job_id: str = "V3-1", **headers: str) -> Answer:
    """The answer to a POST of users."""
    return answer(200, {"job_status": job(job_id)}, **headers)


TOO_MANY_JOBS = answer(429, {"error": "TooManyJobs", "description": "Try again later.", "current_job_ids": ["1"]})
PAGE = answer(200, b"<html><head><title>One moment</title></head></html>")
