from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from tests.zendesk import InnerTransport, PlainShaper, account, chunks_of, user
from zendesk_async.api.endpoints import Endpoints
from zendesk_async.config.values import UNLIMITED, Limits
from zendesk_async.errors import AuthorizationError, InvalidCredentials
from zendesk_async.mock import Account
from zendesk_async.models import Outcome, OutcomeKind, Requests
from zendesk_async.state import NoJournal, RunInfo
from zendesk_async.upload.channel import Channel
from zendesk_async.upload.feeder import Feeder
from zendesk_async.upload.guard import Guard
from zendesk_async.upload.pipeline import Pipeline
from zendesk_async.upload.poller import Poller
from zendesk_async.upload.polling import Polling
from zendesk_async.upload.settling import Settler
from zendesk_async.upload.strangers import KnownJobs

pytestmark = pytest.mark.virtual_time


class Bench:
    """A pipeline over an account, with what came out of it."""

    def __init__(self, zendesk: Account, values: Sequence[dict[str, Any]], limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.transport = InnerTransport(zendesk, limits=self.limits)
        self.requests = Requests()
        self.guard = Guard()
        self.told: Channel[Any] = Channel(1_000)
        self.outcomes: dict[int, Outcome] = {}
        api = Endpoints(self.transport, self.requests)
        ledger = NoJournal(RunInfo(run_id="test"))
        self.settler = Settler(ledger, self.guard, self.told, lambda _: False, lambda: None)
        batches: Channel[Any] = Channel(2)
        self.feeder = Feeder(
            chunks_of(values),
            PlainShaper(),
            self.guard,
            self.settler,
            batches,
            size=self.limits.users_per_request,
            linger=1.0,
        )
        self.pipeline = Pipeline(
            api=api,
            feeder=self.feeder,
            batches=batches,
            poller=Poller(api, Polling(self.limits.jobs), 3600),
            settler=self.settler,
            guard=self.guard,
            known=KnownJobs(),
            jobs=self.limits.jobs,
            attempts=5,
        )

    async def run(self) -> None:
        reading = asyncio.create_task(self._read())
        try:
            await self.pipeline.run()
        finally:
            self.told.close()
            await reading
            await self.transport.close()

    async def _read(self) -> None:
        async for settled in self.told:
            for outcome in settled.outcomes():
                assert outcome.position not in self.outcomes
                self.outcomes[outcome.position] = outcome


async def test_every_record_arrives() -> None:
    """Each record ends as created, at the permitted rate and no faster, and nothing of the guard remains."""
    zendesk = account(rate=100, job_seconds=5)
    bench = Bench(zendesk, [user(n) for n in range(3_000)])
    await bench.run()
    assert [bench.outcomes[n].outcome for n in range(3_000)] == ["created"] * 3_000
    stats = zendesk.stats()
    assert stats["worst_second_arriving"] == 100
    assert stats["users_per_second"] > 99
    assert stats["limited"]["rate"] == 0
    assert bench.guard.quiet


FAULTS = {
    "error_rate": 0.05,
    "unavailable_rate": 0.02,
    "limited_rate": 0.02,
    "conflict_rate": 0.02,
    "lost_answer_rate": 0.05,
    "lost_request_rate": 0.05,
    "bare_failed_job_rate": 0.05,
    "killed_job_rate": 0.03,
    "short_results_rate": 0.03,
    "hidden_job_rate": 0.03,
}


def audience(seed: int, count: int) -> list[dict[str, Any]]:
    """Users of whom one in ten was there before, at every distance, sometimes under one key only."""
    dice = random.Random(seed)
    values = []
    for number in range(count):
        who = dice.randrange(number + 1) if dice.random() < 0.1 else number
        value = user(who, user_fields={dice.choice("abc"): number}, notes=f"record {number}")
        if dice.random() < 0.05:
            del value["external_id"]
        values.append(value)
    return values


def stored(zendesk: Account) -> dict[str, Any]:
    """What the account holds of each user, by e-mail."""
    return {found["email"]: {key: found[key] for key in ("name", "notes", "user_fields")} for found in zendesk.users()}


@pytest.mark.parametrize("seed", range(8))
async def test_faults_lose_nothing_and_race_nobody(seed: int) -> None:
    """Whatever goes wrong, each record has one outcome, no user is in two live jobs, and the rate holds."""
    zendesk = account(rate=100, job_seconds=5, job_jitter=0.5, seed=seed, refused_record_rate=0.01, **FAULTS)
    bench = Bench(zendesk, audience(seed, 2_000))
    await bench.run()
    assert sorted(bench.outcomes) == list(range(2_000))
    stats = zendesk.stats()
    assert stats["users_in_two_live_jobs"] == 0
    assert stats["duplicates_in_batch"] == 0
    assert stats["worst_second_arriving"] <= 100
    assert stats["limited"]["rate"] == 0
    assert bench.guard.quiet


@pytest.mark.parametrize("seed", range(8))
async def test_repeats_end_as_if_applied_line_by_line(seed: int) -> None:
    """Folded or apart, what the account holds in the end is what one request for each line would have left."""
    values = audience(seed, 800)
    slowly = account(job_seconds=0, rate=0)
    await Bench(slowly, values, Limits(rate=UNLIMITED, batch_size=1, jobs=1)).run()
    zendesk = account(job_seconds=5, job_jitter=0.5, rate=0)
    bench = Bench(zendesk, values, Limits(rate=UNLIMITED, batch_size=37))
    await bench.run()
    assert stored(zendesk) == stored(slowly)
    assert zendesk.stats()["users_in_two_live_jobs"] == 0


async def test_one_user_only() -> None:
    """A file in which every record is the same user ends, folded into few requests."""
    zendesk = account(rate=100, job_seconds=5)
    bench = Bench(zendesk, [user(1, notes=str(n)) for n in range(5_000)])
    await bench.run()
    kinds = Counter(outcome.outcome for outcome in bench.outcomes.values())
    assert kinds[OutcomeKind.MERGED] == 5_000 - kinds[OutcomeKind.CREATED] - kinds[OutcomeKind.UPDATED]
    assert bench.requests.posts < 10
    assert [found["notes"] for found in zendesk.users()] == ["4999"]


async def test_too_many_jobs_is_back_pressure() -> None:
    """Where others hold most of the account's job slots, the upload waits for its turn and loses nothing."""
    zendesk = account(rate=100, job_seconds=20, job_limit=3)
    bench = Bench(zendesk, [user(n) for n in range(1_000)])
    await bench.run()
    assert {outcome.outcome for outcome in bench.outcomes.values()} == {"created"}
    assert zendesk.stats()["most_jobs_at_once"] == 3
    assert bench.requests.rate_limited <= 6


async def test_others_keep_their_share_of_the_minute() -> None:
    """At 200 requests a minute and far more to send, a quarter of them is left to others."""
    zendesk = account(rpm=200, job_seconds=1, rate=0)
    bench = Bench(zendesk, [user(n) for n in range(4_000)], Limits(rate=UNLIMITED, batch_size=10))
    await bench.run()
    assert bench.requests.rate_limited == 0
    minutes = Counter(int(time // 60) for time, _ in bench.transport.writes)
    assert max(minutes.values()) <= 150


async def test_a_refused_batch_is_halved_until_the_culprit_stands_alone() -> None:
    """One ill-typed record, which Zendesk answers with 400 for the whole batch, fails alone."""
    values = [user(n) for n in range(100)]
    values[63]["tags"] = "not a list"
    zendesk = account(rate=0, job_seconds=1)
    bench = Bench(zendesk, values, Limits(rate=UNLIMITED))
    await bench.run()
    failed = [position for position, outcome in bench.outcomes.items() if not outcome.ok]
    assert failed == [63]
    assert bench.outcomes[63].error == "Invalid attribute"
    assert "tags" in (bench.outcomes[63].details or "")


async def test_a_job_that_never_says_fails_its_records_after_all_attempts() -> None:
    """When every job comes to nothing the records fail, in words, and the upload ends."""
    zendesk = account(rate=0, job_seconds=1, bare_failed_job_rate=1.0)
    bench = Bench(zendesk, [user(n) for n in range(10)])
    await bench.run()
    assert {(outcome.outcome, outcome.error) for outcome in bench.outcomes.values()} == {("failed", "JobFailed")}
    assert bench.requests.posts == 5


async def test_stop_sees_accepted_jobs_through() -> None:
    """After a polite stop nothing more is sent, and every record that was sent has its outcome."""
    zendesk = account(rate=100, job_seconds=5)
    bench = Bench(zendesk, [user(n) for n in range(3_000)])
    running = asyncio.create_task(bench.run())
    await asyncio.sleep(7.5)
    bench.pipeline.stop()
    await running
    assert len(bench.outcomes) == sum(users for _, users in bench.transport.writes) == 800
    assert asyncio.get_running_loop().time() < 15
    assert bench.guard.quiet


async def test_a_wrong_token_ends_everything() -> None:
    """401 is raised as what a person must do, before any user has left."""
    zendesk = account(token="another")
    bench = Bench(zendesk, [user(n) for n in range(10)])
    with pytest.raises(InvalidCredentials):
        await bench.run()
    assert not bench.transport.writes


async def test_a_permission_lost_in_mid_upload() -> None:
    """403 in mid-upload ends it as an authorization error; what was settled stays settled."""
    zendesk = account(rate=100, job_seconds=1)
    bench = Bench(zendesk, [user(n) for n in range(2_000)])
    running = asyncio.create_task(bench.run())
    await asyncio.sleep(5.5)
    zendesk.fault_next("403", 1)
    with pytest.raises(AuthorizationError):
        await running
    assert 300 <= len(bench.outcomes) < 1_000
    assert bench.guard.quiet
