"""One request in, one answer out: what is looked at, in which order, and what every answer bears."""

from __future__ import annotations

from typing import Any

import pytest

import zendesk_async.mock
from tests.mock.asking import UPSERT, Asking, person
from zendesk_async.mock import Account, Options


def test_paths_work_with_and_without_json() -> None:
    """Old clients write .json, new ones do not."""
    asking = Asking()
    assert asking.ask("POST", f"{UPSERT}.json", {"users": [person(1)]}).status == 200
    assert asking.get("/api/v2/users/me.json").status == asking.get("/api/v2/users/me").status == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/api/v2/tickets"),
        ("PUT", UPSERT),
        ("GET", "/api/v2/job_statuses/"),
        ("GET", "/api/v2/job_statuses/a/b"),
        ("DELETE", "/api/v2/users/1"),
    ],
)
def test_a_path_that_means_nothing_is_a_404(method: str, path: str) -> None:
    """In the documented words, and as 401 for somebody unknown."""
    asking = Asking()
    said = asking.ask(method, path)
    assert (said.status, said.json["error"]) == (404, "InvalidEndpoint")
    assert asking.ask(method, path, headers={}).status == 401


def test_every_answer_has_an_id_of_its_own() -> None:
    """What Zendesk's support asks for is there, and differs."""
    asking = Asking()
    ids = [asking.get("/api/v2/users/me").headers["x-request-id"] for _ in range(3)]
    assert len(set(ids)) == 3


def test_the_minutes_budget_is_told_and_kept() -> None:
    """Each request takes one; what is too much is a 429 that says when the minute ends; then it starts anew."""
    asking = Asking(rpm=2)
    asking.now = 20.0
    first = asking.get("/api/v2/users/me")
    assert (first.headers["ratelimit-limit"], first.headers["ratelimit-remaining"]) == ("2", "1")
    assert first.headers["ratelimit-reset"] == "40"
    assert first.headers["x-rate-limit-remaining"] == "1"
    asking.get("/api/v2/users/me")
    said = asking.post(person(1))
    assert (said.status, said.headers["retry-after"], said.headers["x-rate-limit-remaining"]) == (429, "40", "0")
    assert said.text == "Number of allowed API requests per minute exceeded"
    assert asking.stats()["limited"]["rpm"] == 1
    asking.now = 60.0
    assert asking.post(person(1)).status == 200


def test_without_a_budget_no_rate_headers() -> None:
    """There is nothing to tell."""
    assert not [name for name in Asking().get("/api/v2/users/me").headers if "rate" in name]


@pytest.mark.parametrize(("era", "header"), [("2023", "rate-limit"), ("2024", "ratelimit-limit")])
def test_rate_headers_are_of_the_era(era: str, header: str) -> None:
    """Each in its own spelling."""
    assert Asking(rpm=700, era=era).get("/api/v2/users/me").headers[header] == "700"


@pytest.mark.parametrize(
    ("style", "kind"), [("text", "text/plain"), ("json", "application/json"), ("edge", "text/plain")]
)
def test_limits_answer_in_the_style_wanted(style: str, kind: str) -> None:
    """The edge's answer bears nothing of Zendesk's."""
    by_minute, by_second = Asking(rpm=1, limit_style=style), Asking(rate=1, limit_style=style)
    by_minute.get("/api/v2/users/me")
    for said in (by_minute.get("/api/v2/users/me"), by_second.post(person(1), person(2))):
        assert said.status == 429
        assert said.headers["content-type"].startswith(kind)
        assert ("x-request-id" in said.headers) is (style != "edge")
        assert style != "edge" or said.headers.keys() == {"content-type", "server"}


def test_getting_a_token_costs_nothing_of_the_budget() -> None:
    """It is no request of the API."""
    asking = Asking(rpm=1)
    asking.ask("POST", "/oauth/tokens", b"{}")
    assert asking.get("/api/v2/users/me").status == 200


def test_a_scripted_fault_strikes_as_often_as_asked() -> None:
    """Twice 503 with Retry-After for the next upserts, and then all is well."""
    asking = Asking()
    asking.account.fault_next("503", times=2)
    assert asking.get("/api/v2/users/me").status == 200
    said = [asking.post(person(1)) for _ in range(3)]
    assert [one.status for one in said] == [503, 503, 200]
    assert said[0].headers["retry-after"] == "2"
    assert asking.stats()["faults"] == {"503": 2}
    assert len(asking.users()) == 1


def test_a_lost_request_was_never_processed() -> None:
    """It is cut, counted as arriving, and nothing else happens."""
    asking = Asking(lost_request_rate=1.0)
    said = asking.post(person(1))
    assert said.answer.lost
    assert asking.users() == []
    assert (asking.stats()["users_received"], asking.stats()["users_accepted"]) == (1, 0)


def test_a_lost_answer_was_processed() -> None:
    """The job is there though nobody was told of it."""
    asking = Asking(lost_answer_rate=1.0)
    assert asking.post(person(1)).answer.lost
    assert len(asking.users()) == 1
    assert asking.stats()["statuses"] == {"0": 1}


def test_stalls_and_latency_delay_the_answer() -> None:
    """All answers by the latency, a stalled one by its own time on top."""
    asking = Asking(latency=0.25, stall_seconds=60.0)
    assert asking.get("/api/v2/users/me").answer.delay == 0.25
    asking.account.fault_next("stall")
    said = asking.post(person(1))
    assert (said.status, said.answer.delay) == (200, 60.25)


def test_made_up_limits_are_counted_as_such() -> None:
    """A 429 by chance is told from one by a limit."""
    asking = Asking(limited_rate=1.0)
    assert [asking.post(person(1)).status for _ in range(3)] == [429] * 3
    assert asking.stats()["limited"] == {"rate": 0, "rpm": 0, "jobs": 0, "fault": 3}


def test_a_fault_never_touches_the_next_answer() -> None:
    """Answers that are made once are not changed by being sent."""
    asking = Asking(rpm=100)
    asking.account.fault_next("500", times=2)
    first, second = asking.post(person(1)), asking.post(person(1))
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert first.headers["x-rate-limit-remaining"] == "99"
    assert second.headers["x-rate-limit-remaining"] == "98"


def test_the_statistics_are_complete() -> None:
    """Every number that the documentation names is there."""
    asking = Asking()
    asking.results(person(1), person(1), {"name": ""})
    stats = asking.stats()
    assert (stats["records_created"], stats["records_updated"], stats["records_failed"]) == (1, 1, 1)
    assert (stats["posts"], stats["polls"], stats["other"]) == (1, 1, 0)
    assert (stats["users_stored"], stats["live_jobs"], stats["most_jobs_at_once"], stats["jobs"]) == (1, 0, 1, 1)
    assert stats["statuses"] == {"200": 2}
    assert stats["cpu_seconds"] == 0.0


def test_the_cpu_is_asked_of_whoever_knows() -> None:
    """The account itself has no clock of any kind."""
    assert Account(cpu=lambda: 1.5).stats()["cpu_seconds"] == 1.5


def test_time_may_go_back_by_a_little() -> None:
    """Two requests whose bodies arrive in another order than their headers are both answered."""
    asking = Asking(job_seconds=1)
    asking.now = 10.0
    asking.job(person(1))
    asking.now = 9.99
    asking.job(person(2))
    asking.now = 20.0
    assert len(asking.users()) == 2
    assert asking.stats()["worst_second_arriving"] == 2


def test_a_reset_is_a_new_beginning() -> None:
    """Users, jobs, tokens, wishes and counts are gone; options and fields from them stay."""
    asking = Asking(fields="tier", job_seconds=10)
    job_id = asking.job(person(1))
    asking.account.fault_next("500")
    asking.account.revoke(everything=True)
    asking.account.reset()
    assert asking.get(f"/api/v2/job_statuses/{job_id}").status == 404
    assert asking.post(person(1)).status == 200
    assert (asking.stats()["posts"], asking.stats()["users_received"]) == (1, 1)
    assert asking.get("/api/v2/user_fields").json["count"] == 1


def test_the_options_are_there_to_look_at() -> None:
    """An account without options is an ordinary one."""
    assert Account().options == Options()


def test_the_public_names_are_there() -> None:
    """Each is found under the package, without importing what is not asked for; another name is an error."""
    for name in zendesk_async.mock.__all__:
        assert getattr(zendesk_async.mock, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = zendesk_async.mock.Nothing


def test_the_whole_life_of_an_upload() -> None:
    """Three hundred users, three jobs, one look at all of them."""
    asking = Asking(rate=100, job_seconds=5.0, rpm=700)
    jobs = []
    for batch in range(3):
        asking.now = float(batch)
        jobs.append(asking.job(*(person(batch * 100 + number) for number in range(100))))
    asking.now = 8.0
    said: Any = asking.get(f"/api/v2/job_statuses/show_many?ids={','.join(jobs)}").json["job_statuses"]
    assert [job["status"] for job in said] == ["completed"] * 3
    stats = asking.stats()
    assert (stats["users_stored"], stats["worst_second_arriving"], stats["users_per_second"]) == (300, 100, 100.0)
