"""The lives of background jobs."""

from __future__ import annotations

from typing import Any

import orjson

from zendesk_async.mock.jobs import Job, Jobs

URL = "http://127.0.0.1:1"


class Line:
    """Jobs that end by being written down."""

    def __init__(self, limit: int = 30, ttl: float = 1000.0, kept: int = 100) -> None:
        self.ended: list[str] = []
        self.jobs = Jobs(limit=limit, ttl=ttl, kept=kept, finish=self.finish)

    def finish(self, job: Job) -> None:
        self.ended.append(job.id)
        job.status, job.results = "completed", b"[]"

    def add(self, name: str, created: float = 0.0, seconds: float = 10.0, **more: Any) -> Job:
        job = Job(name, 100, created, created + seconds * 0.3, created + seconds, [{}], **more)
        self.jobs.add(job)
        return job

    def shown(self, job: Job, now: float) -> dict[str, Any]:
        self.jobs.advance(now)
        shown: dict[str, Any] = orjson.loads(self.jobs.show(job, now, URL, 0.0))
        return shown


def test_the_life_of_a_job() -> None:
    """Queued, working with its progress, completed with results: as in the recordings."""
    line = Line()
    job = line.add("V3-1")
    assert line.shown(job, 2.9) == {
        "id": "V3-1",
        "job_type": "Bulk Create Or Update User",
        "url": f"{URL}/api/v2/job_statuses/V3-1.json",
        "total": 100,
        "progress": None,
        "status": "queued",
        "message": None,
        "results": None,
    }
    working = line.shown(job, 6.5)
    assert (working["status"], working["progress"], working["message"], working["results"]) == (
        "working",
        50,
        "Creating User #50",
        None,
    )
    done = line.shown(job, 10.0)
    assert (done["status"], done["progress"], done["results"]) == ("completed", 100, [])
    assert done["message"] == "Completed at 1970-01-01 00:00:10 +0000"


def test_progress_begins_with_one() -> None:
    """A working job has worked on somebody."""
    line = Line()
    assert line.shown(line.add("1"), 3.0)["progress"] == 1


def test_jobs_end_in_the_order_of_their_ends() -> None:
    """What ends first comes first, whenever it began and however late somebody looks."""
    line = Line()
    line.add("slow", 0.0, 50.0)
    line.add("quick", 1.0, 5.0)
    line.jobs.advance(100.0)
    assert line.ended == ["quick", "slow"]


def test_the_limit_counts_what_is_alive() -> None:
    """A place is taken from the POST to the end, and free again then."""
    line = Line(limit=2)
    full = []
    for number in range(2):
        line.add(str(number), float(number))
        full.append(line.jobs.is_full)
    assert (full, line.jobs.live) == ([False, True], ["0", "1"])
    line.jobs.advance(10.0)
    assert (line.jobs.is_full, len(line.jobs), line.jobs.most_at_once) == (False, 1, 2)


def test_without_a_limit_there_is_always_room() -> None:
    """Zero means none."""
    line = Line(limit=0)
    for number in range(50):
        line.add(str(number))
    assert not line.jobs.is_full


def test_old_jobs_are_forgotten() -> None:
    """A job can be read until its time is over, counted from its end."""
    line = Line(ttl=60.0)
    line.add("1")
    line.jobs.advance(69.9)
    assert line.jobs.look("1") is not None
    line.jobs.advance(70.0)
    assert line.jobs.look("1") is None
    assert line.jobs.listed() == []


def test_only_so_many_are_kept() -> None:
    """The oldest go first."""
    line = Line(kept=2)
    for number in range(4):
        line.add(str(number), float(number))
    line.jobs.advance(100.0)
    assert [job.id for job in line.jobs.listed()] == ["3", "2"]


def test_the_list_has_the_living_first_and_then_the_latest() -> None:
    """By completion and creation, descending."""
    line = Line()
    line.add("a", 0.0, 1.0)
    line.add("b", 0.0, 3.0)
    line.add("c", 2.0, 50.0)
    line.jobs.advance(5.0)
    assert [job.id for job in line.jobs.listed()] == ["c", "b", "a"]


def test_a_stuck_job_never_ends() -> None:
    """It works for ever at its half, holds its place, and is forgotten with it one day."""
    line = Line(limit=1, ttl=60.0)
    job = line.add("1", fault="job-stuck")
    shown = line.shown(job, 59.0)
    assert (shown["status"], shown["progress"], line.jobs.is_full) == ("working", 50, True)
    line.jobs.advance(60.0)
    assert (line.jobs.is_full, line.jobs.look("1"), line.ended) == (False, None, [])


def test_a_hidden_job_is_in_the_list_all_the_time() -> None:
    """Reading it by id fails for the first looks (zenpy#291), while the list has it."""
    line = Line()
    line.add("1", hidden_looks=2)
    assert [line.jobs.look("1") is None for _ in range(3)] == [True, True, False]
    assert len(line.jobs.listed()) == 1


def test_what_a_job_held_is_let_go() -> None:
    """A job that is over keeps its results and nothing else: a long run must fit into memory."""
    line = Line()
    job = line.add("1", keys=frozenset({"x:1"}))
    line.jobs.advance(10.0)
    assert (job.users, job.keys) == ([], frozenset())


def test_the_end_tells_how_far_it_came() -> None:
    """A failed job has worked through nobody, a killed one through half."""
    job = Job("1", 100, 0.0, 0.0, 1.0, [])
    ends = {}
    for status in ("completed", "failed", "killed"):
        job.status = status
        ends[status] = job.progress(5.0)
    assert ends == {"completed": 100, "failed": 0, "killed": 50}
