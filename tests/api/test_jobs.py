from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.api import wire
from zendesk_async.api.jobs import read_job, read_jobs
from zendesk_async.models import JobResults

ACCEPTED = {"id": 1900233268488, "status": "Created", "email": "a@example.com", "external_id": "c-1"}

ITEMS = st.fixed_dictionaries(
    {},
    optional={
        "id": st.integers(0, 9) | st.just("1"),
        "status": st.sampled_from(["Created", "Updated", "Failed", "created"]) | st.none(),
        "external_id": st.sampled_from(["A", "b"]) | st.none() | st.just(5),
        "email": st.just("a@b.co"),
        "error": st.sampled_from(["UserUpdateError", None]),
        "success": st.booleans() | st.none(),
        "index": st.integers(0, 3),
    },
)
JOBS = st.fixed_dictionaries(
    {"id": st.sampled_from(["V3-1", "", 5])},
    optional={
        "job_type": st.just("Bulk Create User"),
        "status": st.sampled_from(["queued", "working", "completed", "failed", "", None]),
        "total": st.integers(0, 100) | st.none(),
        "progress": st.integers(0, 100) | st.none(),
        "message": st.sampled_from([None, "", "Creating User #53"]),
        "results": st.none() | st.lists(ITEMS, max_size=3) | st.just({"success": True}),
    },
)


def body_of(job: Any) -> bytes:
    return orjson.dumps({"job_status": job})


def test_accepted_users_are_read_in_short() -> None:
    """What a job says of a hundred users takes a hundred small objects, and the full ones only for those who ask."""
    job = read_job(body_of({"id": "V3-1", "status": "completed", "results": [ACCEPTED, {**ACCEPTED, "id": 2}]}))
    assert job is not None
    assert isinstance(job.results, JobResults)
    assert [(item.id, item.status, item.external_id) for item in job.results.accepted] == [
        (1900233268488, "Created", "c-1"),
        (2, "Created", "c-1"),
    ]
    assert job.results == [ACCEPTED, {**ACCEPTED, "id": 2}]


@pytest.mark.parametrize(
    "odd",
    [
        {"status": "Failed"},
        {"error": "UserUpdateError"},
        {"success": True},
        {"success": False},
        {"id": None},
        {"id": "5"},
        {"id": True},
        {"external_id": None},
        {"status": "created"},
    ],
)
def test_whatever_else_is_said_is_left_to_the_tolerant(odd: dict[str, Any]) -> None:
    """One user who was not plainly accepted, and all of the job is looked at in full."""
    job = {"id": "V3-1", "status": "completed", "results": [ACCEPTED, ACCEPTED | odd]}
    assert read_job(body_of(job)) is None
    assert wire.job_status(body_of(job)).results == job["results"]


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b"[]", b'{"job_status":[]}', b'{"job_statuses":{}}'])
def test_what_is_no_job_is_left(body: bytes) -> None:
    """What to do about a proxy's page is not decided here."""
    assert read_job(body) is None
    assert read_jobs(body) is None


@given(JOBS)
def test_both_ways_of_reading_say_the_same(job: dict[str, Any]) -> None:
    """Where the quick way says anything of a job, it says what the tolerant one says."""
    quick = read_job(body_of(job))
    if quick is not None:
        assert quick == wire._job(job)


@given(st.lists(JOBS, max_size=3))
def test_many_jobs_are_read_as_one_by_one(jobs: list[dict[str, Any]]) -> None:
    """All of them, in order, or none."""
    quick = read_jobs(orjson.dumps({"job_statuses": jobs}))
    assert quick is None or quick == [read_job(body_of(job)) for job in jobs]


def test_usual_answers_take_the_quick_way() -> None:
    """An answer to a POST, and one to a question for a job that is at work."""
    queued = {"id": "V3-1", "total": 2, "progress": None, "status": "queued", "message": None, "results": None}
    assert read_job(body_of(queued)) is not None
    assert read_jobs(orjson.dumps({"job_statuses": [queued, {**queued, "status": "working", "progress": 1}]}))
