"""Looking at jobs."""

from __future__ import annotations

from tests.mock.asking import Asking, person


def test_one_job_is_shown() -> None:
    """By its id, with or without .json."""
    asking = Asking()
    job_id = asking.job(person(1))
    assert asking.look(job_id)["id"] == job_id
    assert asking.get(f"/api/v2/job_statuses/{job_id}.json").json["job_status"]["status"] == "completed"


def test_an_unknown_job_is_not_found() -> None:
    """404 in the recorded words; a job that has expired is unknown."""
    asking = Asking(job_ttl=60.0)
    job_id = asking.job(person(1))
    asking.now = 60.0
    said = asking.get(f"/api/v2/job_statuses/{job_id}")
    assert (said.status, said.json) == (404, {"error": "RecordNotFound", "description": "Not found"})


def test_many_jobs_are_shown_and_unknown_ones_missing() -> None:
    """In the order asked for, each once."""
    asking = Asking()
    one, two = asking.job(person(1)), asking.job(person(2))
    said = asking.get(f"/api/v2/job_statuses/show_many.json?ids={two},nobody,{one},{two}")
    assert [job["id"] for job in said.json["job_statuses"]] == [two, one]
    assert all(len(job["results"]) == 1 for job in said.json["job_statuses"])


def test_nothing_known_is_an_empty_list() -> None:
    """Asking for strangers only is no error."""
    assert Asking().get("/api/v2/job_statuses/show_many?ids=a,b").json == {"job_statuses": []}


def test_a_hundred_ids_are_the_most() -> None:
    """More, and none, is a 400."""
    asking = Asking()
    hundred = ",".join(f"id{number}" for number in range(100))
    assert asking.get(f"/api/v2/job_statuses/show_many?ids={hundred}").status == 200
    assert asking.get(f"/api/v2/job_statuses/show_many?ids={hundred},one").json["error"] == "TooManyValues"
    assert asking.get("/api/v2/job_statuses/show_many").status == 400


def test_the_list_goes_from_page_to_page() -> None:
    """All jobs, the latest first, by cursor."""
    asking = Asking()
    jobs = []
    for number in range(5):
        asking.now = float(number)
        jobs.append(asking.job(person(number)))
    first = asking.get("/api/v2/job_statuses?page[size]=3").json
    assert [job["id"] for job in first["job_statuses"]] == jobs[:1:-1]
    assert first["meta"]["has_more"]
    second = asking.get(f"/api/v2/job_statuses?page[size]=3&page[after]={first['meta']['after_cursor']}").json
    assert [job["id"] for job in second["job_statuses"]] == jobs[1::-1]
    assert not second["meta"]["has_more"]
    assert asking.get("/api/v2/job_statuses?page[after]=x").status == 400


def test_looking_is_counted_as_polling() -> None:
    """All three ways of looking at jobs, and nothing else."""
    asking = Asking()
    for target in ("job_statuses", "job_statuses/show_many?ids=a", "job_statuses/a", "users/me"):
        asking.get(f"/api/v2/{target}")
    assert (asking.stats()["polls"], asking.stats()["other"]) == (3, 1)
