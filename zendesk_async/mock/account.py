"""The whole account: one request in, one answer out, the time given.

The order in which a request is looked at: the minute's budget, what goes wrong by chance or on demand, credentials,
permission, and only then what it asks for. Upserts are counted as arriving before any of that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from zendesk_async.mock import defining, directory, polling
from zendesk_async.mock.admin import administer
from zendesk_async.mock.answers import (
    Answer,
    fault_answer,
    is_of_edge,
    limited,
    rate_headers,
    unauthenticated,
    unknown_endpoint,
)
from zendesk_async.mock.auth import Auth
from zendesk_async.mock.faults import FaultPlan
from zendesk_async.mock.fields import UserFields
from zendesk_async.mock.jobs import Job, Jobs
from zendesk_async.mock.limits import MinuteBudget
from zendesk_async.mock.options import Options
from zendesk_async.mock.schema import Batch, read_batch
from zendesk_async.mock.upserting import create_or_update_many, finish
from zendesk_async.mock.users import Users
from zendesk_async.mock.world import Call, Endpoint, World

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Account"]


def _issue_token(world: World, call: Call) -> Answer:
    return world.auth.issue(call.headers, call.body, call.now)


def _nothing(_: World, __: Call) -> Answer:
    return unknown_endpoint()


_UNKNOWN = Endpoint(_nothing)
_FIXED: dict[tuple[str, str], Endpoint] = {
    ("POST", "/api/v2/users/create_or_update_many"): Endpoint(create_or_update_many, "post"),
    ("GET", "/api/v2/job_statuses/show_many"): Endpoint(polling.show_many_jobs, "poll"),
    ("GET", "/api/v2/job_statuses"): Endpoint(polling.list_jobs, "poll"),
    ("GET", "/api/v2/users/me"): Endpoint(directory.me, access="visitor"),
    ("GET", "/api/v2/users/show_many"): Endpoint(directory.show_many_users),
    ("GET", "/api/v2/users/search"): Endpoint(directory.search_users),
    ("GET", "/api/v2/users"): Endpoint(directory.list_users),
    ("GET", "/api/v2/user_fields"): Endpoint(defining.list_fields),
    ("POST", "/api/v2/user_fields"): Endpoint(defining.create_field),
    ("POST", "/oauth/tokens"): Endpoint(_issue_token, access="free"),
}
_WITH_ARGUMENT: dict[tuple[str, str, str], Endpoint] = {
    ("GET", "/api/v2/job_statuses", ""): Endpoint(polling.show_job, "poll"),
    ("GET", "/api/v2/users", ""): Endpoint(directory.show_user),
    ("GET", "/api/v2/users", "identities"): Endpoint(directory.list_identities),
    ("GET", "/api/v2/user_fields", ""): Endpoint(defining.show_field),
}
_NO_BATCH = Batch([])
_NO_ANSWER = Answer(0, {}, b"", lost=True)


class Account:
    """A Zendesk account without I/O and without a clock. Not for more than one thread.

    ``base_url`` stands in the URLs that it answers with, ``epoch`` is the Unix time at which the given clock showed 0
    (the first of 2026), ``cpu`` returns the CPU seconds for the statistics.
    """

    def __init__(
        self,
        options: Options | None = None,
        *,
        base_url: str = "https://mock.zendesk.com",
        epoch: float = 1_767_225_600.0,
        cpu: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self.options = options or Options()
        self._epoch, self._cpu = epoch, cpu
        self._now = 0.0
        self._count = 0
        self.world = self._fresh(base_url, generation=0)

    def handle(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes,
        now: float,
    ) -> Answer:
        """Answer one request that arrived at ``now``, in monotonic seconds.

        ``path`` is decoded and has no query, the keys of ``headers`` are in lower case. Time may go back by a little:
        two requests whose bodies arrive in another order than their headers.
        """
        self._advance(now)
        if path.startswith("/__mock__/"):
            return administer(self, method, path, body)
        self._count += 1
        endpoint, argument = _find(method, path.removesuffix(".json"))
        self.world.tally.requests[endpoint.kind] += 1
        batch = self._arrival(body, now) if endpoint.kind == "post" else _NO_BATCH
        answer = self._within_budget(now) if endpoint.access != "free" else None
        if answer is None:
            fault = self.world.plan.on_request(endpoint.kind, self._count)
            call = Call(method, path, argument, query, headers, body, now, self._count, fault, batch)
            answer = self._answer(endpoint, call)
        self.world.tally.statuses[0 if answer.lost else answer.status] += 1
        return self._dressed(answer, now)

    def stats(self, now: float | None = None) -> dict[str, Any]:
        """What the account has seen so far; ``docs/mock.md`` explains each number."""
        self._advance(now)
        world = self.world
        return {
            **world.tally.summary(),
            "live_jobs": len(world.jobs),
            "most_jobs_at_once": world.jobs.most_at_once,
            "users_stored": len(world.users),
            "faults": dict(world.plan.counts),
            "cpu_seconds": self._cpu(),
        }

    def users(self, now: float | None = None) -> list[dict[str, Any]]:
        """Every user, as stored: what was sent of them, with id and secondary e-mails."""
        self._advance(now)
        return [orjson.loads(line) for piece in self.world.users.lines() for line in piece.splitlines()]

    def fault_next(self, kind: str, times: int = 1, on: str = "post") -> None:
        """Let one of ``FAULT_KINDS`` strike the next ``times`` requests that are a post, poll, other or any.

        Faults named ``job-…`` strike the next jobs. Raises ``ValueError`` for an unknown kind.
        """
        self.world.plan.ask(kind, times, on)

    def revoke(self, *, everything: bool = False) -> int:
        """Revoke all OAuth tokens issued so far, or all credentials; return how many tokens were issued."""
        return self.world.auth.revoke(everything=everything)

    def forbid(self, what: str) -> None:
        """Answer 403 to imports, to all, or to none from now on. Raises ``ValueError``."""
        self.world.auth.set_forbidden(what)

    def reset(self) -> None:
        """Be as at the start: no users, jobs, issued tokens, scripted faults or counts. No id is given twice."""
        self.world = self._fresh(self.world.base_url, self.world.generation + 1)

    def _fresh(self, base_url: str, generation: int) -> World:
        options = self.options
        return World(
            options=options,
            jobs=Jobs(limit=options.job_limit, ttl=options.job_ttl, kept=options.jobs_kept, finish=self._finish),
            users=Users(),
            fields=UserFields(options.fields, self._epoch + self._now),
            auth=Auth(options, options.forbid),
            plan=FaultPlan(options.faults),
            budget=MinuteBudget(options.rpm),
            generation=generation,
            base_url=base_url,
            epoch=self._epoch,
        )

    def _finish(self, job: Job) -> None:
        finish(self.world, job)

    def _advance(self, now: float | None) -> None:
        self._now = max(self._now, now or 0.0)
        self.world.jobs.advance(self._now)

    def _arrival(self, body: bytes, now: float) -> Batch:
        batch = read_batch(body, check=not self.options.fast)
        self.world.tally.arrive(now, len(batch.users))
        return batch

    def _within_budget(self, now: float) -> Answer | None:
        budget, wall = self.world.budget, self.world.wall(now)
        if not budget.limit or budget.spend(wall):
            return None
        self.world.tally.limited["rpm"] += 1
        return limited(self.options.limit_style, budget.resets(wall))

    def _answer(self, endpoint: Endpoint, call: Call) -> Answer:
        faults = self.options.faults
        if call.fault == "lost-request":
            return _NO_ANSWER
        made_up = fault_answer(call.fault, self.world.wall(call.now), faults.retry_after) if call.fault else None
        if made_up is not None:
            self.world.tally.limited["fault"] += made_up.status == 429
            return made_up
        answer = self._turned_away(endpoint, call) or endpoint.serve(self.world, call)
        if call.fault == "lost-answer":
            return answer._replace(lost=True)
        return answer._replace(delay=faults.stall_seconds) if call.fault == "stall" else answer

    def _turned_away(self, endpoint: Endpoint, call: Call) -> Answer | None:
        if endpoint.access == "free":
            return None
        auth = self.world.auth
        visitor = auth.visitor(call.headers, call.now)
        if isinstance(visitor, Answer):
            return visitor
        if endpoint.access == "visitor":
            return None
        if visitor == "anonymous":
            return unauthenticated()
        resource = call.path.removeprefix("/api/v2/").split("/")[0].removesuffix(".json")
        return auth.may(call.headers, call.method, resource, imports=endpoint.kind == "post")

    def _dressed(self, answer: Answer, now: float) -> Answer:
        """Add the headers that every answer of Zendesk's own bears, and the latency."""
        headers = answer.headers
        if not is_of_edge(answer):
            headers = {**headers, "x-request-id": f"mock-{self._count}", "x-zendesk-api-version": "v2"}
            budget = self.world.budget
            if budget.limit:
                wall = self.world.wall(now)
                headers |= rate_headers(self.options.era, budget.limit, budget.remaining(wall), budget.resets(wall))
        return answer._replace(headers=headers, delay=answer.delay + self.options.faults.latency)


def _find(method: str, path: str) -> tuple[Endpoint, str]:
    endpoint = _FIXED.get((method, path))
    if endpoint is not None:
        return endpoint, ""
    words = path.split("/")
    place = "/".join(words[:4])
    rest = words[4:]
    endpoint = _WITH_ARGUMENT.get((method, place, "/".join(rest[1:]))) if rest and rest[0] else None
    return (endpoint, rest[0]) if endpoint is not None else (_UNKNOWN, "")
