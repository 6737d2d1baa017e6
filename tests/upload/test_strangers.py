from __future__ import annotations

import asyncio

import pytest

from tests.zendesk import InnerTransport, account, record
from zendesk_async.api.endpoints import Endpoints
from zendesk_async.models import Requests
from zendesk_async.upload.strangers import REMEMBERED, KnownJobs, strangers_ended

pytestmark = pytest.mark.virtual_time


async def test_an_unknown_live_job_is_waited_for() -> None:
    """A job that nobody told us of is waited for until it has ended."""
    async with InnerTransport(account(job_seconds=7)) as transport:
        api = Endpoints(transport, Requests())
        await api.create_or_update_many([record(0).body])
        assert await strangers_ended(api, KnownJobs(), 1)
        assert 7 <= asyncio.get_running_loop().time() < 10


async def test_known_jobs_and_jobs_of_another_size_are_not_waited_for() -> None:
    """Our own jobs, and jobs that cannot be the lost one, delay nothing."""
    async with InnerTransport(account(job_seconds=60)) as transport:
        api = Endpoints(transport, Requests())
        known = KnownJobs()
        known.add((await api.create_or_update_many([record(0).body])).id)
        await api.create_or_update_many([record(1).body, record(2).body])
        assert await strangers_ended(api, known, 1)
        assert asyncio.get_running_loop().time() < 2


async def test_the_wait_is_bounded() -> None:
    """A job that never ends may be somebody else's: it is waited for two minutes, not for ever."""
    async with InnerTransport(account(job_seconds=10_000)) as transport:
        api = Endpoints(transport, Requests())
        await api.create_or_update_many([record(0).body])
        assert not await strangers_ended(api, KnownJobs())
        assert 120 < asyncio.get_running_loop().time() < 130


def test_known_jobs_are_bounded() -> None:
    """The oldest jobs are forgotten, so that an upload of any size needs no more memory."""
    known = KnownJobs()
    for number in range(REMEMBERED + 10):
        known.add(str(number))
        known.add(str(number))
    assert len(known) == REMEMBERED
    assert "9" not in known
    assert str(REMEMBERED + 9) in known
