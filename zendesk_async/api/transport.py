"""One request to Zendesk, made until it is answered: throttled, authenticated, retried, and counted.

Rules of this file:

- Every attempt asks the throttle anew: users that leave twice count twice.
- The permit is stamped when aiohttp writes the request's body (``_Stamped``), which is the moment Zendesk's own
  limit can see. aioresponses writes nothing, so leaving the permit stamps it too.
- Redirects are never followed, and no request goes to a host other than the one configured.
- Nothing that this file raises or logs holds a header.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import aiohttp
import backoff
import orjson

from zendesk_async.api import wire
from zendesk_async.api.actions import turned_away
from zendesk_async.api.auth import authentication
from zendesk_async.api.retrying import waits
from zendesk_async.api.throttle import Permit, Throttle
from zendesk_async.errors import ApiError, ConnectionLost, RateLimited, ServerError, TooManyJobs, Unreachable

if TYPE_CHECKING:
    from aiohttp.abc import AbstractStreamWriter

    from zendesk_async.config.credentials import Credential, OAuthClient
    from zendesk_async.config.values import Limits, Patience
    from zendesk_async.models import Requests

__all__ = ["Answer", "Request", "Transport"]

logger = logging.getLogger("zendesk_async")

USER_AGENT = "zendesk-async (+https://pypi.org/project/zendesk-async)"
GREETING_PATIENCE = 20.0  # seconds for the first contact: a wrong address should not take the whole patience to show


class Answer(NamedTuple):
    """What Zendesk answered. Header names compare ignoring case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Request(NamedTuple):
    """What to ask, and how to account for it.

    ``kind`` is "posts", "polls" or "other". ``users`` is how many users it carries. ``sending`` is called with True
    when the request is about to leave, and with False when an attempt failed and will be made again. ``in_doubt`` is
    awaited before that when the failed attempt may have been processed all the same.
    """

    method: str
    path: str
    kind: str
    tally: Requests
    body: bytes | None = None
    users: int = 0
    sending: Callable[[bool], None] = lambda _: None
    in_doubt: Callable[[], Awaitable[object]] | None = None
    patience: float | None = None


class Transport:
    """The connection pool, the throttle and the credential of one client. An async context manager."""

    def __init__(self, base_url: str, credential: Credential, limits: Limits, patience: Patience) -> None:
        self.base_url = base_url
        self.throttle = Throttle(limits)
        self._patience = patience
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=limits.jobs + 4, ttl_dns_cache=300),
            timeout=aiohttp.ClientTimeout(total=patience.timeout),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
            json_serialize=lambda value: orjson.dumps(value).decode(),
        )
        self._auth = authentication(credential, self._token, self.throttle.now)
        self.credential_kind = self._auth.kind

    def __repr__(self) -> str:
        return f"<Transport {self.base_url} {self.throttle!r}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def call(self, request: Request) -> Answer:
        """Make a request and return its answer, status 200 or 201.

        Temporary failures are retried within the patience configured. Raises Unreachable when that is spent,
        NeedsAction for 401 and 403, and Refused, NotFound or ApiError for what repeating will not mend. Cancelling it
        leaves open whether Zendesk processed the request.
        """
        patience = self._patience.requests if request.patience is None else min(request.patience, self._patience.requests)
        attempts = backoff.on_exception(
            partial(waits, patience, self.throttle.now, random.random),
            ApiError,
            jitter=None,
            giveup=_hopeless,
            on_backoff=partial(self._again, request),
            logger=None,
        )
        try:
            return await attempts(self._once)(request)
        except ApiError as error:
            if error.status in {401, 403}:
                raise turned_away(error, self._auth.kind) from None
            if error.retriable:
                raise Unreachable(self._unreachable(error, patience)) from None
            raise

    async def _once(self, request: Request) -> Answer:
        header = await self._auth.header()
        answer = await self._exchange(request, {"Authorization": header})
        if answer.status in {200, 201}:
            self._auth.accepted()
            return answer
        if answer.status == 401 and self._auth.refused(header):
            return await self._once(request)
        raise self._problem(request, answer)

    async def _exchange(self, request: Request, headers: dict[str, str]) -> Answer:
        permit = self.throttle.admit(request.users)
        async with permit:
            request.sending(True)
            setattr(request.tally, request.kind, getattr(request.tally, request.kind) + 1)
            try:
                return await self._write(request, headers, permit)
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                raise ConnectionLost(_words(error), sent=permit.left) from None

    async def _write(self, request: Request, headers: dict[str, str], permit: Permit) -> Answer:
        data = None if request.body is None else _Stamped(request.body, permit)
        async with self._session.request(
            request.method, self.base_url + request.path, data=data, headers=headers, allow_redirects=False
        ) as response:
            body = await response.read()
        return self._heard(Answer(response.status, response.headers, body))

    def _heard(self, answer: Answer) -> Answer:
        told = wire.budget(answer.headers)
        if told is not None:
            self.throttle.heard(told)
        return answer

    def _problem(self, request: Request, answer: Answer) -> ApiError:
        error = wire.problem(answer.status, answer.headers, answer.body)
        if answer.status == 429:
            request.tally.rate_limited += 1
        if isinstance(error, TooManyJobs):
            self.throttle.too_many_jobs(error.retry_after)
        return error

    async def _again(self, request: Request, details: Mapping[str, Any]) -> None:
        """Take note, between two attempts, of why and of how long until the next."""
        error, wait = details["exception"], details["wait"]
        request.sending(False)
        request.tally.retries += 1
        if isinstance(error, RateLimited) or (isinstance(error, ServerError) and error.retry_after is not None):
            self.throttle.pause(wait)
        if not isinstance(error, TooManyJobs):
            logger.warning("%s; trying again in %.1f s", error, wait)
        if request.in_doubt is not None and _maybe_processed(error):
            await request.in_doubt()

    def _unreachable(self, error: ApiError, patience: float) -> str:
        return f"No useful answer from {self.base_url} within {patience:.0f} s of trying. Last: {error}"

    async def _token(self, client: OAuthClient) -> tuple[str, float]:
        """Fetch an access token. Source: POST /oauth/tokens, grant_type client_credentials."""
        body = orjson.dumps(
            {
                "grant_type": "client_credentials",
                "client_id": client.client_id,
                "client_secret": client.client_secret,
                "scope": client.scope,
                "expires_in": client.expires_in,
            }
        )
        permit = self.throttle.admit(0)
        async with permit:
            try:
                async with self._session.post(
                    self.base_url + "/oauth/tokens",
                    data=body,
                    headers={"Content-Type": "application/json"},
                    allow_redirects=False,
                ) as response:
                    answer = Answer(response.status, response.headers, await response.read())
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                raise ConnectionLost(_words(error)) from None
        if answer.status not in {200, 201}:
            raise _token_problem(answer)
        return wire.access_token(answer.body, default_life=float(client.expires_in))


class _Stamped(aiohttp.BytesPayload):
    """A JSON body that stamps its permit at the moment it is written."""

    def __init__(self, value: bytes, permit: Permit) -> None:
        super().__init__(value, content_type="application/json")
        self._permit = permit

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        self._permit.written()
        await super().write_with_length(writer, content_length)


def _token_problem(answer: Answer) -> ApiError:
    """A wrong client id or secret is answered 400 or 401, with OAuth's own error names: it is a matter of credentials."""
    error = wire.problem(answer.status, answer.headers, answer.body)
    if answer.status in {400, 401, 403, 422}:
        return ApiError(f"The token request was refused: {error}", status=401)
    return error


def _hopeless(error: Exception) -> bool:
    return not (isinstance(error, ApiError) and error.retriable)


def _maybe_processed(error: ApiError) -> bool:
    """Whether Zendesk may have acted on a request although no good answer came (zendesk-api-facts 3.6)."""
    if isinstance(error, ConnectionLost):
        return error.sent
    return isinstance(error, ServerError) and error.status != 503


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return f"no connection: {error}" if str(error) else f"no connection: {type(error).__name__}"
