"""One request to Zendesk, made until it is answered: throttled, authenticated, retried, and counted.

Rules of this file:

- Every attempt asks the throttle anew: users that leave twice count twice.
- An answer is read within its attempt: a proxy's page that says 200 is a failed attempt, and is repeated.
- The credential is asked for when the turn has come: a token may expire while its request waits for that.
- The permit is stamped when aiohttp writes the request's body (``_Stamped``), which is the moment Zendesk's own
  limit can see. aioresponses writes nothing, so leaving the permit stamps it too.
- Redirects are never followed, and no request goes to a host other than the one configured.
- Nothing that this file raises or logs holds a header.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Mapping
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

import aiohttp
import backoff
import orjson

from zendesk_async.api import wire
from zendesk_async.api.actions import turned_away
from zendesk_async.api.auth import authentication
from zendesk_async.api.request import Answer, ByTurns, Request
from zendesk_async.api.retrying import waits
from zendesk_async.api.throttle import Throttle
from zendesk_async.errors import ApiError, ConnectionLost, RateLimited, ServerError, TooManyJobs, Unreachable

if TYPE_CHECKING:
    from aiohttp.abc import AbstractStreamWriter

    from zendesk_async.api.throttle import Permit
    from zendesk_async.config.credentials import Credential, OAuthClient
    from zendesk_async.config.values import Limits, Patience
    from zendesk_async.models import Requests

__all__ = ["Transport"]

logger = logging.getLogger("zendesk_async")

T = TypeVar("T")

USER_AGENT = "zendesk-async (+https://pypi.org/project/zendesk-async)"
GREETING_PATIENCE = 20.0  # seconds for the first contact: a wrong address should not take the whole patience to show
CONNECT = 10.0  # seconds for a connection to be made: an address that nobody answers at is given up soon
RENEWALS = 3  # of a token in one attempt: one does, unless the next is revoked while the request waits for its turn


class Transport:
    """The connection pool, the throttle and the credential of one client. An async context manager."""

    def __init__(self, base_url: str, credential: Credential, limits: Limits, patience: Patience) -> None:
        self.base_url = base_url
        self.throttle = Throttle(limits)
        self._patience = patience
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=limits.jobs + 4, ttl_dns_cache=300),
            timeout=aiohttp.ClientTimeout(total=patience.timeout, sock_connect=CONNECT),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
        )
        self._auth = authentication(credential, self._token, self.throttle.now)
        self.credential_kind = self._auth.kind

    def __repr__(self) -> str:
        return f"<Transport {self.base_url} {self.throttle!r}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def call(self, request: Request) -> Answer:
        """Make a request and return its answer, as ``ask`` does, whatever the body."""
        return await self.ask(request, _as_it_is)

    async def ask(self, request: Request, read: Callable[[Answer], T]) -> T:
        """Make a request and return what ``read`` makes of its answer, which is of status 2xx.

        Temporary failures are retried within the patience configured, and so is what ``read`` finds to be no answer
        (ServerError). Raises Unreachable when the patience is spent, NeedsAction for 401 and 403, and Refused, NotFound
        or ApiError for what repeating will not mend. Cancelling it leaves open whether Zendesk processed the request.
        """
        limit = self._patience.requests
        patience = limit if request.patience is None else min(request.patience, limit)
        turns = ByTurns(request.sending)
        request = request._replace(sending=turns)
        try:
            try:
                return await self._once(request, read)
            except ApiError as error:
                if not error.retriable:
                    raise
                return await self._retried(request, read, turns, patience, error)
        except ApiError as error:
            if error.status in {401, 403}:
                raise turned_away(error, self._auth.kind) from None
            if error.retriable:
                raise Unreachable(self._unreachable(error, patience)) from None
            raise

    async def _retried(
        self, request: Request, read: Callable[[Answer], T], turns: ByTurns, patience: float, error: ApiError
    ) -> T:
        """Go on after a first attempt that failed. What drives attempts costs something; most requests need none."""
        failed = [error]

        async def attempt() -> T:
            if failed:
                raise failed.pop()
            return await self._once(request, read)

        attempts = backoff.on_exception(
            partial(waits, patience, self.throttle.now, random.random),
            ApiError,
            jitter=None,
            giveup=_hopeless,
            on_backoff=partial(self._again, request, turns),
            logger=None,
        )
        found: T = await attempts(attempt)()
        return found

    async def _once(self, request: Request, read: Callable[[Answer], T]) -> T:
        answer = await self._authenticated(request)
        if not 200 <= answer.status < 300:
            raise self._problem(request, answer)
        return read(answer)

    async def _authenticated(self, request: Request) -> Answer:
        """Send with a new token when Zendesk refuses the one we have, a few times at most."""
        for _ in range(RENEWALS):
            answer, header = await self._exchange(request)
            if answer.status != 401 or not self._auth.refused(header):
                return answer
            request.sending(False)
            request.tally.retries += 1
        return (await self._exchange(request))[0]

    async def _exchange(self, request: Request) -> tuple[Answer, str]:
        """Wait for a turn, and send; return the Authorization header that was used, too."""
        async with self.throttle.admit(request.users) as permit:
            header = await self._auth.header(request.tally)
            return await self._send(request, {"Authorization": header}, permit), header

    async def _send(self, request: Request, headers: dict[str, str], permit: Permit) -> Answer:
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
        error = wire.problem(answer.status, answer.headers, answer.body, time.time())
        if answer.status == 429:
            request.tally.rate_limited += 1
        if isinstance(error, TooManyJobs):
            self.throttle.too_many_jobs(error.retry_after)
        return error

    async def _again(self, request: Request, turns: ByTurns, details: Mapping[str, Any]) -> None:
        """Take note, between two attempts, of why and of how long until the next."""
        error, wait = details["exception"], details["wait"]
        if isinstance(error, RateLimited) or (isinstance(error, ServerError) and error.retry_after is not None):
            self.throttle.pause(wait)
        had_left = turns.leaving
        request.sending(False)
        request.tally.retries += 1
        if not isinstance(error, TooManyJobs):
            logger.warning("%s; trying again in %.1f s", error, wait)
        if request.in_doubt is not None and had_left and _maybe_processed(error):
            await request.in_doubt()

    def _unreachable(self, error: ApiError, patience: float) -> str:
        if error.retry_after is not None and error.retry_after > patience:
            return (
                f"{self.base_url} asks to be left alone for {error.retry_after:.0f} s, which is past patience. {error}"
            )
        return f"No useful answer from {self.base_url} within {patience:.0f} s of trying. Last: {error}"

    async def _token(self, client: OAuthClient, tally: Requests) -> tuple[str, float]:
        """Fetch an access token. Source: POST /oauth/tokens, grant_type client_credentials."""
        wish = {
            "grant_type": "client_credentials",
            "client_id": client.client_id,
            "client_secret": client.client_secret,
            "scope": client.scope,
            "expires_in": client.expires_in,
        }
        request = Request("POST", "/oauth/tokens", "other", tally, orjson.dumps(wish))
        async with self.throttle.admit(0) as permit:
            answer = await self._send(request, {"Content-Type": "application/json"}, permit)
        if not 200 <= answer.status < 300:
            raise _of_token(self._problem(request, answer))
        return wire.access_token(answer.body, default_life=float(client.expires_in))


class _Stamped(aiohttp.BytesPayload):
    """A JSON body that stamps its permit at the moment it is written."""

    def __init__(self, value: bytes, permit: Permit) -> None:
        # The body is put in afterwards: BytesPayload warns of one above 1 MiB, which a hundred users with notes can be.
        super().__init__(b"", content_type="application/json")
        self._value = value
        self._size = len(value)
        self._permit = permit

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        self._permit.written()
        await super().write_with_length(writer, content_length)


def _of_token(error: ApiError) -> ApiError:
    """A wrong client or secret is answered 400 or 401, with OAuth's own error names: it is a matter of credentials."""
    if error.status in {400, 401, 403, 422}:
        return ApiError(f"The token request was refused: {error}", status=401)
    return error


def _as_it_is(answer: Answer) -> Answer:
    return answer


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
