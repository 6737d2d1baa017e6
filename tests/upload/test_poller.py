from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.zendesk import InnerTransport, account, record
from zendesk_async.api.endpoints import Endpoints
from zendesk_async.mock import Account
from zendesk_async.models import Requests
from zendesk_async.upload.poller import LOST, Poller
from zendesk_async.upload.polling import Polling

pytestmark = pytest.mark.virtual_time


@asynccontextmanager
async def following(zendesk: Account, patience: float = 3_600.0) -> AsyncIterator[tuple[Endpoints, Poller, Requests]]:
    requests = Requests()
    async with InnerTransport(zendesk) as transport:
        api = Endpoints(transport, requests)
        poller = Poller(api, Polling(25), patience)
        running = asyncio.create_task(poller.run())
        try:
            yield api, poller, requests
        finally:
            running.cancel()
            await asyncio.wait([running])


async def start(api: Endpoints, number: int) -> str:
    return (await api.create_or_update_many([record(number).body])).id


async def test_one_question_for_all_jobs() -> None:
    """Jobs in flight together are asked for together."""
    async with following(account(job_seconds=5)) as (api, poller, requests):
        jobs = [await start(api, number) for number in range(20)]
        ended = await asyncio.gather(*map(poller.follow, jobs))
    assert {job.status for job in ended} == {"completed"}
    assert [job.id for job in ended] == jobs
    assert requests.polls < 15


async def test_a_job_that_ended_at_once_is_noticed_at_once() -> None:
    """A finished job costs one question and no waiting."""
    async with following(account(job_seconds=0)) as (api, poller, requests):
        job_id = await start(api, 0)
        began = asyncio.get_running_loop().time()
        await poller.follow(job_id)
        assert asyncio.get_running_loop().time() - began < 0.1
    assert requests.polls == 1


@pytest.mark.parametrize("looks", [1, 2])
async def test_a_job_that_hides_is_found_in_the_list(looks: int) -> None:
    """A job that Zendesk does not give by its id is found all the same (zenpy#291)."""
    async with following(account(job_seconds=2, hidden_job_rate=1.0, hidden_job_looks=looks)) as (api, poller, _):
        ended = await poller.follow(await start(api, 0))
    assert ended.status == "completed"


async def test_a_job_that_zendesk_forgot_is_lost() -> None:
    """A job that is nowhere to be found is given up after some seconds: its batch must be sent again."""
    async with following(account()) as (_, poller, requests):
        ended = await poller.follow("V3-0123456789abcdef0123456789abcdef")
        assert 5 < asyncio.get_running_loop().time() < 15
    assert ended.status == LOST
    assert requests.polls < 40


async def test_a_job_that_never_ends_is_given_up_after_the_patience() -> None:
    """A stuck job does not hold the upload for ever."""
    async with following(account(job_seconds=1, stuck_job_rate=1.0), patience=300) as (api, poller, requests):
        ended = await poller.follow(await start(api, 0))
        assert 300 < asyncio.get_running_loop().time() < 320
    assert ended.status == LOST
    assert requests.polls < 150


async def test_cancelling_a_follower_disturbs_nobody() -> None:
    """Who stops following takes his job out of the questions; the others get their answer."""
    async with following(account(job_seconds=5)) as (api, poller, _):
        first, second = await start(api, 0), await start(api, 1)
        impatient = asyncio.create_task(poller.follow(first))
        patient = asyncio.create_task(poller.follow(second))
        await asyncio.sleep(1)
        impatient.cancel()
        assert (await patient).status == "completed"
        assert len(poller) == 0


def test_repr_shows_the_state() -> None:
    """A poller shows what it follows."""

    async def main() -> str:
        poller: Any = Poller(None, Polling(25), 60)  # type: ignore[arg-type]
        return repr(poller)

    assert asyncio.run(main()) == "<Poller <Polling 0 of 25 jobs, typical length unknown>>"
