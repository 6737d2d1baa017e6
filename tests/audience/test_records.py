from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from types import MappingProxyType
from typing import Any

import pytest

from zendesk_async.audience.records import AHEAD, SLICE, records_source
from zendesk_async.models import Broken, Chunk

Some = dict[str, Any]


async def counted(end: int) -> AsyncGenerator[Some, None]:
    for number in range(end):
        yield {"external_id": str(number)}


class Endless:
    """An async iterable that is no generator: gives records for as long as it is asked, and counts them."""

    def __init__(self) -> None:
        self.given = 0

    def __aiter__(self) -> AsyncIterator[Some]:
        return self

    async def __anext__(self) -> Some:
        self.given += 1
        return {"external_id": str(self.given)}


async def ids_of(chunks: AsyncIterator[Chunk]) -> list[str]:
    found: list[str] = []
    async for chunk in chunks:
        assert chunk.start == len(found)
        assert list(chunk.lines) == list(range(len(found) + 1, len(found) + 1 + len(chunk.raws)))
        found += [raw["external_id"] for raw in chunk.raws if isinstance(raw, dict)]
    return found


@pytest.mark.parametrize("count", [0, 1, SLICE, SLICE + 1, 3 * AHEAD + 7])
async def test_every_record_comes_once_and_in_order(count: int) -> None:
    """Whether it comes from a list, a generator, or an async one."""
    expected = [str(number) for number in range(count)]
    given = [{"external_id": one} for one in expected]
    assert await ids_of(records_source(given).chunks()) == expected
    assert await ids_of(records_source(one for one in given).chunks()) == expected
    assert await ids_of(records_source(counted(count)).chunks()) == expected


async def test_it_is_what_it_is() -> None:
    """A source like any other, of which little is known beforehand."""
    source = records_source([{"a": 1}])
    await source.open()
    assert (source.name, source.format, source.tabular, source.replayable) == ("records", "objects", False, False)
    assert (source.columns, source.bytes_total) == (None, None)


async def test_an_iterable_leaves_the_loop_its_turns() -> None:
    """A generator of a million must not stop everything else."""
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(count_turns())
    await ids_of(records_source({"external_id": ""} for _ in range(10 * SLICE)).chunks())
    other.cancel()
    assert turns >= 9


async def test_a_record_does_not_wait_for_the_next() -> None:
    """What a producer has given goes on while the producer waits for more."""
    gate = asyncio.Event()

    async def pausing() -> AsyncGenerator[Some, None]:
        yield {"external_id": "0"}
        yield {"external_id": "1"}
        await gate.wait()
        yield {"external_id": "2"}

    async with aclosing(records_source(pausing()).chunks()) as chunks:
        assert len((await anext(chunks)).raws) == 2
        gate.set()
        await asyncio.sleep(0.01)
        assert (await anext(chunks)).start == 2
        assert [chunk async for chunk in chunks] == []


async def test_no_more_is_taken_than_is_wanted() -> None:
    """A fast producer must not fill the memory."""
    endless = Endless()
    async with aclosing(records_source(endless).chunks()) as chunks:
        for _ in range(3):
            await anext(chunks)
            await asyncio.sleep(0.01)
    assert endless.given <= 4 * AHEAD


async def test_leaving_early_leaves_no_task() -> None:
    """Nobody pulls records that nobody wants."""
    before = asyncio.all_tasks()
    async with aclosing(records_source(Endless()).chunks()) as chunks:
        await anext(chunks)
        assert asyncio.all_tasks() != before
    assert asyncio.all_tasks() == before


async def test_cancelling_leaves_no_task() -> None:
    """Also while the producer waits; it is told, as it would be in a loop of the caller's own."""
    told = asyncio.Event()

    async def silent() -> AsyncGenerator[Some, None]:
        try:
            await asyncio.Event().wait()
            yield {}
        finally:
            told.set()

    before = asyncio.all_tasks()
    listener = asyncio.create_task(ids_of(records_source(silent()).chunks()))
    await asyncio.sleep(0.01)
    listener.cancel()
    await asyncio.wait([listener])
    assert listener.cancelled()
    assert told.is_set()
    assert asyncio.all_tasks() == before


@pytest.mark.parametrize("good", [0, 1, SLICE, SLICE + 5])
async def test_a_producer_that_fails_has_given_what_it_gave(good: int) -> None:
    """Its error is raised as it is, after the records that came before it."""

    def failing() -> Iterator[Some]:
        yield from ({"external_id": str(number)} for number in range(good))
        raise LookupError("no more")

    async def failing_too() -> AsyncGenerator[Some, None]:
        for one in failing():
            yield one

    for source in (records_source(failing()), records_source(failing_too())):
        found = 0
        with pytest.raises(LookupError, match="no more"):
            async for chunk in source.chunks():
                found += len(chunk.raws)
        assert found == good


async def test_a_failure_nobody_waits_for_is_no_noise() -> None:
    """Closed before it was heard, it is not shouted after either."""

    async def failing() -> AsyncGenerator[Some, None]:
        yield {"external_id": "0"}
        raise LookupError

    async with aclosing(records_source(failing()).chunks()) as chunks:
        assert len((await anext(chunks)).raws) == 1
        await asyncio.sleep(0.01)
    assert len(asyncio.all_tasks()) == 1


async def test_what_is_no_mapping_is_broken() -> None:
    """It has a position and will have an outcome, like everything that was given."""
    odd: Any = [{"a": 1}, ["x", 1], "text", None, MappingProxyType({"b": 2})]
    (chunk,) = [chunk async for chunk in records_source(odd).chunks()]
    assert chunk.raws[0] == {"a": 1}
    assert chunk.raws[4] == {"b": 2}
    broken = [raw for raw in chunk.raws if isinstance(raw, Broken)]
    assert [(raw.text, raw.error) for raw in broken] == [
        ('["x",1]', "InvalidRecord"),
        ('"text"', "InvalidRecord"),
        ("null", "InvalidRecord"),
    ]
    assert "not list" in broken[0].details


async def test_a_mapping_may_be_used_again_by_its_producer() -> None:
    """A record is what it was when it was given."""

    def thrifty() -> Iterator[Some]:
        one: Some = {}
        for number in range(3):
            one["external_id"] = str(number)
            yield one

    assert await ids_of(records_source(thrifty()).chunks()) == ["0", "1", "2"]


async def test_records_are_read_once() -> None:
    """A generator has nothing left for a second time."""
    source = records_source([{"a": 1}])
    await ids_of(records_source([]).chunks())
    async with aclosing(source.chunks()) as chunks:
        await anext(chunks)
    with pytest.raises(RuntimeError, match="only once"):
        source.chunks()


@pytest.mark.parametrize("wrong", [{"a": 1}, "text", b"bytes", 5, None])
def test_a_single_record_is_no_stream_of_them(wrong: Any) -> None:
    """``upload(user)`` for ``upload([user])`` is told at once."""
    with pytest.raises(TypeError, match="records must be an iterable"):
        records_source(wrong)


async def test_a_fingerprint_takes_nothing_away() -> None:
    """The first record of an iterable tells it from others, and still comes."""
    source = records_source(one for one in [{"external_id": "0"}, {"external_id": "1"}])
    assert await source.fingerprint() == await records_source([{"external_id": "0"}]).fingerprint()
    assert await source.fingerprint() != await records_source([{"external_id": "5"}]).fingerprint()
    assert await ids_of(source.chunks()) == ["0", "1"]
    assert await records_source([]).fingerprint() == "head:"


async def test_the_fingerprint_of_an_async_iterable_waits_for_nobody() -> None:
    """Its first record may be given by the very one who asks, and only afterwards."""

    async def silent() -> AsyncGenerator[Some, None]:
        await asyncio.Event().wait()
        yield {}

    assert await records_source(silent()).fingerprint() == "head:"


@pytest.mark.virtual_time
async def test_hours_between_records_are_hours() -> None:
    """A producer may take its time; each record goes on when it comes."""

    async def hourly() -> AsyncGenerator[Some, None]:
        for number in range(3):
            await asyncio.sleep(3_600)
            yield {"external_id": str(number)}

    loop = asyncio.get_running_loop()
    times = [round(loop.time()) async for _ in records_source(hourly()).chunks()]
    assert times == [3_600, 7_200, 10_800]
