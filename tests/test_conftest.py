from __future__ import annotations

import asyncio

import aiohttp
import pytest
from aioresponses import aioresponses

URL = "https://acme.zendesk.com/api/v2/job_statuses/show_many?ids=1"
MORE_THAN_THE_STREAM_TAKES = 3 * 2**17


async def test_a_mocked_answer_is_read(zendesk: aioresponses) -> None:
    """Aioresponses works with this aiohttp: an answer has its status, headers and JSON."""
    zendesk.get(URL, status=201, payload={"job_statuses": []}, headers={"Retry-After": "7"})
    async with aiohttp.ClientSession() as session, session.get(URL) as answer:
        assert (answer.status, answer.headers["retry-after"]) == (201, "7")
        assert await answer.json() == {"job_statuses": []}


async def test_a_long_mocked_answer_is_read(zendesk: aioresponses) -> None:
    """The results of thirty jobs, some 200 KiB, come through."""
    zendesk.get(URL, body=b"x" * MORE_THAN_THE_STREAM_TAKES)
    async with aiohttp.ClientSession() as session, session.get(URL) as answer:
        assert len(await answer.read()) == MORE_THAN_THE_STREAM_TAKES


async def test_what_was_not_announced_is_refused(zendesk: aioresponses) -> None:
    """No test reaches the real Zendesk by accident."""
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectionError):
            await session.get(URL)


@pytest.mark.virtual_time
async def test_mocked_answers_come_under_virtual_time(zendesk: aioresponses) -> None:
    """HTTP at the edge and a clock that jumps go together: no socket is opened."""
    zendesk.get(URL, payload={}, repeat=True)
    async with aiohttp.ClientSession() as session:
        for _ in range(3):
            async with session.get(URL) as answer:
                assert answer.status == 200
            await asyncio.sleep(60)
    assert round(asyncio.get_running_loop().time(), 3) == 180
