"""What the account says, word for word."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

import orjson
import pytest

from zendesk_async.mock.answers import (
    fault_answer,
    in_flight_header,
    is_of_edge,
    limited,
    rate_headers,
    too_many_jobs,
    zulu,
)

NOON = 1_767_268_800.0


@pytest.mark.parametrize(
    ("style", "kind", "names_a_wait"),
    [("text", "text/plain", True), ("json", "application/json", True), ("edge", "text/plain", False)],
)
def test_a_429_comes_in_three_styles(style: str, kind: str, names_a_wait: bool) -> None:
    """Text, JSON, and the edge's, which names no wait and bears none of Zendesk's headers."""
    answer = limited(style, 27)
    assert answer.status == 429
    assert answer.headers["content-type"].startswith(kind)
    assert (answer.headers.get("retry-after") == "27") is names_a_wait
    assert is_of_edge(answer) is not names_a_wait


def test_retry_after_is_written_in_three_ways() -> None:
    """A 503 asks for a wait as an integer, as a decimal, or as a date; a bare one asks for none."""
    waits = {}
    for kind in ("503", "503-decimal", "503-date", "503-bare"):
        answer = fault_answer(kind, NOON, 2.5)
        assert answer is not None
        assert answer.status == 503
        waits[kind] = answer.headers.get("retry-after")
    assert (waits["503"], waits["503-decimal"], waits["503-bare"]) == ("2", "2.50", None)
    assert parsedate_to_datetime(str(waits["503-date"])).timestamp() == int(NOON + 2.5)


def test_errors_come_in_json_text_and_html() -> None:
    """A client must not count on JSON when something is broken."""
    kinds = {}
    for name in ("500", "500-text", "502", "504"):
        answer = fault_answer(name, NOON, 1)
        assert answer is not None
        kinds[name] = answer.headers["content-type"].partition(";")[0]
    assert kinds == {"500": "application/json", "500-text": "text/plain", "502": "text/html", "504": "text/html"}


def test_the_four_error_envelopes() -> None:
    """The shapes are those seen: a text, a title with a message, an error with a description, with an empty default."""
    bodies = {}
    for kind in ("401", "403", "409"):
        answer = fault_answer(kind, NOON, 1)
        assert answer is not None
        bodies[kind] = orjson.loads(answer.body)
    assert bodies["401"] == {"error": "Couldn't authenticate you"}
    assert bodies["403"]["error"]["title"] == "Forbidden"
    assert bodies["409"] == {"error": "DatabaseConflict", "description": "Database collision"}


def test_too_many_jobs_names_those_that_are_alive() -> None:
    """The body is Zendesk's documented one."""
    answer = too_many_jobs(["V3-1", "V3-2"])
    assert orjson.loads(answer.body)["error"] == "TooManyJobs"
    assert orjson.loads(answer.body)["current_job_ids"] == ["V3-1", "V3-2"]
    assert in_flight_header(30, 28) == "total=30; remaining=2; resets=60"
    assert in_flight_header(30, 31) == "total=30; remaining=0; resets=60"


def test_rate_headers_follow_the_era() -> None:
    """2023 and 2024 name them differently, beside the old pair that stays."""
    old = {"x-rate-limit": "700", "x-rate-limit-remaining": "5"}
    assert rate_headers("none", 700, 5, 9) == {}
    assert rate_headers("2023", 700, 5, 9) == {
        **old,
        "rate-limit": "700",
        "rate-limit-remaining": "5",
        "rate-limit-reset": "9",
    }
    assert rate_headers("2024", 700, 5, 9) == {
        **old,
        "ratelimit-limit": "700",
        "ratelimit-remaining": "5",
        "ratelimit-reset": "9",
    }


def test_moments_are_written_as_zendesk_does() -> None:
    """UTC, to the second, with a Z."""
    assert zulu(NOON) == "2026-01-01T12:00:00Z"
