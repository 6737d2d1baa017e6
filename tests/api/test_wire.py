from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.api import wire
from zendesk_async.errors import ApiError, NotFound, RateLimited, Refused, ServerError, TooManyJobs

NOW = 1_445_412_480.0  # Wed, 21 Oct 2015 07:28:00 GMT

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["job_status", "job_statuses", "id", "status", "results", "total", "meta", "user", "error"])
            | st.sampled_from(
                ["errors", "title", "message", "details", "description", "code", "detail", "after_cursor"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
BODIES = st.binary(max_size=60) | JSON.map(orjson.dumps)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "retry-after",
            "date",
            "location",
            "x-request-id",
            "ratelimit-limit",
            "ratelimit-remaining",
            "ratelimit-reset",
            "x-rate-limit",
            "x-rate-limit-remaining",
            "zendesk-ratelimit-inflight-jobs",
        ]
    ),
    st.text(max_size=12)
    | st.sampled_from(["nan", "inf", "-1", "1e400", "Wed, 21 Oct 2015 07:28:00 GMT", "total=30; remaining=²"])
    | st.integers().map(str),
)


# -- bodies that claim success -----------------------------------------------------------------------------------


def test_users_travel_as_the_bytes_they_came_in() -> None:
    """Nothing is encoded anew: an integer beyond 2^64 and the spelling of a number survive."""
    bodies = [b'{"name":"A","user_fields":{"n":18446744073709551617}}', b'{"name": "B", "x": 1E5}']
    assert wire.users_body(bodies) == b'{"users":[' + bodies[0] + b"," + bodies[1] + b"]}"


@given(st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3), max_size=5))
def test_a_batch_is_the_list_of_its_users(users: list[dict[str, str]]) -> None:
    """Joined bodies are JSON, with each user once and in order."""
    assert json.loads(wire.users_body([orjson.dumps(user) for user in users])) == {"users": users}


def test_a_queued_job_is_read() -> None:
    """The answer to a POST, as recorded in 2023, is a job that has not finished."""
    body = {
        "id": "V3-91a2a3634428aa598f58cf38fa6a9c14",
        "url": "https://elsewhere.zendesk.com/api/v2/job_statuses/V3-91a2a3634428aa598f58cf38fa6a9c14.json",
        "total": 100,
        "progress": None,
        "status": "queued",
        "message": None,
        "results": None,
    }
    job = wire.job_status(orjson.dumps({"job_status": body}))
    assert (job.id, job.status, job.total, job.results) == (body["id"], "queued", 100, None)
    assert not job.finished


def test_results_are_handed_on_as_they_are() -> None:
    """A completed job's results are Zendesk's own objects, in order."""
    results = [{"id": 1900233268488, "status": "Created", "email": "a@example.com"}, {"id": 1, "status": "Failed"}]
    body = {"job_status": {"id": "x", "status": "completed", "results": results}}
    job = wire.job_status(orjson.dumps(body))
    assert job.results == results
    assert job.finished


@pytest.mark.parametrize("results", [{"success": True}, ["word"], [None], "none", 3])
def test_results_that_are_no_list_of_objects_are_none(results: Any) -> None:
    """Other jobs have ``{"success": true}`` for results; whoever matches results sees objects or nothing."""
    assert wire.job_status(orjson.dumps({"job_status": {"id": "x", "results": results}})).results is None


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>Welcome to the proxy</html>", b"{}", b"[]", b"null", b'{"job_status":[]}', b'{"job_status":{}}'],
)
def test_what_is_no_job_is_a_temporary_error(body: bytes) -> None:
    """A proxy's page with status 200 is not acceptance: the request is made again."""
    with pytest.raises(ServerError):
        wire.job_status(body)


def test_jobs_come_in_a_list() -> None:
    """show_many and the list have the same envelope; a job without an id makes the whole answer useless."""
    assert [job.id for job in wire.job_statuses(b'{"job_statuses":[{"id":"a"},{"id":"b"}]}')] == ["a", "b"]
    with pytest.raises(ServerError):
        wire.job_statuses(b'{"job_statuses":[{"id":"a"},{}]}')


@pytest.mark.parametrize(
    ("meta", "cursor"),
    [
        ({"has_more": True, "after_cursor": "a+b=="}, "a+b=="),
        ({"has_more": False, "after_cursor": "a+b=="}, None),
        ({"has_more": True, "after_cursor": ""}, None),
        ({"has_more": True, "after_cursor": None}, None),
        ("nonsense", None),
    ],
)
def test_the_last_page_has_no_cursor(meta: Any, cursor: str | None) -> None:
    """A cursor is given only when it leads on: an empty one would begin the list again."""
    assert wire.next_cursor(orjson.dumps({"job_statuses": [], "meta": meta})) == cursor


def test_the_anonymous_user_has_no_id() -> None:
    """Zendesk answers some wrong credentials with 200 and a user without an id."""
    assert wire.user_id(b'{"user":{"id":12,"name":"Admin","role":"admin"}}') == 12
    assert wire.user_id(b'{"user":{"id":null,"name":"Anonymous user"}}') is None
    assert wire.user_id(b'{"user":{"name":"Anonymous user"}}') is None


def test_a_log_in_page_is_no_anonymous_user() -> None:
    """A captive portal says nothing of our credentials: it must not be read as their refusal."""
    with pytest.raises(ServerError):
        wire.user_id(b"<html>Log in to the airport</html>")


def test_the_keys_of_active_fields() -> None:
    """A field that was switched off takes no values; one without a key has no place in a record."""
    fields = [{"key": "vip", "active": True}, {"key": "old", "active": False}, {"key": "plain"}, {"id": 3}, "odd"]
    assert wire.field_keys(orjson.dumps({"user_fields": fields})) == ["vip", "plain"]
    with pytest.raises(ServerError):
        wire.field_keys(b"<html>Log in</html>")


def test_a_token_has_its_life_or_the_one_asked_for() -> None:
    """``expires_in`` counts when it can be waited for; else the life that the request named."""
    assert wire.access_token(b'{"access_token":"t","expires_in":1800}', 7200.0) == ("t", 1800.0)
    assert wire.access_token(b'{"access_token":"t"}', 7200.0) == ("t", 7200.0)
    assert wire.access_token(b'{"access_token":"t","expires_in":0}', 7200.0) == ("t", 7200.0)
    assert wire.access_token(b"<html>", 7200.0) == ("", 7200.0)


@given(BODIES)
def test_any_body_is_read_or_is_a_temporary_error(body: bytes) -> None:
    """Whatever Zendesk or something before it sends, no reader ends in anything but a value or a ServerError."""
    for read in (wire.job_status, wire.job_statuses, wire.user_id, wire.field_keys):
        try:
            read(body)
        except ServerError as error:
            assert error.status == 200  # noqa: PT017 - most bodies raise, some do not
    assert wire.next_cursor(body) != ""


# -- errors ------------------------------------------------------------------------------------------------------


def problem(status: int, body: Any, **headers: str) -> ApiError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return wire.problem(status, named, body if isinstance(body, bytes) else orjson.dumps(body), NOW)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused),
        (401, ApiError),
        (403, ApiError),
        (404, NotFound),
        (405, ApiError),
        (408, ServerError),
        (409, ServerError),
        (413, Refused),
        (422, Refused),
        (425, ServerError),
        (429, RateLimited),
        (500, ServerError),
        (503, ServerError),
        (530, ServerError),
        (301, ApiError),
    ],
)
def test_the_status_says_what_may_be_done(status: int, kind: type[ApiError]) -> None:
    """Each status has its consequence: again later, never again, or a person must act."""
    assert type(problem(status, b"")) is kind


@pytest.mark.parametrize("status", [429, 403, 422, 503])
def test_too_many_jobs_goes_by_its_name(status: int) -> None:
    """The status beside TooManyJobs is not documented: the name decides."""
    body = {"error": "TooManyJobs", "description": "Too many jobs", "current_job_ids": ["1"]}
    assert type(problem(status, body)) is TooManyJobs


@pytest.mark.parametrize(
    ("body", "title", "words"),
    [
        (
            {"error": {"title": "Invalid attribute", "message": "You passed an invalid value"}},
            "Invalid attribute",
            "Invalid attribute: You passed an invalid value",
        ),
        (
            {"error": "TooManyValues", "description": "Maximum 100 users may be created per call"},
            "TooManyValues",
            "TooManyValues: Maximum 100 users may be created per call",
        ),
        (
            {"error": "RecordInvalid", "description": "Record validation errors", "details": {"email": ["bad"]}},
            "RecordInvalid",
            'RecordInvalid: Record validation errors {"email":["bad"]}',
        ),
        (
            {"error": "Forbidden", "message": "Data imports are not enabled"},
            "Forbidden",
            "Forbidden: Data imports are not enabled",
        ),
        (
            {"errors": [{"code": "TooManyRequests", "title": "Too many requests", "detail": "to update"}]},
            "TooManyRequests",
            "TooManyRequests: Too many requests: to update",
        ),
        ({"error": "Couldn't authenticate you"}, "Couldn't authenticate you", "Couldn't authenticate you"),
        (
            {"error": "invalid_client", "error_description": "Client authentication failed"},
            "invalid_client",
            "invalid_client: Client authentication failed",
        ),
        (
            b"Number of allowed API requests per minute exceeded",
            "",
            "Number of allowed API requests per minute exceeded",
        ),
        (b"<html><head><title>502 Bad\nGateway</title></head><body><h1>Oh</h1></body></html>", "", "502 Bad Gateway"),
        ({"error": {}}, "", '{"error":{}}'),
        ({"errors": [{}]}, "", '{"errors":[{}]}'),
        (b"", "", "no explanation given"),
    ],
)
def test_every_envelope_is_understood(body: Any, title: str, words: str) -> None:
    """Zendesk's four envelopes, OAuth's, plain text and HTML: its own words reach the person."""
    error = problem(422, body)
    assert error.title == title
    assert str(error) == f"HTTP 422, {words}"


def test_recorded_errors_keep_their_words() -> None:
    """What real accounts answered is told in their words, not as "no explanation given"."""
    error = problem(400, {"error": "TooManyValues", "description": "Maximum 100 users may be created per call"})
    assert isinstance(error, Refused)
    limited = problem(429, b"You have exceeded the rate limit for updating a single unique user.", retry_after="27")
    assert (limited.retry_after, type(limited)) == (27.0, RateLimited)


def test_a_long_page_is_quoted_in_part() -> None:
    """A message stays a message, whatever a proxy sends."""
    assert len(str(problem(502, b"word " * 10_000))) < 400


def test_an_error_cannot_write_to_a_terminal() -> None:
    """Control characters in a foreign page do not reach the screen."""
    assert "\x1b" not in str(problem(502, b"\x1b]0;owned\x07 Bad \x1b[31mGateway"))


def test_a_fault_of_theirs_names_the_request() -> None:
    """Zendesk Support asks for the request's id; what is our fault needs none."""
    assert str(problem(500, b"", x_request_id="r-1")).endswith("(request r-1)")
    assert "r-1" not in str(problem(422, b"", x_request_id="r-1"))
    assert problem(422, b"", x_request_id="r-1").request_id == "r-1"


def test_a_redirect_says_where_to_without_its_query() -> None:
    """Who wrote an old subdomain learns the new one; what a query holds may be a secret."""
    words = str(problem(301, b"<html>Moved</html>", location="https://new.zendesk.com/api?token=s3cr3t"))
    assert "https://new.zendesk.com/api" in words
    assert "s3cr3t" not in words


@given(st.integers(300, 599), HEADERS, BODIES)
def test_any_answer_makes_an_error(status: int, headers: dict[str, str], body: bytes) -> None:
    """No answer is so broken that reading it fails, and none makes us wait for ever."""
    error = wire.problem(status, headers, body, NOW)
    assert str(error).startswith(f"HTTP {status}")
    assert error.retry_after is None or 0 <= error.retry_after <= 86_400


# -- headers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "27"}, 27.0),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "100000"}, 86_400.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:30 GMT"}, 30.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:30 -0000"}, 30.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:27:30 GMT"}, 0.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:30 GMT", "date": "Wed, 21 Oct 2015 07:28:20 GMT"}, 10.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:30 GMT", "date": "yesterday"}, 30.0),
    ],
)
def test_retry_after_in_every_spelling(headers: dict[str, str], seconds: float | None) -> None:
    """Whole, decimal, or a date, which goes by Zendesk's clock when the answer tells it, and by ours when not."""
    assert wire.retry_after(headers, NOW) == seconds


@pytest.mark.parametrize(
    ("headers", "budget"),
    [
        ({}, None),
        ({"ratelimit-limit": "700", "ratelimit-remaining": "699", "ratelimit-reset": "55"}, (700, 699, 55.0)),
        ({"rate-limit": "700", "rate-limit-remaining": "699", "rate-limit-reset": "55"}, (700, 699, 55.0)),
        ({"x-rate-limit": "700", "x-rate-limit-remaining": "699"}, (700, 699, None)),
        ({"ratelimit-limit": "700", "x-rate-limit": "400", "x-rate-limit-remaining": "7"}, (400, 7, None)),
        ({"ratelimit-limit": "many", "ratelimit-remaining": "2"}, None),
        ({"ratelimit-limit": "700", "ratelimit-remaining": "2", "ratelimit-reset": "nan"}, (700, 2, None)),
    ],
)
def test_the_budget_of_every_era(headers: dict[str, str], budget: tuple[int, int, float | None] | None) -> None:
    """Three generations of headers tell the same; the newest that makes sense counts."""
    assert wire.budget(headers) == budget


@pytest.mark.parametrize(
    ("told", "free"),
    [
        ("total=30; remaining=29; resets=60", 29),
        ("total=30;remaining=0", 0),
        ("total=30", None),
        ("remaining=few", None),
        ("remaining=²", None),
    ],
)
def test_free_job_slots(told: str, free: int | None) -> None:
    """The header about jobs in flight says how many more may be started, or is ignored."""
    assert wire.free_job_slots({"zendesk-ratelimit-inflight-jobs": told}) == free
    assert wire.free_job_slots({}) is None


@given(HEADERS)
def test_no_header_is_an_error(headers: dict[str, str]) -> None:
    """Headers that make no sense are as good as absent."""
    budget = wire.budget(headers)
    assert budget is None or budget.reset is None or budget.reset >= 0
    assert (wire.free_job_slots(headers) or 0) >= 0
