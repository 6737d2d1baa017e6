"""Seven kinds of exit, and going on after each: no task left, a journal that balances, nothing sent twice without
need.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.zendesk import InnerTransport, Values, account, plan, user
from zendesk_async.config.values import UNLIMITED, Limits, Patience
from zendesk_async.errors import JournalError, NeedsAction, TooManyFailed, Unreachable
from zendesk_async.mock import Account
from zendesk_async.models import Outcome, Report
from zendesk_async.state.journal import Journal
from zendesk_async.state.reading import JournalReader
from zendesk_async.upload.upload import Upload

pytestmark = pytest.mark.virtual_time

COUNT = 1_000


@asynccontextmanager
async def opened(zendesk: Account, **limits: Any) -> AsyncIterator[InnerTransport]:
    async with InnerTransport(zendesk, limits=Limits(**limits), patience=Patience(requests=30)) as transport:
        before = asyncio.all_tasks()
        yield transport
        assert asyncio.all_tasks() == before, "a task was left"


def balanced(path: Path) -> Report:
    """The journal's account, which must balance, with as many rejects as it counts."""
    with JournalReader.open(path) as journal:
        report = journal.report()
        rejects = list(journal.rejects())
    counts = report.records
    assert counts.pending >= 0
    assert len(rejects) == counts.rejected + counts.failed
    return report


async def finish(zendesk: Account, path: Path, values: list[dict[str, Any]], **changes: Any) -> Report:
    """Go on with an upload to its end."""
    async with opened(zendesk) as transport:
        report = await Upload(plan(transport, Values(values), journal=path, **changes)).report()
    assert balanced(path).records == report.records
    return report


def users(count: int = COUNT) -> list[dict[str, Any]]:
    return [user(n) for n in range(count)]


async def test_end_of_input(tmp_path: Path) -> None:
    """An upload that runs to its end tells each record once, and its journal says completed."""
    zendesk = account(rate=100, job_seconds=5)
    path = tmp_path / "run.journal"
    seen: list[Outcome] = []
    async with opened(zendesk) as transport, Upload(plan(transport, Values(users()), journal=path)) as upload:
        async for outcome in upload:
            seen.append(outcome)  # noqa: PERF401 - as an application would write it
    assert sorted(outcome.position for outcome in seen) == list(range(COUNT))
    assert orjson.loads(seen[0].record)["name"] == f"Customer {seen[0].position}"
    report = balanced(path)
    assert report.status == "completed"
    assert report.records.created == COUNT
    assert upload.account().records == report.records


async def test_break(tmp_path: Path) -> None:
    """Leaving the loop and the block ends the work; the journal knows everything that was told, and the rest goes
    on.
    """
    zendesk = account(rate=100, job_seconds=5)
    path = tmp_path / "run.journal"
    async with opened(zendesk) as transport, Upload(plan(transport, Values(users()), journal=path)) as upload:
        seen = 0
        async for _ in upload:
            seen += 1
            if seen == 250:
                break
    assert balanced(path).records.settled >= 250
    assert (await finish(zendesk, path, users())).records.settled == COUNT


async def test_exception_in_the_body(tmp_path: Path) -> None:
    """An error of the caller's own comes out unchanged, and the work has ended by then."""
    zendesk = account(rate=100, job_seconds=5)
    path = tmp_path / "run.journal"
    with pytest.raises(ZeroDivisionError):
        async with opened(zendesk) as transport, Upload(plan(transport, Values(users()), journal=path)) as upload:
            async for _ in upload:
                raise ZeroDivisionError
    assert balanced(path).status == "interrupted"
    assert (await finish(zendesk, path, users())).records.settled == COUNT


async def test_failure_of_the_work(tmp_path: Path) -> None:
    """What ends the work is raised at the next outcome, after all that were told before it."""
    zendesk = account(rate=100, job_seconds=1)
    path = tmp_path / "run.journal"
    told = 0
    with pytest.raises(NeedsAction) as raised:
        async with opened(zendesk) as transport, Upload(plan(transport, Values(users()), journal=path)) as upload:
            async for _ in upload:
                told += 1
                if told == 300:
                    zendesk.fault_next("403", 1)
    report = balanced(path)
    assert report.status == "needs_action"
    assert report.records.settled == told
    assert report.action is not None
    assert report.action.name == raised.value.action.name == "Authorization error"
    assert report.action.resume == f"users.upload(…, journal={str(path)!r})"
    assert (await finish(zendesk, path, users())).records.settled == COUNT


async def test_stop(tmp_path: Path) -> None:
    """A polite stop tells the outcomes of all that was sent, then ends the iteration."""
    zendesk = account(rate=100, job_seconds=5)
    path = tmp_path / "run.journal"
    told = 0
    async with opened(zendesk) as transport, Upload(plan(transport, Values(users()), journal=path)) as upload:
        asyncio.get_running_loop().call_later(6.5, upload.stop)
        async for _ in upload:
            told += 1
        assert told == sum(count for _, count in transport.writes) == 700
    assert balanced(path).status == "interrupted"
    report = await finish(zendesk, path, users())
    assert report.records.created == COUNT
    assert zendesk.stats()["users_received"] == COUNT


async def test_stop_before_anything_was_sent(tmp_path: Path) -> None:
    """A stop while Zendesk does not answer yet ends the upload at once, and it can go on later."""
    zendesk = account(rate=100, latency=10.0)
    path = tmp_path / "run.journal"
    async with opened(zendesk) as transport, Upload(plan(transport, Values(users()), journal=path)) as upload:
        asyncio.get_running_loop().call_later(1.0, upload.stop)
        assert [outcome async for outcome in upload] == []
        assert asyncio.get_running_loop().time() < 2
    assert balanced(path).status == "interrupted"


async def test_the_end_of_a_pipe_is_journaled(tmp_path: Path) -> None:
    """Whoever goes on with an upload from a pipe knows whether all of it had been read."""
    zendesk = account(rate=100, job_seconds=5)
    path = tmp_path / "run.journal"
    async with (
        opened(zendesk) as transport,
        Upload(plan(transport, Values(users(300), replayable=False), journal=path)) as upload,
    ):
        await anext(upload)
    with JournalReader.open(path) as journal:
        assert journal.total() == 300


async def test_cancel(tmp_path: Path) -> None:
    """Cancelling the task that awaits the report ends the work."""
    zendesk = account(rate=100, job_seconds=5)
    path = tmp_path / "run.journal"
    async with opened(zendesk) as transport:
        task = asyncio.create_task(Upload(plan(transport, Values(users()), journal=path)).report())
        await asyncio.sleep(4.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert balanced(path).status == "interrupted"
    assert (await finish(zendesk, path, users())).records.settled == COUNT


async def test_timeout(tmp_path: Path) -> None:
    """A timeout around it all ends the work in time."""
    zendesk = account(rate=100, job_seconds=5)
    path = tmp_path / "run.journal"
    with pytest.raises(TimeoutError):
        async with opened(zendesk) as transport, asyncio.timeout(3.3):
            await Upload(plan(transport, Values(users()), journal=path)).report()
    assert balanced(path).records.settled < COUNT
    report = await finish(zendesk, path, users())
    assert report.records.created == COUNT
    assert zendesk.stats()["users_received"] == COUNT, "submitted jobs are followed, not repeated"


async def test_an_account_that_is_not_there(tmp_path: Path) -> None:
    """When Zendesk cannot be reached the upload stops, resumable, before anything was sent."""
    zendesk = account(rate=100, lost_request_rate=1.0)
    path = tmp_path / "run.journal"
    with pytest.raises(Unreachable, match="No useful answer"):
        async with opened(zendesk) as transport:
            await Upload(plan(transport, Values(users()), journal=path)).report()
    assert balanced(path).status == "stopped"


async def test_too_many_failed(tmp_path: Path) -> None:
    """Past the number of failures permitted the upload stops, and says so at the end."""
    zendesk = account(rate=100, job_seconds=1, refused_record_rate=0.5)
    path = tmp_path / "run.journal"
    with pytest.raises(TooManyFailed):
        async with opened(zendesk) as transport:
            await Upload(plan(transport, Values(users()), journal=path, max_failed=120)).report()
    report = balanced(path)
    assert report.status == "stopped"
    assert 120 < report.records.failed < 400


async def test_rejections_are_told_and_kept(tmp_path: Path) -> None:
    """A record that is not sent has its outcome too, and its original stands in the rejects."""
    values = [user(0), {"reject": True, "name": "Nobody"}, user(2)]
    path = tmp_path / "run.journal"
    zendesk = account(rate=0, job_seconds=0)
    report = await finish(zendesk, path, values)
    assert report.status == "completed_with_failures"
    with JournalReader.open(path) as journal:
        (line,) = map(orjson.loads, journal.rejects())
    assert line == {
        "position": 1,
        "outcome": "rejected",
        "user_id": None,
        "error": "InvalidRecord",
        "details": "it says so itself",
        "record": values[1],
    }


async def test_another_input_is_refused(tmp_path: Path) -> None:
    """A journal is not gone on with by another input, another account or another template."""
    zendesk = account(rate=100, job_seconds=5)
    path = tmp_path / "run.journal"
    async with opened(zendesk) as transport:
        async with Upload(plan(transport, Values(users()), journal=path)) as upload:
            await anext(upload)
        sent = zendesk.stats()["users_received"]
        for change in ({"source": Values(users(7))}, {"base_url": "https://beta.zendesk.com"}):
            with pytest.raises(JournalError, match="belongs to another"):
                await Upload(plan(transport, **{"source": Values(users()), "journal": path} | change)).report()
    assert zendesk.stats()["users_received"] == sent


async def test_what_cannot_be_read_again_goes_on_from_the_journal(tmp_path: Path) -> None:
    """Records of standard input that were read and not settled are in the journal: it needs no input to go on."""
    zendesk = account(rate=100, job_seconds=5)
    path = tmp_path / "run.journal"
    async with opened(zendesk) as transport:
        async with Upload(plan(transport, Values(users(6_000), replayable=False, size=100), journal=path)) as upload:
            for _ in range(150):
                await anext(upload)
        read = balanced(path).records.read
        assert 0 < read < 6_000
        report = await Upload(plan(transport, None, journal=Journal.open(path))).report()
    assert report.records.settled == report.records.read == read


async def test_the_same_pipe_again_goes_on_after_what_was_read(tmp_path: Path) -> None:
    """The same records given again are recognised: the spool serves what was read, the rest is new."""
    zendesk = account(rate=100, job_seconds=5)
    path = tmp_path / "run.journal"
    async with opened(zendesk) as transport:
        async with Upload(plan(transport, Values(users(), replayable=False), journal=path)) as upload:
            for _ in range(150):
                await anext(upload)
        again = Values(users(), replayable=False, size=137)
        report = await Upload(plan(transport, again, journal=path)).report()
        assert report.records.created == COUNT
        assert zendesk.stats()["users_received"] == COUNT


async def test_another_pipe_is_refused(tmp_path: Path) -> None:
    """A pipe that begins alike and then differs is found out; nothing of it beyond what was read before is sent."""
    zendesk = account(rate=100, job_seconds=5)
    path = tmp_path / "run.journal"
    async with opened(zendesk) as transport:
        async with Upload(plan(transport, Values(users(), replayable=False), journal=path)) as upload:
            await anext(upload)
        other = users()
        other[100]["name"] = "Somebody else"
        with pytest.raises(JournalError, match="not the input it was"):
            await Upload(plan(transport, Values(other, replayable=False), journal=path)).report()
    assert "Somebody else" not in {found["name"] for found in zendesk.users()}


@pytest.mark.parametrize("seed", range(6))
async def test_killed_again_and_again(tmp_path: Path, seed: int) -> None:
    """Ended at random instants, with repeats and faults, the account is complete in the end and nobody was raced."""
    dice = random.Random(seed)
    values = [user(dice.randrange(n + 1) if dice.random() < 0.1 else n, notes=str(n)) for n in range(COUNT)]
    zendesk = account(rate=100, job_seconds=3, seed=seed, lost_answer_rate=0.05, bare_failed_job_rate=0.05)
    path = tmp_path / "run.journal"
    told: list[int] = []

    async def once(seconds: float) -> None:
        async with opened(zendesk) as transport, Upload(plan(transport, Values(values), journal=path)) as upload:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(seconds), aclosing(upload.settlements()) as settlements:
                    async for settled in settlements:
                        told.extend(record.position for record in settled.records)

    for _ in range(5):
        await once(dice.uniform(0.5, 4))
        await asyncio.sleep(dice.uniform(0, 3))
        balanced(path)
    report = await finish(zendesk, path, values)
    assert report.records.settled == report.records.read == COUNT
    assert len(told) == len(set(told))
    last = {value["email"]: value["notes"] for value in values}
    assert {found["email"]: found["notes"] for found in zendesk.users()} == last
    assert zendesk.stats()["users_in_two_live_jobs"] == 0


async def test_two_uploads_share_rate_and_guard() -> None:
    """Two uploads on one client stay within one rate, and never have the same user in two jobs."""
    zendesk = account(rate=100, job_seconds=5)
    async with opened(zendesk) as transport:
        one = plan(transport, Values(users(500)))
        two = plan(transport, Values(list(reversed(users(500)))), guard=one.guard, known_jobs=one.known_jobs)
        reports = await asyncio.gather(Upload(one).report(), Upload(two).report())
    assert [report.records.settled for report in reports] == [500, 500]
    stats = zendesk.stats()
    assert stats["worst_second_arriving"] == 100
    assert stats["users_in_two_live_jobs"] == 0


async def test_a_slow_reader_holds_the_upload_up() -> None:
    """Outcomes that nobody takes are not collected without bound: sending stops."""
    zendesk = account(rate=0, job_seconds=0)
    async with (
        opened(zendesk, rate=UNLIMITED, jobs=2) as transport,
        Upload(plan(transport, Values(users(5_000)))) as upload,
    ):
        await anext(upload)
        await asyncio.sleep(60)
        assert sum(count for _, count in transport.writes) < 1_000
