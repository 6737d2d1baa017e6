"""From a batch to a job, and from a job to its results."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mock.asking import UPSERT, Asking, person


def people(count: int, start: int = 0) -> list[dict[str, Any]]:
    return [person(number) for number in range(start, start + count)]


def test_a_batch_becomes_a_queued_job() -> None:
    """200 with a job that has not begun, as recorded: nothing is known of it but its size."""
    said = Asking(job_seconds=10).post(*people(3))
    job = said.json["job_status"]
    assert said.status == 200
    assert list(job) == ["id", "job_type", "url", "total", "progress", "status", "message", "results"]
    assert re.fullmatch(r"V3-[0-9a-f]{32}", job["id"])
    assert job["url"].endswith(f"/api/v2/job_statuses/{job['id']}.json")
    assert (job["total"], job["status"]) == (3, "queued")
    assert (job["progress"], job["message"], job["results"]) == (None, None, None)


def test_the_answer_is_queued_even_if_the_job_is_over_at_once() -> None:
    """With job_seconds 0 the job is done when somebody looks, and its place is free."""
    asking = Asking(job_seconds=0, job_limit=1)
    assert asking.post(*people(1)).json["job_status"]["status"] == "queued"
    assert asking.look(asking.job(*people(1)))["status"] == "completed"
    assert asking.stats()["most_jobs_at_once"] == 1


def test_results_come_in_the_order_of_the_request() -> None:
    """Created, updated and failed in one job, each in its real shape; completed is not the same as all well."""
    asking = Asking()
    asking.results(person(1))
    results = asking.results(
        person(0), {"external_id": "c-1"}, {"name": "x", "email": "error@example.com_"}, {"name": "nobody"}
    )
    assert [result["status"] for result in results] == ["Created", "Updated", "Failed", "Created"]
    assert results[1] == {"id": results[1]["id"], "status": "Updated", "email": "p1@example.com", "external_id": "c-1"}
    assert results[2] == {
        "id": 2,
        "email": "error@example.com_",
        "status": "Failed",
        "error": "UserUpdateError",
        "details": "Name: Email: error@example.com_ is not properly formatted",
    }
    assert results[3].keys() == {"id", "status"}


def test_failures_can_be_bare() -> None:
    """An account may leave the identities out: then only the place in the request tells who it was."""
    (result,) = Asking(bare_failures=True).results({"email": "bad", "name": "x"})
    assert result.keys() == {"id", "status", "error", "details"}


def test_users_change_when_the_job_ends_and_not_before() -> None:
    """The POST changes nothing by itself."""
    asking = Asking(job_seconds=10)
    asking.job(person(1))
    asking.now = 9.9
    assert asking.users() == []
    asking.now = 10.0
    assert len(asking.users()) == 1


def test_two_live_jobs_race() -> None:
    """With jitter, what was sent first may end last and win: two records of one user must not be under way at once."""
    kept = set()
    for seed in range(20):
        asking = Asking(job_seconds=10, job_jitter=0.9, seed=seed)
        asking.job(person(1, notes="first"))
        asking.now = 1.0
        asking.job(person(1, notes="second"))
        assert asking.stats()["users_in_two_live_jobs"] == 2
        asking.now = 100.0
        kept.add(asking.users()[0]["notes"])
    assert kept == {"first", "second"}


def test_a_duplicate_in_a_batch_updates_and_is_counted() -> None:
    """Records are taken one after the other, so the later one wins."""
    asking = Asking()
    results = asking.results(person(1, notes="a"), {"external_id": "c-1", "notes": "b"})
    assert [result["status"] for result in results] == ["Created", "Updated"]
    assert asking.users()[0]["notes"] == "b"
    assert (asking.stats()["duplicates_in_batch"], asking.stats()["users_in_two_live_jobs"]) == (1, 0)


def test_a_user_may_come_again_when_the_job_is_over() -> None:
    """One job after the other is no race."""
    asking = Asking(job_seconds=1)
    asking.results(person(1))
    asking.results(person(1))
    assert asking.stats()["users_in_two_live_jobs"] == 0


def test_nobody_is_blamed_for_a_job_never_heard_of() -> None:
    """A job whose answer was lost is no second job of its users: the client cannot know that it lives."""
    asking = Asking(job_seconds=10)
    asking.account.fault_next("lost-answer")
    assert asking.post(person(1)).answer.lost
    asking.job(person(1))
    assert asking.stats()["users_in_two_live_jobs"] == 0
    assert asking.stats()["live_jobs"] == 2


def test_a_sliding_second_holds_so_many_and_no_more() -> None:
    """What would make any second too full is answered 429 with Retry-After 1, and is not counted as accepted."""
    asking = Asking(rate=100)
    asking.job(*people(60))
    asking.now = 0.5
    said = asking.post(*people(41))
    assert (said.status, said.headers["retry-after"]) == (429, "1")
    asking.job(*people(40))
    asking.now = 0.999
    assert asking.post(*people(1)).status == 429
    asking.now = 1.0
    asking.job(*people(60))
    stats = asking.stats()
    assert (stats["worst_second_accepted"], stats["worst_second_arriving"]) == (100, 142)
    assert stats["limited"]["rate"] == 2


def test_a_late_body_cannot_crowd_a_second() -> None:
    """A request whose headers came first, but whose body came last, is held to the seconds that it is part of."""
    asking = Asking(rate=100)
    asking.now = 0.5
    asking.job(*people(100))
    asking.now = 0.4
    assert asking.post(*people(1)).status == 429


def test_the_thirty_first_job_is_refused() -> None:
    """TooManyJobs with the ids of those that hold the places; every upsert's answer says how many are left."""
    asking = Asking(job_seconds=10)
    jobs = []
    for number in range(30):
        said = asking.post(person(number))
        jobs.append(said.json["job_status"]["id"])
        left = said.headers["zendesk-ratelimit-inflight-jobs"]
        assert left == f"total=30; remaining={29 - number}; resets=60"
    said = asking.post(person(99))
    assert (said.status, said.json["error"]) == (429, "TooManyJobs")
    assert said.json["current_job_ids"] == jobs
    assert said.headers["zendesk-ratelimit-inflight-jobs"] == "total=30; remaining=0; resets=60"
    assert asking.stats()["limited"]["jobs"] == 1
    asking.now = 10.0
    assert asking.post(person(99)).status == 200
    assert asking.stats()["most_jobs_at_once"] == 30


def test_without_a_job_limit_nothing_is_said_of_it() -> None:
    """No limit, no header."""
    asking = Asking(job_limit=0, job_seconds=10)
    said = [asking.post(person(number)) for number in range(40)]
    assert {one.status for one in said} == {200}
    assert not any("zendesk-ratelimit-inflight-jobs" in one.headers for one in said)


def test_a_refused_request_makes_no_job() -> None:
    """More than a hundred, or an ill-typed one among them, and nobody is let in; all are counted as received."""
    asking = Asking()
    assert asking.post(*people(101)).json["error"] == "TooManyValues"
    assert asking.post(person(1), {"name": "x", "tags": "vip"}).status == 400
    assert asking.ask("POST", UPSERT, b"{").status == 400
    assert asking.users() == []
    assert (asking.stats()["users_received"], asking.stats()["users_accepted"], asking.stats()["jobs"]) == (103, 0, 0)


def test_unknown_keys_are_warned_of_in_a_header() -> None:
    """The record is taken without them; what is fine has no such header."""
    asking = Asking()
    said = asking.post(person(1, nmae="typo"))
    assert '"users.nmae"' in said.headers["x-zendesk-api-warn"]
    assert "x-zendesk-api-warn" not in asking.post(person(2)).headers


@pytest.mark.parametrize(
    ("fault", "status", "stored", "results"),
    [
        ("job-failed", "failed", 0, 4),
        ("job-failed-bare", "failed", 0, None),
        ("job-killed", "killed", 2, None),
        ("job-short", "completed", 4, 2),
        ("job-stuck", "working", 0, None),
    ],
)
def test_what_befalls_jobs(fault: str, status: str, stored: int, results: int | None) -> None:
    """Each fault has its status, lets in whom it says, and has results or not."""
    asking = Asking(job_seconds=10)
    asking.account.fault_next(fault)
    job_id = asking.job(*people(4))
    asking.now = 10.0
    job = asking.look(job_id)
    assert job["status"] == status
    assert len(asking.users()) == stored
    assert (None if job["results"] is None else len(job["results"])) == results
    assert asking.stats()["faults"] == {fault: 1}


def test_a_failed_job_fails_each_record() -> None:
    """Where there are results, every one of them says Failed."""
    asking = Asking(failed_job_rate=1.0)
    results = asking.results(*people(3))
    assert [result["status"] for result in results] == ["Failed"] * 3
    assert asking.stats()["records_failed"] == 3


def test_a_hidden_job_is_found_later() -> None:
    """By id it is missing at first, the list has it."""
    asking = Asking(hidden_job_rate=1.0, hidden_job_looks=1)
    job_id = asking.job(*people(1))
    assert asking.get(f"/api/v2/job_statuses/{job_id}").status == 404
    assert [job["id"] for job in asking.get("/api/v2/job_statuses").json["job_statuses"]] == [job_id]
    assert asking.look(job_id)["status"] == "completed"


def test_the_same_record_is_refused_each_time() -> None:
    """Refusals by chance go by identity, so that batches, order and repetition do not change them."""
    asking = Asking(refused_record_rate=0.3)
    first = [result["status"] for result in asking.results(*people(100))]
    assert 15 < first.count("Failed") < 45
    backwards = [result["status"] for result in asking.results(*people(100)[::-1])][::-1]
    assert [status == "Failed" for status in first] == [status == "Failed" for status in backwards]


def test_the_fast_account_keeps_nobody() -> None:
    """Everything is created, in the shape of real results, and counted."""
    asking = Asking(fast=True)
    results = asking.results(person(1), {"name": "x"}, {"external_id": "7"})
    assert [result.keys() - {"id", "status"} for result in results] == [
        {"email", "external_id"},
        set(),
        {"external_id"},
    ]
    assert {result["status"] for result in results} == {"Created"}
    assert asking.results(person(1))[0]["id"] not in {result["id"] for result in results}
    assert (asking.users(), asking.stats()["records_created"]) == ([], 4)


def test_job_ids_are_never_given_twice() -> None:
    """Not in a run, not after a reset."""
    asking = Asking()
    first = {asking.job(person(number)) for number in range(20)}
    asking.account.reset()
    second = {asking.job(person(number)) for number in range(20)}
    assert len(first | second) == 40


BATCH = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from(["N", "M"])},
        optional={
            "external_id": st.sampled_from(["a", "A", "b", "c"]),
            "email": st.sampled_from(["a@x.de", "b@x.de", "bad"]),
            "tags": st.lists(st.sampled_from("xyz"), max_size=2, unique=True),
            "user_fields": st.dictionaries(st.sampled_from("kl"), st.one_of(st.none(), st.integers(0, 3))),
        },
    ),
    min_size=1,
    max_size=20,
)


@settings(deadline=None)
@given(BATCH)
def test_a_batch_is_its_records_one_after_the_other(records: list[dict[str, Any]]) -> None:
    """Sent together or one by one, the same users are there in the end, with the same results."""
    together, apart = Asking(), Asking()
    results = together.results(*records)
    singly = [apart.results(record)[0] for record in records]
    strip = [{**result, "id": 0} if result["status"] == "Failed" else result for result in results]
    assert strip == [{**result, "id": 0} if result["status"] == "Failed" else result for result in singly]
    assert together.users() == apart.users()
