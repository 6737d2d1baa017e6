"""Looking at jobs: one, many by id, and the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from zendesk_async.mock.answers import Answer, gone, json_answer, too_many_values
from zendesk_async.mock.paging import page

if TYPE_CHECKING:
    from zendesk_async.mock.jobs import Job
    from zendesk_async.mock.world import Call, World

__all__ = ["list_jobs", "show_job", "show_many_jobs"]

_MOST = 100


def show_job(world: World, call: Call) -> Answer:
    """Answer ``GET /api/v2/job_statuses/{id}``."""
    job = world.jobs.look(call.argument)
    return gone() if job is None else json_answer(200, b'{"job_status":' + _shown(world, job, call) + b"}")


def show_many_jobs(world: World, call: Call) -> Answer:
    """Answer ``GET /api/v2/job_statuses/show_many?ids=``: unknown ids are missing without a word [INF]."""
    ids = [word for word in (word.strip() for word in call.query.get("ids", "").split(",")) if word]
    if not ids:
        return json_answer(400, {"error": "ParameterMissing", "description": "param is missing or empty: ids"})
    if len(ids) > _MOST:
        return too_many_values("job statuses may be requested")
    jobs = (world.jobs.look(job_id) for job_id in dict.fromkeys(ids))
    return _many(world, call, [job for job in jobs if job is not None], b"}")


def list_jobs(world: World, call: Call) -> Answer:
    """Answer ``GET /api/v2/job_statuses``, which has the jobs that reading by id does not find, too."""
    jobs = world.jobs.listed()
    wanted = page(len(jobs), call.query, f"{world.base_url}/api/v2/job_statuses.json")
    if isinstance(wanted, Answer):
        return wanted
    return _many(world, call, jobs[wanted.start : wanted.end], b"," + orjson.dumps(wanted.envelope)[1:])


def _many(world: World, call: Call, jobs: list[Job], rest: bytes) -> Answer:
    shown = b",".join([_shown(world, job, call) for job in jobs])
    return json_answer(200, b'{"job_statuses":[' + shown + b"]" + rest)


def _shown(world: World, job: Job, call: Call) -> bytes:
    return world.jobs.show(job, call.now, world.base_url, world.epoch)
