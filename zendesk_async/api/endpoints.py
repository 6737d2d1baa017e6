"""The endpoints that an upload needs, under their Zendesk names. Each method is one request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from zendesk_async.api import wire
from zendesk_async.api.actions import anonymous
from zendesk_async.api.request import Request
from zendesk_async.api.transport import GREETING_PATIENCE
from zendesk_async.errors import ApiError, ConfigError, NotFound

if TYPE_CHECKING:
    from zendesk_async.api.request import Answer
    from zendesk_async.api.transport import Transport
    from zendesk_async.models import JobStatus, Requests

__all__ = ["Endpoints"]

MANY = 100  # ids in one show_many, at most (zendesk-api-facts 2.4)
PAGES = 3  # pages of the job list that are looked through for a lost job
RECENT = "/api/v2/job_statuses.json?page[size]=100"
FIELD_PAGES = 100  # of user fields: beyond any account's, and an end for a list that leads in circles
FIELDS = "/api/v2/user_fields.json?page[size]=100"


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
        Raises InvalidCredentials, AuthorizationError, ConfigError when there is no such account (404, or a redirect to
        where it went), Unreachable.
        """
        request = Request("GET", "/api/v2/users/me.json", "other", self._tally, patience=GREETING_PATIENCE)
        try:
            known = await self._transport.ask(request, _user_id)
        except ApiError as error:
            if error.status == 404 or 300 <= error.status < 400:
                base_url = self._transport.base_url
                raise ConfigError(
                    f"There is no Zendesk account at {base_url} ({error}). Check the subdomain."
                ) from None
            raise
        if known is None:
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
        request = Request("POST", path, "posts", self._tally, body, len(bodies), sending, in_doubt)
        status, free_slots = await self._transport.ask(request, _accepted)
        self._transport.throttle.job_started(free_slots)
        return status

    async def show_many(self, ids: Sequence[str]) -> list[JobStatus]:
        """Ask for up to 100 jobs at once. A job that Zendesk no longer keeps is missing from the answer.

        Raises ValueError for more than 100.
        """
        if len(ids) > MANY:
            raise ValueError(f"{MANY} jobs to a request at most, not {len(ids)}")
        path = "/api/v2/job_statuses/show_many.json?ids=" + ",".join(map(_quoted, ids))
        return await self._transport.ask(Request("GET", path, "polls", self._tally), _jobs) if ids else []

    async def show(self, job_id: str) -> JobStatus | None:
        """Ask for one job; None when Zendesk answers 404."""
        request = Request("GET", f"/api/v2/job_statuses/{_quoted(job_id)}.json", "polls", self._tally)
        try:
            return await self._transport.ask(request, _job)
        except NotFound:
            return None

    async def find(self, job_id: str) -> JobStatus | None:
        """Look for a job among the recent ones, where it may be though GET by id no longer gives it (zenpy#291)."""
        path = RECENT
        for _ in range(PAGES):
            jobs, cursor = await self._transport.ask(Request("GET", path, "polls", self._tally), _page)
            for job in jobs:
                if job.id == job_id:
                    return job
            if cursor is None:
                break
            path = f"{RECENT}&page[after]={_quoted(cursor)}"
        return None

    async def recent(self) -> list[JobStatus]:
        """List the account's most recent jobs, whoever started them, at most 100."""
        return await self._transport.ask(Request("GET", RECENT, "polls", self._tally), _jobs)

    async def user_fields(self) -> set[str]:
        """Ask for the keys of the account's active user fields. Source: GET user_fields, for agents and admins."""
        path, keys = FIELDS, set[str]()
        for _ in range(FIELD_PAGES):
            page, cursor = await self._transport.ask(Request("GET", path, "other", self._tally), _fields)
            keys.update(page)
            if cursor is None:
                break
            path = f"{FIELDS}&page[after]={_quoted(cursor)}"
        return keys

    @property
    def short_of_slots(self) -> bool:
        """Whether a batch waits for one of the account's job slots."""
        return self._transport.throttle.waiting_for == "jobs"

    def job_ended(self) -> None:
        """Say that one of our jobs has ended: a slot is free."""
        self._transport.throttle.job_ended()


def _quoted(word: str) -> str:
    """Make part of a URL of what came out of a body: a cursor may hold ``+``, and an id may hold anything."""
    return quote(word, safe="")


def _user_id(answer: Answer) -> int | None:
    return wire.user_id(answer.body)


def _accepted(answer: Answer) -> tuple[JobStatus, int | None]:
    return wire.job_status(answer.body), wire.free_job_slots(answer.headers)


def _job(answer: Answer) -> JobStatus:
    return wire.job_status(answer.body)


def _jobs(answer: Answer) -> list[JobStatus]:
    return wire.job_statuses(answer.body)


def _fields(answer: Answer) -> tuple[list[str], str | None]:
    return wire.field_keys(answer.body), wire.next_cursor(answer.body)


def _page(answer: Answer) -> tuple[list[JobStatus], str | None]:
    return wire.job_statuses(answer.body), wire.next_cursor(answer.body)
