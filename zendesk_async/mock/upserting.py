"""``POST /api/v2/users/create_or_update_many``: from a batch to a job, and from a job to its results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zendesk_async.mock.answers import Answer, in_flight_header, is_of_edge, json_answer, limited, too_many_jobs
from zendesk_async.mock.dice import hex_id, roll, salt
from zendesk_async.mock.fields import Refusal
from zendesk_async.mock.jobs import Job
from zendesk_async.mock.tally import identities
from zendesk_async.mock.upsert import failed_result, upsert
from zendesk_async.mock.users import Users, packed

if TYPE_CHECKING:
    from zendesk_async.mock.world import Call, World

__all__ = ["create_or_update_many", "finish"]

User = dict[str, Any]

_BEFORE_ALL = float("-inf")
_JITTER, _REFUSED = salt("jitter"), salt("refused_record_rate")


def create_or_update_many(world: World, call: Call) -> Answer:
    """Answer an upsert: 200 with a queued job, or why there is none."""
    answer = _refused(world, call) or _accepted(world, call)
    if world.jobs.limit and not is_of_edge(answer):
        header = in_flight_header(world.jobs.limit, len(world.jobs))
        answer.headers["zendesk-ratelimit-inflight-jobs"] = header
    if call.batch.warning:
        answer.headers["x-zendesk-api-warn"] = call.batch.warning
    return answer


def _refused(world: World, call: Call) -> Answer | None:
    options, tally = world.options, world.tally
    if call.batch.refusal is not None:
        return call.batch.refusal
    if options.rate and tally.accepted.crowd(call.now) + len(call.batch.users) > options.rate:
        tally.limited["rate"] += 1
        return limited(options.limit_style, 1)
    if world.jobs.is_full:
        tally.limited["jobs"] += 1
        return too_many_jobs(world.jobs.live)
    return None


def _accepted(world: World, call: Call) -> Answer:
    job = _job(world, call)
    world.tally.accept(call.now, job.total)
    if not world.options.fast:
        _claim(world, call, job)
    world.jobs.add(job)
    queued = world.jobs.show(job, _BEFORE_ALL, world.base_url, world.epoch)
    world.jobs.advance(call.now)
    return json_answer(200, b'{"job_status":' + queued + b"}")


def _job(world: World, call: Call) -> Job:
    options, seed = world.options, world.options.faults.seed
    stray = options.job_jitter * (2 * roll(seed, call.number, _JITTER) - 1) if options.job_jitter else 0.0
    seconds = options.job_seconds * (1 + stray)
    fault = world.plan.on_job(call.number)
    return Job(
        id="V3-" + hex_id(seed, world.generation, call.number),
        total=len(call.batch.users),
        created=call.now,
        started=call.now + options.queued_share * seconds,
        done=call.now + seconds,
        users=call.batch.users,
        fault=fault,
        hidden_looks=options.faults.hidden_job_looks if fault == "job-hidden" else 0,
    )


def _claim(world: World, call: Call, job: Job) -> None:
    keys, again = identities(job.users)
    world.tally.duplicates += again
    if call.fault is None:
        # A client that never heard of a job cannot wait for it: such a job is no second one of its users.
        job.keys = keys
        world.tally.clashes += world.claims.take(keys)


def finish(world: World, job: Job) -> None:
    """End a job that is due: let its users in, and set its status and results."""
    world.claims.release(job.keys)
    if job.fault == "job-failed-bare":
        job.status = "failed"
        return
    if job.fault == "job-failed":
        job.status = "failed"
        results = [_failed(world, index, user, "Failed to update user") for index, user in enumerate(job.users)]
    else:
        job.status = "killed" if job.fault == "job-killed" else "completed"
        users = job.users[: job.total // 2] if job.fault == "job-killed" else job.users
        results = _created_unseen(world, users) if world.options.fast else _applied(world, job, users)
    if job.fault == "job-short":
        results = results[: job.total // 2]
    if job.fault != "job-killed":
        job.results = packed(results)


def _applied(world: World, job: Job, users: list[User]) -> list[User]:
    results = []
    counts = world.tally.results
    rate = world.options.faults.refused_record_rate
    for index, user in enumerate(users):
        try:
            if rate:
                _refuse_some(world, user, index)
            result = upsert(world.users, world.fields, user, job.done)
        except Refusal as refusal:
            results.append(_failed(world, index, user, str(refusal)))
            continue
        counts["created" if result["status"] == "Created" else "updated"] += 1
        results.append(result)
    return results


def _refuse_some(world: World, user: User, index: int) -> None:
    """Raise ``Refusal`` for those whom chance does not like, whatever batch they come in."""
    who = user.get("external_id") or user.get("email") or str(index)
    faults = world.options.faults
    if roll(faults.seed, salt(who.lower()), _REFUSED) < faults.refused_record_rate:
        raise Refusal(f"Name: Email: {user.get('email')} is not properly formatted")


def _failed(world: World, index: int, user: User, details: str) -> User:
    world.tally.results["failed"] += 1
    return failed_result(index, user, details, bare=world.options.bare_failures)


def _created_unseen(world: World, users: list[User]) -> list[User]:
    """Results of a batch that nobody looks at: everything was created, under the next free ids."""
    counts = world.tally.results
    first = counts["created"]
    counts["created"] += len(users)
    results = []
    for place, user in enumerate(users, first):
        result = {"id": Users.id_at(place), "status": "Created"}
        if user.get("email"):
            result["email"] = user["email"]
        if user.get("external_id"):
            result["external_id"] = user["external_id"]
        results.append(result)
    return results
