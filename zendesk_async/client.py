"""The façade that an application opens: one Zendesk account, one connection pool, one throttle.

async with ZendeskClient("acme", Credentials.api_token("admin@acme.com", token)) as client:
    async with client.users.upload(records) as upload:
        async for outcome in upload:
            ...
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import orjson

from zendesk_async.api.endpoints import Endpoints
from zendesk_async.api.transport import Transport
from zendesk_async.audience import Intake, Source, compile_template, records_source
from zendesk_async.config.destination import Destination
from zendesk_async.config.values import MAX_BATCH, Limits, Patience
from zendesk_async.models import JobStatus, Requests
from zendesk_async.upload.guard import Guard
from zendesk_async.upload.opening import Plan
from zendesk_async.upload.strangers import KnownJobs
from zendesk_async.upload.upload import Upload

if TYPE_CHECKING:
    from pathlib import Path

    from zendesk_async.config.credentials import Credential
    from zendesk_async.state.journal import Journal
    from zendesk_async.state.sent import Sent

__all__ = ["JobStatuses", "Users", "ZendeskClient"]

Audience = Iterable[Mapping[str, Any]] | AsyncIterable[Mapping[str, Any]] | Source


class ZendeskClient:
    """A Zendesk account to upload to. An async context manager; everything below shares its throttle.

    ``subdomain`` is "acme" for acme.zendesk.com. ``base_url`` replaces the address that follows from it: a mock or a
    proxy; plain http is refused for any host but loopback. Entering it opens no connection yet; leaving it closes
    them all. Raises ConfigError when an argument makes no sense.
    """

    def __init__(
        self,
        subdomain: str,
        credentials: Credential,
        *,
        base_url: str | None = None,
        limits: Limits | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.destination = Destination(subdomain=subdomain, base_url=base_url or "")
        self.limits = limits or Limits()
        self.patience = patience or Patience()
        self._credentials = credentials
        self._transport: Transport | None = None
        self._requests = Requests()
        self._guard = Guard()
        self._known_jobs = KnownJobs()
        self.users = Users(self)
        self.job_statuses = JobStatuses(self)

    def __repr__(self) -> str:
        return f"<ZendeskClient {self.destination.base_url}>"

    async def __aenter__(self) -> Self:
        self._transport = Transport(self.destination.base_url, self._credentials, self.limits, self.patience)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        transport, self._transport = self._transport, None
        if transport is not None:
            await transport.close()

    @property
    def transport(self) -> Transport:
        """The open connection pool. Raises RuntimeError outside the client's block."""
        if self._transport is None:
            raise RuntimeError("open the client first: async with ZendeskClient(…) as client: …")
        return self._transport

    @property
    def guard(self) -> Guard:
        """What keeps the records of one user apart, across all uploads of this client."""
        return self._guard

    @property
    def known_jobs(self) -> KnownJobs:
        """The jobs that uploads of this client have started."""
        return self._known_jobs

    @property
    def endpoints(self) -> Endpoints:
        """Zendesk's endpoints, counted for the client itself."""
        return Endpoints(self.transport, self._requests)


class Users:
    """Users of the account, under Zendesk's own names."""

    def __init__(self, client: ZendeskClient) -> None:
        self._client = client

    def upload(
        self,
        records: Audience | None,
        *,
        journal: str | Path | Journal | None = None,
        template: Mapping[str, Any] | None = None,
        ignore_unknown: bool = False,
        limit: int | None = None,
        max_failed: float | None = None,
        sent: Sent | None = None,
        changed_only: bool = False,
    ) -> Upload:
        """Stream records into Zendesk: creates users, or updates those who are there.

        records         any iterable or async iterable of mappings, or a Source that ``open_source`` made; None for what
                        the journal holds of an input that cannot be read again
        journal         a path: what became of every record is kept there, and calling this again with the same path and
                        records goes on where a crash ended it. None keeps nothing
        template        which field becomes what, as ``[templates.NAME.fields]`` of zendesk.toml; None takes the keys
        as Zendesk's
        ignore_unknown  let keys go that are no attribute of a Zendesk user, instead of refusing them
        limit           read that many records at most
        max_failed      stop when more records than this were rejected or failed: a count, or below 1 a share of those
        read
        sent            takes note of what each user last got; close it after the upload
        changed_only    leave out users who have got exactly this, as far as ``sent`` knows: their outcome is unchanged

        Nothing happens until the upload is entered, or its ``report`` awaited.
        """
        source = _source(records)
        compiled = None if template is None else compile_template(template)
        return Upload(
            Plan(
                source=source,
                intake=lambda tabular: Intake(compiled, tabular=tabular, ignore_unknown=ignore_unknown),
                transport=self._client.transport,
                guard=self._client.guard,
                known_jobs=self._client.known_jobs,
                destination=self._client.destination.name,
                base_url=self._client.destination.base_url,
                journal=journal,
                limits=self._client.limits,
                patience=self._client.patience,
                limit=limit,
                max_failed=max_failed,
                sent=sent,
                changed_only=changed_only and sent is not None,
            )
        )

    async def create_or_update_many(self, users: Sequence[Mapping[str, Any]]) -> JobStatus:
        """Send up to 100 users as they are, in one request; return the job that Zendesk queued for them.

        The job being queued says nothing of any user yet: ask ``job_statuses.show_many`` until it has finished.
        Raises ValueError for more than 100 users, Refused, NeedsAction, Unreachable.
        """
        if not 1 <= len(users) <= MAX_BATCH:
            raise ValueError(f"from 1 to {MAX_BATCH} users to a request, not {len(users)}")
        return await self._client.endpoints.create_or_update_many([orjson.dumps(user) for user in users])


class JobStatuses:
    """Zendesk's background jobs."""

    def __init__(self, client: ZendeskClient) -> None:
        self._client = client

    async def show_many(self, ids: Sequence[str]) -> list[JobStatus]:
        """Ask for up to 100 jobs at once. A job that Zendesk no longer keeps is missing from the answer."""
        return await self._client.endpoints.show_many(ids)

    async def show(self, job_id: str) -> JobStatus | None:
        """Ask for one job; None when Zendesk no longer keeps it."""
        return await self._client.endpoints.show(job_id)


def _source(records: Audience | None) -> Source | None:
    return records if records is None or isinstance(records, Source) else records_source(records)
