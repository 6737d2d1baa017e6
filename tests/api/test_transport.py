from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import AsyncGenerator, Callable
from itertools import pairwise
from typing import Any

import aiohttp
import orjson
import pytest
from aioresponses import aioresponses as Answers  # noqa: N812 - it is a class, whatever its name

from tests.api.scripted import PAGE, TOKEN, TOO_MANY_JOBS, Scripted, answer, queued
from tests.zendesk import InnerTransport, account, user
from zendesk_async.api import retrying, wire
from zendesk_async.api.request import Answer, Request
from zendesk_async.api.throttle import Permit
from zendesk_async.api.transport import RENEWALS, Transport
from zendesk_async.config.credentials import ApiToken, Credential, OAuthClient, OAuthToken
from zendesk_async.config.values import UNLIMITED, Limits, Patience
from zendesk_async.errors import (
    ApiError,
    AuthorizationError,
    ConnectionLost,
    InvalidCredentials,
    NotFound,
    Refused,
    Unreachable,
    ZendeskAsyncError,
)
from zendesk_async.mock import MockZendesk
from zendesk_async.models import JobStatus, Requests

KNOWN = ApiToken("admin@example.com", "mock-token")
CLIENT = OAuthClient("mock-client", "mock-secret")
POST = "/api/v2/users/create_or_update_many.json"
PERIOD = 1 + Limits().slack  # seconds between two full batches
POLL = "/api/v2/job_statuses/show_many.json?ids=1"


def post(tally: Requests | None = None, users: int = 1, **more: Any) -> Request:
    """A POST of users; their bodies matter to nobody but the mock."""
    body = wire.users_body([orjson.dumps(user(n)) for n in range(users)])
    return Request("POST", POST, "posts", tally or Requests(), body, users, **more)


def poll(tally: Requests | None = None, **more: Any) -> Request:
    return Request("GET", POLL, "polls", tally or Requests(), **more)


def job_of(answer: Answer) -> JobStatus:
    return wire.job_status(answer.body)


def token(number: int = 1) -> Answer:
    return answer(200, {"access_token": f"token-{number}", "expires_in": 7200})


class Told:
    """What ``sending`` and ``in_doubt`` were told, in order."""

    def __init__(self) -> None:
        self.words: list[bool | str] = []

    def sending(self, leaving: bool) -> None:
        self.words.append(leaving)

    async def in_doubt(self) -> None:
        self.words.append("in doubt")

    def post(self, **more: Any) -> Request:
        return post(sending=self.sending, in_doubt=self.in_doubt, **more)


# -- what an answer leads to -------------------------------------------------------------------------------------


@pytest.mark.virtual_time
@pytest.mark.parametrize("status", [200, 201, 202])
async def test_success_is_the_answer_itself(status: int) -> None:
    """Any 2xx is an answer; what it is worth, its reader says."""
    async with Scripted([answer(status, {"a": 1}, x_b="c")]) as transport:
        assert await transport.call(poll()) == Answer(status, {"x-b": "c"}, b'{"a":1}')


@pytest.mark.virtual_time
@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, Refused), (413, Refused), (422, Refused), (404, NotFound), (405, ApiError), (301, ApiError)],
)
async def test_what_repeating_will_not_mend_is_not_repeated(status: int, kind: type[ApiError]) -> None:
    """A refusal is raised at once, in Zendesk's words."""
    async with Scripted([answer(status, {"error": "Why", "description": "not"})]) as transport:
        with pytest.raises(kind):
            await transport.call(post())
        assert len(transport.seen) == 1


@pytest.mark.virtual_time
@pytest.mark.parametrize(("status", "kind"), [(401, InvalidCredentials), (403, AuthorizationError)])
async def test_being_turned_away_needs_a_person(status: int, kind: type[ZendeskAsyncError]) -> None:
    """401 and 403 become the workflow action, whatever the request was, and are not repeated with the same secret."""
    async with Scripted([answer(status, {"error": "Go away"})]) as transport:
        with pytest.raises(kind, match="Go away"):
            await transport.call(poll())
        assert len(transport.seen) == 1


@pytest.mark.virtual_time
@pytest.mark.parametrize(
    "failure",
    [
        answer(500, {"error": "InternalServerError"}),
        answer(502, b"<html>Bad Gateway</html>"),
        answer(503),
        answer(409, {"error": "DatabaseConflict", "description": "Database collision"}),
        answer(429, b"Number of allowed API requests per minute exceeded", retry_after="0"),
        TOO_MANY_JOBS,
        PAGE,
        aiohttp.ServerDisconnectedError(),
        aiohttp.ClientPayloadError(),
        TimeoutError(),
        ConnectionResetError(),
    ],
)
async def test_what_may_pass_is_tried_again(failure: Answer | Exception) -> None:
    """A temporary failure costs a retry, not the upload; a proxy's page with status 200 is one of them."""
    tally = Requests()
    async with Scripted([failure, queued()]) as transport:
        job = await transport.ask(post(tally), job_of)
    assert job.id == "V3-1"
    assert (tally.posts, tally.retries) == (2, 1)


@pytest.mark.virtual_time
async def test_requests_are_counted_by_kind() -> None:
    """Each attempt counts; those after the first are retries as well, and each 429 is one rate limit met."""
    tally = Requests()
    script = [answer(429, retry_after="1"), TOO_MANY_JOBS, queued(), answer(500), answer(200), answer(200)]
    async with Scripted(script) as transport:
        await transport.call(post(tally))
        await transport.call(poll(tally))
        await transport.call(Request("GET", "/api/v2/users/me.json", "other", tally))
    assert tally == Requests(posts=3, polls=2, other=1, retries=3, rate_limited=2)


# -- how long it tries -------------------------------------------------------------------------------------------


@pytest.mark.virtual_time
@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_is_a_floor(status: int) -> None:
    """The next attempt never comes before the time that Zendesk named, and not much after it."""
    for _ in range(20):
        async with Scripted([answer(status, retry_after="20"), queued()]) as transport:
            await transport.call(post())
            first, second = transport.times
        assert first + 20.1 <= second <= first + 20.1 + 20 / 4


@pytest.mark.virtual_time
async def test_without_retry_after_the_waits_grow() -> None:
    """Half a second, one, two, four: each with up to a quarter added."""
    async with Scripted([answer(500)] * 4 + [answer(200)]) as transport:
        await transport.call(poll())
        times = transport.times
    gaps = [later - earlier for earlier, later in pairwise(times)]
    for gap, step in zip(gaps, [0.5, 1, 2, 4], strict=True):
        assert step + 0.1 <= gap <= 1.25 * step + 0.1 + 1e-6


@pytest.mark.virtual_time
async def test_patience_ends_in_unreachable() -> None:
    """When the patience is spent the upload stops, resumable, with the last failure in its message."""
    async with Scripted([answer(502)] * 99, patience=Patience(requests=60)) as transport:
        with pytest.raises(Unreachable, match=r"60 s.*HTTP 502"):
            await transport.call(poll())
        assert 30 < transport.times[-1] <= 60.2


@pytest.mark.virtual_time
async def test_a_request_may_have_less_patience() -> None:
    """The first contact gives up soon, but never later than the patience configured."""
    async with Scripted([answer(502)] * 99) as transport:
        with pytest.raises(Unreachable, match="20 s"):
            await transport.call(poll(patience=20.0))
    async with Scripted([answer(502)] * 99, patience=Patience(requests=5)) as transport:
        with pytest.raises(Unreachable, match="5 s"):
            await transport.call(poll(patience=20.0))


@pytest.mark.virtual_time
async def test_being_asked_to_wait_beyond_patience_is_said() -> None:
    """An hour of Retry-After is not waited for, and the message says that this is why."""
    async with Scripted([answer(503, retry_after="3600")]) as transport:
        with pytest.raises(Unreachable, match="3600 s"):
            await transport.call(poll())
        assert transport.times == [0]


@pytest.mark.virtual_time
async def test_too_many_jobs_is_waited_for_without_end() -> None:
    """An hour in which others hold all job slots spends nothing of a patience of one second."""
    tally = Requests()
    async with Scripted([TOO_MANY_JOBS] * 130 + [queued()], patience=Patience(requests=1)) as transport:
        await transport.call(post(tally))
        assert transport.times[-1] > 3600
    assert tally.retries == 130


# -- what others notice ------------------------------------------------------------------------------------------


@pytest.mark.virtual_time
@pytest.mark.parametrize("status", [429, 503])
async def test_a_limit_met_by_one_pauses_everybody(status: int) -> None:
    """After Retry-After: 30 to one request no other leaves for thirty seconds either."""
    async with Scripted([answer(status, retry_after="30"), *[answer(200)] * 3]) as transport:
        first = asyncio.create_task(transport.call(post()))
        await asyncio.sleep(1)
        await asyncio.gather(first, transport.call(poll()), transport.call(post()))
        assert min(transport.times[1:]) >= 30.1


@pytest.mark.virtual_time
async def test_an_error_of_one_pauses_nobody_else() -> None:
    """A 500 is one request's bad luck."""
    async with Scripted([answer(500), answer(200), answer(200)]) as transport:
        first = asyncio.create_task(transport.call(post()))
        await asyncio.sleep(0.2)
        await asyncio.gather(first, transport.call(poll()))
        assert transport.times[1] == 0.2


@pytest.mark.virtual_time
async def test_too_many_jobs_stops_batches_and_not_polls() -> None:
    """Polling goes on: it is what finds out that a slot is free."""
    async with Scripted([TOO_MANY_JOBS, answer(200), queued()]) as transport:
        sending = asyncio.create_task(transport.call(post()))
        await asyncio.sleep(0.5)
        await transport.call(poll())
        await sending
        assert [seen.path for seen in transport.seen] == [POST, POLL, POST]
        assert transport.times[1:] == [0.5, 1.1]


@pytest.mark.virtual_time
async def test_users_that_leave_twice_count_twice() -> None:
    """A batch that is sent again waits for its turn again: the rate is of what is sent, not of what is accepted."""
    lost = aiohttp.ServerDisconnectedError()
    async with Scripted([lost, queued(), queued()]) as transport:
        await asyncio.gather(transport.call(post(users=100)), transport.call(post(users=100)))
        assert transport.times == pytest.approx([0, PERIOD, 2 * PERIOD], abs=1e-6)


@pytest.mark.virtual_time
async def test_the_budget_in_the_headers_is_heeded() -> None:
    """When an answer, whatever its status, says that only the others' share is left, the next request waits."""
    spent = {"x_rate_limit": "200", "ratelimit_limit": "200", "ratelimit_remaining": "50", "ratelimit_reset": "40"}
    async with Scripted([answer(500, **spent), answer(200)]) as transport:
        await transport.call(poll())
        assert transport.times[1] == pytest.approx(40.1)


@pytest.mark.virtual_time
@pytest.mark.parametrize(
    ("failure", "doubtful"),
    [
        (aiohttp.ServerDisconnectedError(), True),
        (TimeoutError(), True),
        (answer(500), True),
        (answer(502), True),
        (answer(504), True),
        (PAGE, True),
        (answer(503), False),
        (answer(429), False),
        (TOO_MANY_JOBS, False),
    ],
)
async def test_doubt_comes_before_the_next_attempt(failure: Answer | Exception, doubtful: bool) -> None:
    """Where a failed attempt may have been processed, the caller can look for its job before the users go again."""
    told = Told()
    async with Scripted([failure, queued()]) as transport:
        await transport.ask(told.post(), job_of)
    assert told.words == [True, False, *["in doubt"] * doubtful, True]


@pytest.mark.virtual_time
async def test_the_caller_may_end_it_between_attempts() -> None:
    """What ``sending(False)`` raises ends the call as it is; the pause that Zendesk asked for holds for the others."""

    class Enough(Exception):
        pass

    def sending(leaving: bool) -> None:
        if not leaving:
            raise Enough

    tally = Requests()
    async with Scripted([answer(429, retry_after="30")]) as transport:
        with pytest.raises(Enough):
            await transport.call(post(tally, sending=sending))
        assert transport.throttle.pause_left >= 30
    assert tally == Requests(posts=1, rate_limited=1)


@pytest.mark.virtual_time
async def test_cancelling_leaves_the_throttle_open() -> None:
    """Whenever a request is cancelled (queued, on its way, between attempts), the others go on undisturbed."""
    for seconds in (0.0, 0.05, 0.3, 1.5):
        async with Scripted([answer(500)] * 3 + [answer(200)] * 9) as transport:
            requests = [asyncio.create_task(transport.call(post(users=100))) for _ in range(3)]
            await asyncio.sleep(seconds)
            requests[1].cancel()
            await asyncio.gather(*requests, return_exceptions=True)
            assert [request.cancelled() for request in requests] == [False, True, False]
            assert transport.throttle._open_requests == 0
            assert not transport.throttle._gate.locked()


# -- tokens ------------------------------------------------------------------------------------------------------


@pytest.mark.virtual_time
async def test_a_token_is_fetched_and_counted() -> None:
    """An OAuth client asks for a token first: one request of its own, with the secret in its body and nowhere else."""
    tally = Requests()
    async with Scripted([token(), queued(), queued()], credential=CLIENT) as transport:
        await transport.call(post(tally))
        await transport.call(post(tally))
        first, *rest = transport.seen
    assert (first.path, first.authorization) == ("/oauth/tokens", "")
    assert orjson.loads(first.body) == {
        "grant_type": "client_credentials",
        "client_id": "mock-client",
        "client_secret": "mock-secret",
        "scope": "read write",
        "expires_in": 7200,
    }
    assert [seen.authorization for seen in rest] == ["Bearer token-1"] * 2
    assert tally == Requests(posts=2, other=1)


@pytest.mark.virtual_time
async def test_a_token_revoked_in_mid_upload_is_renewed_once() -> None:
    """Ten requests under way with a token that is revoked: one renewal, and all of them succeed."""
    zendesk = account(rate=0)
    limits = Limits(rate=UNLIMITED)
    tally = Requests()
    async with InnerTransport(zendesk, credential=CLIENT, limits=limits) as transport:
        await transport.call(post(tally))
        zendesk.revoke()
        answers = await asyncio.gather(*(transport.call(post(tally)) for _ in range(10)))
    assert [found.status for found in answers] == [200] * 10
    assert tally == Requests(posts=21, other=2, retries=10)


@pytest.mark.virtual_time
async def test_a_renewal_is_told_as_another_attempt() -> None:
    """Whoever follows a batch hears that it left, that it did not arrive, and that it left again."""
    told = Told()
    async with Scripted([token(), queued(), answer(401), token(2), queued()], credential=CLIENT) as transport:
        await transport.call(post())
        await transport.call(told.post())
        assert transport.seen[-1].authorization == "Bearer token-2"
    assert told.words == [True, False, True]


@pytest.mark.virtual_time
async def test_a_token_revoked_again_while_its_request_waits_is_renewed_again() -> None:
    """Two revocations in one call are bad luck, not wrong credentials."""
    script = [token(), answer(401), token(2), answer(401), token(3), queued()]
    async with Scripted(script, credential=CLIENT) as transport:
        assert (await transport.ask(post(), job_of)).id == "V3-1"


@pytest.mark.virtual_time
async def test_tokens_refused_again_and_again_are_a_matter_of_credentials() -> None:
    """Where every fresh token is refused a person must act: no call renews for ever."""
    refused = [answer(401, {"error": "invalid_token"})]
    script = [found for number in range(RENEWALS + 1) for found in (token(number), *refused)]
    async with Scripted(script, credential=CLIENT) as transport:
        with pytest.raises(InvalidCredentials, match="invalid_token"):
            await transport.call(post())
        assert not transport.script


@pytest.mark.virtual_time
@pytest.mark.parametrize("status", [400, 401, 403])
async def test_a_wrong_client_is_a_matter_of_credentials(status: int) -> None:
    """What the token endpoint refuses, in OAuth's own words, needs a person; the upload's request never left."""
    told = Told()
    body = {"error": "invalid_client", "error_description": "Client authentication failed"}
    async with Scripted([answer(status, body)], credential=CLIENT) as transport:
        with pytest.raises(InvalidCredentials, match="Client authentication failed"):
            await transport.call(told.post())
    assert told.words == []


@pytest.mark.virtual_time
@pytest.mark.parametrize("failure", [answer(503), PAGE, TimeoutError(), answer(429, retry_after="3")])
async def test_a_token_endpoint_that_stumbles_is_asked_again(failure: Answer | Exception) -> None:
    """A failure before the request could leave is a retry; it is not told as one that left, and leaves no doubt."""
    told = Told()
    async with Scripted([failure, token(), queued()], credential=CLIENT) as transport:
        await transport.call(told.post())
    assert told.words == [True]


@pytest.mark.virtual_time
async def test_the_token_is_asked_for_when_the_turn_has_come() -> None:
    """A request that waited hours for a job slot leaves with a token of today, not with the one of its arrival."""
    async with Scripted([token(), queued(), token(2), queued()], credential=CLIENT) as transport:
        await transport.call(poll())
        transport.throttle.too_many_jobs(3 * 3600)
        await transport.call(post())
        assert [seen.authorization for seen in transport.seen] == ["", "Bearer token-1", "", "Bearer token-2"]


# -- secrets -----------------------------------------------------------------------------------------------------


SECRETS = ["s3cr3t-token", "YWRtaW5AZXhhbXBsZS5jb20vdG9rZW46czNjcjN0LXRva2Vu", "s3cr3t-client", "token-1"]


@pytest.mark.virtual_time
@pytest.mark.parametrize("credential", [TOKEN, OAuthToken("s3cr3t-token"), OAuthClient("mock-client", "s3cr3t-client")])
@pytest.mark.parametrize("status", [401, 403, 404, 422, 500])
async def test_no_secret_is_logged_shown_or_raised(
    credential: Credential, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither log nor error nor repr holds the credential, and none the users' data that were sent."""
    fetched = [token()] if isinstance(credential, OAuthClient) else []
    lost = aiohttp.ServerDisconnectedError()
    request = post(patience=1.0)
    with caplog.at_level(logging.DEBUG):
        async with Scripted([*fetched, lost, *[answer(status)] * 9], credential=credential) as transport:
            with pytest.raises(ZendeskAsyncError) as caught:
                await transport.call(request)
            shown = f"{transport!r} {request!r} {transport._auth!r} {caught.value!r} {caught.value} {caplog.text}"
    assert not [secret for secret in [*SECRETS, "c0@example.com"] if secret in shown]
    assert "trying again" in caplog.text


@pytest.mark.virtual_time
async def test_a_token_in_an_unexpected_answer_is_not_quoted() -> None:
    """A token endpoint that answers 202 has given a token, not an error to be shown."""
    gave = answer(202, {"access_token": "token-1", "expires_in": 7200})
    async with Scripted([gave, queued()], credential=CLIENT) as transport:
        assert (await transport.call(post())).status == 200


# -- at the HTTP edge --------------------------------------------------------------------------------------------


EDGE = "https://acme.zendesk.com"
EDGE_POLL = re.compile(re.escape(EDGE) + r"/api/v2/job_statuses/show_many\.json.*")


@contextlib.asynccontextmanager
async def at_the_edge(credential: Credential = TOKEN) -> AsyncGenerator[Transport]:
    async with Transport(EDGE, credential, Limits(), Patience()) as transport:
        yield transport


@pytest.mark.virtual_time
@pytest.mark.parametrize(
    ("status", "body", "content_type", "words"),
    [
        (400, '{"error":{"title":"Invalid attribute","message":"no array"}}', "application/json", "Invalid attribute"),
        (422, '{"error":"RecordInvalid","description":"bad","details":{}}', "application/json", "RecordInvalid: bad"),
        (400, '{"errors":[{"code":"Nope","title":"No","detail":"never"}]}', "application/json", "Nope: No: never"),
        (413, "<html><title>Too Large</title></html>", "text/html", "HTTP 413, Too Large"),
    ],
)
async def test_every_envelope_is_read_whatever_its_type(
    zendesk: Answers, status: int, body: str, content_type: str, words: str
) -> None:
    """JSON is not expected where an error is text or HTML, and Zendesk's words come through."""
    zendesk.post(EDGE + POST, status=status, body=body, content_type=content_type)
    async with at_the_edge() as transport:
        with pytest.raises(Refused, match=words):
            await transport.call(post())


@pytest.mark.virtual_time
async def test_401_in_its_own_envelope(zendesk: Answers) -> None:
    """Wrong API tokens are answered with a bare sentence: it reaches the person, with what to do."""
    zendesk.get(EDGE_POLL, status=401, payload={"error": "Couldn't authenticate you"})
    async with at_the_edge() as transport:
        with pytest.raises(InvalidCredentials, match="Couldn't authenticate you"):
            await transport.call(poll())


@pytest.mark.virtual_time
@pytest.mark.parametrize(
    ("headers", "least"),
    [
        ({"Retry-After": "27"}, 27),
        ({"RETRY-AFTER": "1.5"}, 1.5),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:30 GMT", "Date": "Wed, 21 Oct 2015 07:28:00 GMT"}, 30),
    ],
)
async def test_a_text_429_is_waited_for(zendesk: Answers, headers: dict[str, str], least: float) -> None:
    """Rate limits come as text/plain with Retry-After in any spelling; header names have no case."""
    words = "Number of allowed API requests per minute exceeded"
    zendesk.get(EDGE_POLL, status=429, body=words, content_type="text/plain", headers=headers)
    zendesk.get(EDGE_POLL, payload={"job_statuses": []})
    async with at_the_edge() as transport:
        await transport.call(poll())
        assert least <= asyncio.get_running_loop().time() <= least * 1.25 + 0.2


@pytest.mark.virtual_time
@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_no_redirect_is_followed(zendesk: Answers, status: int) -> None:
    """Credentials and users go to the configured host, wherever an answer may point."""
    zendesk.post(EDGE + POST, status=status, headers={"Location": "https://evil.example.com/"})
    zendesk.post("https://evil.example.com/", payload={"job_status": {"id": "1"}})
    async with at_the_edge() as transport:
        with pytest.raises(ApiError, match="redirected to https://evil"):
            await transport.call(post())
    assert {url.host for _, url in zendesk.requests} == {"acme.zendesk.com"}


@pytest.mark.virtual_time
async def test_without_a_write_the_answer_is_the_stamp(zendesk: Answers) -> None:
    """Where nothing is written to a socket, leaving the permit counts: the rate holds even then."""
    zendesk.post(EDGE + POST, payload={"job_status": {"id": "1"}}, repeat=True)
    async with at_the_edge() as transport:
        for _ in range(3):
            await transport.call(post(users=100))
        assert asyncio.get_running_loop().time() == pytest.approx(2 * PERIOD)


@pytest.mark.virtual_time
@pytest.mark.parametrize("error", [aiohttp.ClientConnectionError("no route"), TimeoutError(), OSError(5, "I/O error")])
async def test_a_connection_that_was_never_made_sent_nothing(zendesk: Answers, error: Exception) -> None:
    """Before the body is written nothing can have been processed: no doubt, and nothing to look for."""
    zendesk.post(EDGE + POST, exception=error)
    async with at_the_edge() as transport:
        with pytest.raises(ConnectionLost) as caught:
            await transport._exchange(post())
    assert not caught.value.sent


# -- over sockets ------------------------------------------------------------------------------------------------


class Watched(Transport):
    """Keeps the permits of what it writes."""

    permits: list[Permit]

    async def _write(self, request: Request, headers: dict[str, str], permit: Permit) -> Answer:
        self.permits = [*getattr(self, "permits", []), permit]
        return await super()._write(request, headers, permit)


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry without waiting: these tests run in real time."""
    monkeypatch.setattr(retrying, "FIRST", 0.0)


def to(url: str, credential: Credential = KNOWN) -> Watched:
    return Watched(url, credential, Limits(rate=UNLIMITED), Patience(requests=30, timeout=30))


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]


@contextlib.asynccontextmanager
async def server(serve: Serve) -> AsyncGenerator[str]:
    """Something that listens on this machine and does with each connection what ``serve`` does; gives its URL."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await serve(reader, writer)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    listening = await asyncio.start_server(connected, "127.0.0.1", 0, limit=2**24)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"


async def received(reader: asyncio.StreamReader) -> bytes:
    """Read one request; return its body."""
    head = await reader.readuntil(b"\r\n\r\n")
    found = re.search(rb"(?i)content-length: (\d+)", head)
    return await reader.readexactly(int(found[1]) if found else 0)


def http(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


QUEUED = http(b'{"job_status":{"id":"V3-1"}}')


async def test_the_stamp_is_set_before_the_answer_comes() -> None:
    """The payload is called as it is written: when the server has the body, the permit is stamped, answer or not."""
    seen: list[tuple[bytes, bool]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        body = await received(reader)
        seen.append((body, transport.permits[0].left))
        writer.write(QUEUED)
        await writer.drain()

    async with server(serve) as url, to(url) as transport:
        assert (await transport.ask(post(users=100), job_of)).id == "V3-1"
    assert seen == [(post(users=100).body, True)]


async def test_what_is_sent_is_json_with_our_name_on_it() -> None:
    """A POST carries the credential, its type and who we are; what a server would have us remember is forgotten."""
    heads: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            head = await reader.readuntil(b"\r\n\r\n")
            heads.append(head.decode().lower())
            await reader.readexactly(len(post().body or b""))
            writer.write(QUEUED.replace(b"\r\n", b"\r\nSet-Cookie: session=1\r\n", 1))
            await writer.drain()

    # By name, because no library keeps cookies of an address.
    async with server(serve) as url, to(url.replace("127.0.0.1", "localhost")) as transport:
        await transport.call(post())
        await transport.call(post())
    assert all("content-type: application/json\r\n" in head for head in heads)
    assert all("authorization: basic ywrtaw5a" in head for head in heads)
    assert all("user-agent: zendesk-async" in head for head in heads)
    assert len(heads) == 2
    assert "cookie" not in heads[1]


async def test_a_body_above_a_mebibyte_is_sent_without_a_warning() -> None:
    """A hundred users with long notes are a batch like any other; what aiohttp thinks of large bodies is no matter."""
    body = b'{"users":[' + b" " * 2**21 + b"]}"
    sizes = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sizes.append(len(await received(reader)))
        writer.write(QUEUED)
        await writer.drain()

    async with server(serve) as url, to(url) as transport:
        await transport.call(post()._replace(body=body))
    assert sizes == [len(body)]


@pytest.mark.usefixtures("_at_once")
async def test_a_lost_answer_is_doubt_and_then_another_attempt() -> None:
    """Zendesk queued the job and the connection broke: the caller may look for it, and the users are sent again."""
    told = Told()
    async with MockZendesk(job_seconds=0) as mock, to(mock.url) as transport:
        mock.account.fault_next("lost-answer")
        job = await transport.ask(told.post(), job_of)
        assert mock.stats()["posts"] == 2
        assert mock.stats()["jobs"] == 2
    assert job.id
    assert told.words == [True, False, "in doubt", True]


@pytest.mark.usefixtures("_at_once")
@pytest.mark.parametrize("fault", ["500", "500-text", "502", "503-bare", "504", "409", "lost-request"])
async def test_faults_of_a_real_connection_are_repaired(fault: str) -> None:
    """Whatever the mock can answer in a moment of weakness, the next attempt gets the job."""
    tally = Requests()
    async with MockZendesk() as mock, to(mock.url) as transport:
        mock.account.fault_next(fault)
        assert (await transport.ask(post(tally), job_of)).status == "queued"
        assert mock.stats()["users_received"] == 2
    assert (tally.posts, tally.retries) == (2, 1)


@pytest.mark.usefixtures("_at_once")
async def test_a_token_revoked_over_a_real_connection_is_renewed() -> None:
    """Revoking in mid-upload costs one more request, and nobody notices."""
    tally = Requests()
    async with MockZendesk() as mock, to(mock.url, CLIENT) as transport:
        await transport.ask(post(tally), job_of)
        mock.account.revoke()
        await transport.ask(post(tally), job_of)
        stats = mock.stats()
        assert (stats["posts"], stats["other"], stats["jobs"]) == (3, 2, 2)
    assert tally == Requests(posts=3, other=2, retries=1)


async def test_nobody_listening_is_no_connection() -> None:
    """A refused connection says so in words, and that nothing was sent."""
    async with server(lambda *_: None) as url:
        pass
    async with to(url) as transport:
        with pytest.raises(ConnectionLost, match="no connection") as caught:
            await transport._exchange(post())
    assert not caught.value.sent


@pytest.mark.parametrize(
    "words", [b"", b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf"]
)
async def test_an_answer_that_is_none_leaves_it_open(words: bytes) -> None:
    """Silence, another protocol or half an answer: perhaps it was processed, perhaps not."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await received(reader)
        writer.write(words)

    async with server(serve) as url, to(url) as transport:
        with pytest.raises(ConnectionLost) as caught:
            await transport._exchange(post())
    assert caught.value.sent


async def test_closing_ends_all_connections() -> None:
    """After the block nothing is open that the server could still talk to."""
    gone = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await received(reader)
        writer.write(QUEUED)
        await reader.read()
        gone.set()

    async with server(serve) as url:
        async with to(url) as transport:
            await transport.call(post())
            assert not gone.is_set()
        async with asyncio.timeout(10):
            await gone.wait()
    assert gone.is_set()
