"""The endpoints that an upload needs, under their Zendesk names. Each method is one request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from zendesk_async.api import wire
from zendesk_async.api.actions import anonymous
from zendesk_async.api.transport import GREETING_PATIENCE, Request
from zendesk_async.errors import ConfigError, NotFound

if TYPE_CHECKING:
    from zendesk_async.api.transport import Transport
    from zendesk_async.models import JobStatus, Requests

__all__ = ["Endpoints"]

MANY = 100  # ids in one show_many, at most (zendesk-api-facts 2.4)
PAGES = 3  # pages of the job list that are looked through for a lost job


def _unheard(_: bool) -> None:  # noqa: FBT001 - the shape of Request.sending
    pass


class Endpoints:
    """Requests of one upload: they share the client's transport, and are counted in the upload's own ``tally``."""

    def __init__(self, transport: Transport, tally: Requests) -> None:
        self._transport = transport
        self._tally = tally

    async def greet(self) -> None:
        """See that Zendesk is there and knows us, and leave a connection open.

        Source: GET users/me answers 200 with an anonymous user to some wrong credentials (zendesk-api-facts 4.3).
        Raises InvalidCredentials, AuthorizationError, ConfigError when there is no such account, Unreachable.
        """
        request = Request("GET", "/api/v2/users/me.json", "other", self._tally, patience=GREETING_PATIENCE)
        try:
            answer = await self._transport.call(request)
        except NotFound as error:
            raise ConfigError(f"There is no Zendesk account at {self._transport.base_url} ({error}). Check the subdomain.") from None
        if wire.user_id(answer.body) is None:
            raise anonymous(self._transport.credential_kind)

    async def create_or_update_many(
        self,
        bodies: Sequence[bytes],
        sending: Callable[[bool], None] = _unheard,
        in_doubt: Callable[[], Awaitable[object]] | None = None,
    ) -> JobStatus:
        """Send up to 100 users, each already JSON; return the job that Zendesk queued for them.

        Source: POST /api/v2/users/create_or_update_many. The job being queued says nothing of any record yet.
        Raises Refused for the batch as a whole, Unreachable, NeedsAction.
        """
        path = "/api/v2/users/create_or_update_many.json"
        body = wire.users_body(bodies)
        answer = await self._transport.call(Request("POST", path, "posts", self._tally, body, len(bodies), sending, in_doubt))
        self._transport.throttle.job_started(wire.free_job_slots(answer.headers))
        return wire.job_status(answer.body)

    async def show_many(self, ids: Sequence[str]) -> list[JobStatus]:
        """Ask for up to 100 jobs at once. A job that Zendesk no longer keeps is missing from the answer."""
        path = "/api/v2/job_statuses/show_many.json?ids=" + ",".join(ids[:MANY])
        answer = await self._transport.call(Request("GET", path, "polls", self._tally))
        return wire.job_statuses(answer.body)

    async def show(self, job_id: str) -> JobStatus | None:
        """Ask for one job; None when Zendesk answers 404."""
        request = Request("GET", f"/api/v2/job_statuses/{job_id}.json", "polls", self._tally)
        try:
            return wire.job_status((await self._transport.call(request)).body)
        except NotFound:
            return None

    async def find(self, job_id: str) -> JobStatus | None:
        """Look for a job in the list of recent jobs, which may still have what GET by id no longer gives (zenpy#291)."""
        cursor: str | None = ""
        for _ in range(PAGES):
            after = f"&page[after]={cursor}" if cursor else ""
            path = f"/api/v2/job_statuses.json?page[size]=100{after}"
            body = (await self._transport.call(Request("GET", path, "polls", self._tally))).body
            for job in wire.job_statuses(body):
                if job.id == job_id:
                    return job
            cursor = wire.next_cursor(body)
            if cursor is None:
                break
        return None

    async def recent(self) -> list[JobStatus]:
        """List the account's most recent jobs, whoever started them, at most 100."""
        request = Request("GET", "/api/v2/job_statuses.json?page[size]=100", "polls", self._tally)
        return wire.job_statuses((await self._transport.call(request)).body)

    def job_ended(self) -> None:
        """Say that one of our jobs has ended: a slot is free."""
        self._transport.throttle.job_ended()

