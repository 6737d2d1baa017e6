"""Changed-only uploads, through the whole pipeline: what need not be sent is not, and nothing else is left out."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest

from tests.zendesk import InnerTransport, Values, account, plan, user
from zendesk_async.config.values import UNLIMITED, Limits
from zendesk_async.mock import Account
from zendesk_async.models import Report
from zendesk_async.state.sent import Sent
from zendesk_async.upload.upload import Upload

pytestmark = pytest.mark.virtual_time


async def night(zendesk: Account, path: Path, values: list[dict[str, Any]], *, changed_only: bool = True) -> Report:
    """One nightly upload."""
    limits = Limits(rate=UNLIMITED)
    async with InnerTransport(zendesk, limits=limits) as transport:
        with Sent.open(path, today=20_000) as sent:
            return await Upload(plan(transport, Values(values), sent=sent, changed_only=changed_only)).report()


async def test_a_second_night_sends_nothing(tmp_path: Path) -> None:
    """The same file again is unchanged, to the last record."""
    zendesk = account(rate=0, job_seconds=2)
    values = [user(n) for n in range(2_000)]
    assert (await night(zendesk, tmp_path / "sent", values)).records.created == 2_000
    report = await night(zendesk, tmp_path / "sent", values)
    assert report.records.unchanged == 2_000
    assert report.requests.posts == 0
    assert report.status == "completed"


async def test_only_what_changed_is_sent(tmp_path: Path) -> None:
    """Of a file in which one record in a hundred has changed, those are sent."""
    zendesk = account(rate=0, job_seconds=2)
    values = [user(n) for n in range(2_000)]
    await night(zendesk, tmp_path / "sent", values)
    changed = [user(n, notes="new") if n % 100 == 7 else user(n) for n in range(2_000)]
    report = await night(zendesk, tmp_path / "sent", changed)
    assert (report.records.updated, report.records.unchanged) == (20, 1_980)
    assert sum(found.get("notes") == "new" for found in zendesk.users()) == 20


async def test_what_failed_is_sent_again(tmp_path: Path) -> None:
    """A refusal is no acceptance: the next night tries once more."""
    zendesk = account(rate=0, job_seconds=0, refused_record_rate=0.2)
    values = [user(n) for n in range(500)]
    first = await night(zendesk, tmp_path / "sent", values)
    second = await night(zendesk, tmp_path / "sent", values)
    assert first.records.failed == second.records.failed > 0
    assert second.records.unchanged == first.records.created


async def test_an_upload_of_everything_keeps_the_state_true(tmp_path: Path) -> None:
    """Content sent in between by a plain upload is what the next comparison goes by."""
    zendesk = account(rate=0, job_seconds=0)
    path = tmp_path / "sent"
    await night(zendesk, path, [user(1, notes="a")])
    await night(zendesk, path, [user(1, notes="b")], changed_only=False)
    report = await night(zendesk, path, [user(1, notes="a")])
    assert report.records.updated == 1


@pytest.mark.parametrize("seed", range(6))
async def test_repeats_compare_in_order(tmp_path: Path, seed: int) -> None:
    """With repeats that change there and back, the account ends as the file's last line says, every night."""
    dice = random.Random(seed)
    zendesk = account(rate=0, job_seconds=2, job_jitter=0.5, seed=seed)
    for _ in range(3):
        values = [user(dice.randrange(60), notes=dice.choice("ab")) for _ in range(600)]
        report = await night(zendesk, tmp_path / "sent", values)
        assert report.records.pending == 0
        last = {value["email"]: value["notes"] for value in values}
        stored = {found["email"]: found["notes"] for found in zendesk.users()}
        assert {email: stored[email] for email in last} == last
    assert zendesk.stats()["users_in_two_live_jobs"] == 0


@pytest.mark.parametrize("seed", range(6))
async def test_killed_at_random_it_never_claims_too_much(tmp_path: Path, seed: int) -> None:
    """After uploads that were cut off anywhere, a full comparison brings the account to what the file says."""
    dice = random.Random(seed)
    zendesk = account(rate=0, job_seconds=3, seed=seed, lost_answer_rate=0.1, bare_failed_job_rate=0.1)
    for _ in range(6):
        values = [user(n, notes=dice.choice("abc")) for n in range(1_000)]
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(dice.uniform(0.01, 3)):
                await night(zendesk, tmp_path / "sent", values)
        await asyncio.sleep(5)
    values = [user(n, notes=dice.choice("abc")) for n in range(1_000)]
    assert (await night(zendesk, tmp_path / "sent", values)).records.pending == 0
    assert {found["email"]: found["notes"] for found in zendesk.users()} == {v["email"]: v["notes"] for v in values}
