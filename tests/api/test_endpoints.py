from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import orjson
import pytest
from aioresponses import aioresponses as Answers  # noqa: N812 - it is a class, whatever its name

from tests.api.scripted import PAGE, TOKEN, TOO_MANY_JOBS, Scripted, answer, job, queued
from tests.zendesk import InnerTransport, account, user
from zendesk_async.api.endpoints import Endpoints
from zendesk_async.api.request import Answer
from zendesk_async.api.transport import Transport
from zendesk_async.config.credentials import ApiToken
from zendesk_async.config.values import Limits, Patience
from zendesk_async.errors import AuthorizationError, ConfigError, InvalidCredentials, Refused, Unreachable
from zendesk_async.mock import Account
from zendesk_async.models import JobStatus, Requests

pytestmark = pytest.mark.virtual_time

USERS = [orjson.dumps(user(n)) for n in range(3)]

OPEN: list[Transport] = []


@pytest.fixture(autouse=True)
async def _close() -> AsyncGenerator[None]:
    """Close what a test has opened."""
    yield
    while OPEN:
        await OPEN.pop().close()


class Bench(Endpoints):
    """Endpoints over a scripted connection, with their tally."""

    def __init__(self, *script: Answer | Exception) -> None:
        self.transport = Scripted(script)
        OPEN.append(self.transport)
        self.tally = Requests()
        super().__init__(self.transport, self.tally)


def over(zendesk: Account, **more: Any) -> tuple[Endpoints, Requests]:
    """Endpoints over an account of the mock's, with their tally."""
    tally = Requests()
    OPEN.append(InnerTransport(zendesk, **more))
    return Endpoints(OPEN[-1], tally), tally


def me(**more: Any) -> Answer:
    return answer(200, {"user": {"id": 1, "name": "Admin", "role": "admin", **more}})


def page(*ids: str, cursor: str | None = None) -> Answer:
    """A page of the list of jobs."""
    meta = {"has_more": cursor is not None, "after_cursor": cursor}
    return answer(200, {"job_statuses": [job(one) for one in ids], "meta": meta})


# -- greet -------------------------------------------------------------------------------------------------------


async def test_a_known_person_is_greeted() -> None:
    """One request says that Zendesk is there and knows us; it counts as neither a post nor a poll."""
    api, tally = over(account())
    await api.greet()
    assert tally == Requests(other=1)


async def test_a_wrong_token_is_found_out_by_the_greeting() -> None:
    """401 before anything was sent names the workflow action."""
    api, _ = over(account(), credential=ApiToken("admin@example.com", "wrong"))
    with pytest.raises(InvalidCredentials):
        await api.greet()


@pytest.mark.parametrize("user", [{"id": None}, {}])
async def test_an_anonymous_answer_is_no_greeting(user: dict[str, Any]) -> None:
    """Zendesk answers some wrong credentials with 200 and nobody: that is a refusal too."""
    api = Bench(answer(200, {"user": {"name": "Anonymous user", **user}}))
    with pytest.raises(InvalidCredentials, match="anonymous"):
        await api.greet()


@pytest.mark.parametrize(
    "found",
    [
        answer(404, b"<html><title>No Help Desk</title></html>"),
        answer(301, b"", location="https://other.zendesk.com/"),
        answer(302, b"", location="https://www.zendesk.com/app/help-center-closed/"),
    ],
)
async def test_no_such_account_is_a_matter_of_configuration(found: Answer) -> None:
    """A wrong subdomain is answered 404 or sent elsewhere: nothing was sent, and the message says what to check."""
    api = Bench(found)
    with pytest.raises(ConfigError, match="Check the subdomain"):
        await api.greet()


async def test_a_log_in_page_is_nobody_s_answer() -> None:
    """A captive portal answers 200 to everything: after a short patience Zendesk counts as unreachable."""
    api = Bench(*[PAGE] * 20)
    with pytest.raises(Unreachable, match="One moment"):
        await api.greet()
    assert api.transport.times[-1] <= 20.2


async def test_a_forbidden_greeting_needs_a_person() -> None:
    """403 to the first request is an authorization error like any other."""
    api = Bench(answer(403, {"error": {"title": "Forbidden", "message": "Not from this address"}}))
    with pytest.raises(AuthorizationError, match="Not from this address"):
        await api.greet()


# -- create_or_update_many ---------------------------------------------------------------------------------------


async def test_users_become_a_job() -> None:
    """Users arrive as they were given, and what comes back is the job that will tell of them."""
    zendesk = account(job_seconds=0)
    api, tally = over(zendesk)
    status = await api.create_or_update_many(USERS)
    assert (status.status, status.total, tally.posts) == ("queued", 3, 1)
    assert [found["external_id"] for found in zendesk.users()] == ["c-0", "c-1", "c-2"]


async def test_a_refused_batch_says_why() -> None:
    """One ill-typed attribute and the whole request is refused, in Zendesk's words."""
    api, _ = over(account())
    with pytest.raises(Refused, match="tags"):
        await api.create_or_update_many([orjson.dumps(user(1, tags="vip"))])


async def test_a_page_instead_of_a_job_is_sent_again() -> None:
    """Status 200 with a proxy's page is no acceptance: another attempt gets the job, and that one alone is live."""
    api = Bench(PAGE, queued("V3-2"))
    assert (await api.create_or_update_many(USERS)).id == "V3-2"
    assert api.transport.throttle._live_jobs == 1
    assert api.tally == Requests(posts=2, retries=1)


async def test_a_lost_answer_is_told_to_whoever_asked() -> None:
    """The caller hears when the users leave, and is asked to look for a job before they leave again."""
    heard: list[object] = []

    async def in_doubt() -> None:
        heard.append("in doubt")

    api = Bench(aiohttp.ServerDisconnectedError(), queued())
    await api.create_or_update_many(USERS, heard.append, in_doubt)
    assert heard == [True, False, "in doubt", True]


async def test_the_last_free_slot_is_heeded() -> None:
    """When the header says that no slot is left, the next batch waits for the end of a job."""
    full = {"zendesk_ratelimit_inflight_jobs": "total=30; remaining=0; resets=60"}
    api = Bench(queued("V3-1", **full), queued("V3-2"))
    await api.create_or_update_many(USERS)
    api.job_ended()
    await api.create_or_update_many(USERS)
    assert api.transport.times == [0, 0.1]


async def test_without_a_free_slot_the_next_batch_waits() -> None:
    """No job of ours ends: the batch is held back, half a minute, and is not refused by Zendesk."""
    full = {"zendesk_ratelimit_inflight_jobs": "total=30; remaining=0; resets=60"}
    api = Bench(queued("V3-1", **full), queued("V3-2"))
    await api.create_or_update_many(USERS)
    await api.create_or_update_many(USERS)
    assert api.transport.times == [0, 30.1]


# -- jobs --------------------------------------------------------------------------------------------------------


async def test_many_jobs_are_asked_for_at_once() -> None:
    """One request tells of all jobs; one that Zendesk no longer keeps is missing."""
    api, tally = over(account(job_seconds=60, rate=0))
    ids = [(await api.create_or_update_many([body])).id for body in USERS]
    found = await api.show_many([*ids, "V3-forgotten"])
    assert sorted(one.id for one in found) == sorted(ids)
    assert tally.polls == 1


async def test_no_jobs_cost_no_request() -> None:
    """Asking for nothing is answered without Zendesk."""
    api = Bench()
    assert await api.show_many([]) == []
    assert api.tally == Requests()


async def test_more_jobs_than_a_request_can_name_are_a_mistake() -> None:
    """A hundred and one ids are refused in words: leaving one out would look as if its job were lost."""
    api = Bench(page())
    with pytest.raises(ValueError, match="not 101"):
        await api.show_many([str(n) for n in range(101)])
    assert await api.show_many([str(n) for n in range(100)]) == []


async def test_one_job_is_shown_or_not_there() -> None:
    """404 for a job is an answer, not an error."""
    api, _ = over(account(job_seconds=60))
    status = await api.create_or_update_many(USERS)
    found = await api.show(status.id)
    assert found is not None
    assert (found.id, found.finished) == (status.id, False)
    assert await api.show("V3-forgotten") is None


async def test_the_recent_jobs_are_everybodys() -> None:
    """The list has jobs of others too, and of earlier processes."""
    zendesk = account(job_seconds=60, rate=0)
    ours, _ = over(zendesk)
    theirs, tally = over(zendesk)
    started = {(await one.create_or_update_many(USERS)).id for one in (ours, theirs)}
    assert {one.id for one in await theirs.recent()} == started
    assert tally.polls == 1


async def test_a_lost_job_is_found_on_a_later_page() -> None:
    """The list is followed by its cursor, which is quoted: an unquoted + would arrive as a space."""
    api = Bench(page("a", "b", cursor="a+b/c=="), page("c", "V3-9"))
    found = await api.find("V3-9")
    assert found is not None
    assert found.id == "V3-9"
    asked = [parse_qs(urlsplit(seen.path).query) for seen in api.transport.seen]
    assert asked == [{"page[size]": ["100"]}, {"page[size]": ["100"], "page[after]": ["a+b/c=="]}]


async def test_a_job_that_is_nowhere_is_given_up_after_three_pages() -> None:
    """An account with endless jobs is not read to its end for the sake of one."""
    api = Bench(*[page("a", cursor="x")] * 9)
    assert await api.find("V3-9") is None
    assert api.tally.polls == 3


async def test_the_last_page_ends_the_search() -> None:
    """No further page is asked for than there are."""
    api = Bench(page("a"))
    assert await api.find("V3-9") is None
    assert api.tally.polls == 1


READS: list[Callable[[Endpoints], Awaitable[JobStatus | list[JobStatus] | None]]] = [
    lambda api: api.show("V3-1"),
    lambda api: api.show_many(["V3-1"]),
    lambda api: api.recent(),
    lambda api: api.find("V3-1"),
]


@pytest.mark.parametrize("read", READS)
async def test_a_page_instead_of_jobs_is_asked_again(
    read: Callable[[Endpoints], Awaitable[JobStatus | list[JobStatus] | None]],
) -> None:
    """A proxy's page with status 200 does not end an upload: the question is put again."""
    body = {"job_status": job("V3-1"), "job_statuses": [job("V3-1")]}
    api = Bench(PAGE, answer(200, body))
    found = await read(api)
    assert found
    assert api.tally == Requests(polls=2, retries=1)


HOSTILE = "../../users/1.json?x=1&ids=2#/"


async def test_an_id_from_a_body_stays_an_id() -> None:
    """Whatever a job is called, it is one word of the path or of the list of ids, on our own host."""
    api = Bench(answer(404), page())
    await api.show(HOSTILE)
    await api.show_many(["V3-1", HOSTILE + ",V3-2"])
    one, many = (urlsplit(seen.path) for seen in api.transport.seen)
    assert one.path.count("/") == "/api/v2/job_statuses/x.json".count("/")
    assert (one.query, one.fragment, many.fragment) == ("", "", "")
    assert parse_qs(many.query) == {"ids": ["V3-1," + HOSTILE + ",V3-2"]}
    assert many.query.count(",") == 1


async def test_a_hostile_id_is_not_decoded_on_its_way(zendesk: Answers) -> None:
    """The HTTP library leaves the quoting as it is: no dots climb out of the path."""
    async with Transport("https://acme.zendesk.com", TOKEN, Limits(), Patience(requests=0)) as transport:
        with pytest.raises(Unreachable):  # nothing answers here; what was asked for is what matters
            await Endpoints(transport, Requests()).show(HOSTILE)
    ((_, url),) = zendesk.requests
    assert url.host == "acme.zendesk.com"
    assert url.raw_path.startswith("/api/v2/job_statuses/..%2F..%2Fusers%2F1.json%3Fx")


async def test_jobs_are_asked_for_on_our_own_host() -> None:
    """The URL in a job's status may name another host (recorded in 2023): it is never followed."""
    elsewhere = job("V3-1", url="https://elsewhere.zendesk.com/api/v2/job_statuses/V3-1.json")
    api = Bench(answer(200, {"job_status": elsewhere}), answer(200, {"job_status": elsewhere}))
    status = await api.create_or_update_many(USERS)
    await api.show(status.id)
    assert api.transport.seen[1].path == "/api/v2/job_statuses/V3-1.json"


# -- user fields and slots ---------------------------------------------------------------------------------------


async def test_the_account_says_which_fields_it_has() -> None:
    """The keys of an account's user fields, which alone protect from misspelt ones, cost a request."""
    api, tally = over(account(fields="vip:checkbox,tier"))
    assert await api.user_fields() == {"vip", "tier"}
    assert tally == Requests(other=1)


def fields(*keys: str, cursor: str | None) -> Answer:
    meta = {"has_more": cursor is not None, "after_cursor": cursor}
    return answer(200, {"user_fields": [{"key": key, "active": True} for key in keys], "meta": meta})


async def test_fields_are_read_from_all_pages() -> None:
    """More fields than a page holds are followed by their cursor, quoted."""
    api = Bench(PAGE, fields("a", cursor="x+y="), fields("b", cursor=None))
    assert await api.user_fields() == {"a", "b"}
    assert api.transport.seen[-1].path.endswith("page[after]=x%2By%3D")


async def test_fields_that_lead_in_circles_come_to_an_end() -> None:
    """A list whose last page names a next one for ever does not hang the check."""
    api = Bench(*[fields("a", cursor="again")] * 500)
    assert await api.user_fields() == {"a"}
    assert api.tally.other <= 100


async def test_who_waits_for_a_slot_is_short_of_slots() -> None:
    """While a batch is held for want of a job slot, whoever asks for jobs may ask more often."""
    api = Bench(TOO_MANY_JOBS, queued())
    sending = asyncio.create_task(api.create_or_update_many(USERS))
    short = []
    for _ in range(3):
        short.append(api.short_of_slots)
        await asyncio.sleep(0.6)
    await sending
    assert short == [False, True, False]


async def test_two_uploads_are_counted_apart() -> None:
    """Endpoints that share a transport share its throttle and not their tallies."""
    transport = Bench(me(), me(), queued()).transport
    ours, theirs = Requests(), Requests()
    await Endpoints(transport, ours).greet()
    await Endpoints(transport, theirs).greet()
    await Endpoints(transport, ours).create_or_update_many(USERS)
    assert (ours, theirs) == (Requests(posts=1, other=1), Requests(other=1))
