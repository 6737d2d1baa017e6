from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import orjson
import pytest

from tests.zendesk import PlainShaper, chunks_of, user
from zendesk_async.errors import InputError
from zendesk_async.models import Chunk
from zendesk_async.state import NoJournal, Positions
from zendesk_async.upload import feeder as feeder_module
from zendesk_async.upload.batching import Carried
from zendesk_async.upload.channel import Channel
from zendesk_async.upload.feeder import Feeder
from zendesk_async.upload.guard import Guard
from zendesk_async.upload.settling import Settled, Settler

pytestmark = pytest.mark.virtual_time


class Room:
    """A feeder with everything around it; ``done`` is what an earlier process has settled."""

    def __init__(self, chunks: AsyncGenerator[Chunk, None], *, size: int = 100, done: Positions | None = None) -> None:
        self.guard = Guard()
        self.told: Channel[Settled] = Channel(1_000)
        self.settler = Settler(NoJournal(), self.guard, self.told, lambda _: False, lambda: None)
        self.batches: Channel[Carried] = Channel(2)
        self.feeder = Feeder(
            chunks,
            PlainShaper(),
            self.guard,
            self.settler,
            self.batches,
            size=size,
            linger=1.0,
            done=done or Positions(),
        )
        self.tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self.tasks = [asyncio.create_task(self.feeder.read()), asyncio.create_task(self.feeder.run())]

    async def sizes(self) -> list[int]:
        self.start()
        sizes = []
        async for carried in self.batches:
            sizes.append(len(carried.batch.records))
            for record in carried.batch.records:
                self.guard.release(record.keys)
        await asyncio.gather(*self.tasks)
        return sizes

    async def end(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.wait(self.tasks)
        self.feeder.withdraw()


async def test_batches_are_filled_across_chunks() -> None:
    """Chunks of any size make full batches, and a last one of what is left."""
    room = Room(chunks_of([user(n) for n in range(450)], size=70))
    assert await room.sizes() == [100, 100, 100, 100, 50]
    assert room.settler.counts.read == 450


async def test_an_empty_input_ends() -> None:
    """Nothing in, nothing out, and no waiting."""
    assert await Room(chunks_of([])).sizes() == []


async def test_a_quiet_input_lets_its_records_go() -> None:
    """Records of a slow producer wait a second for company, not for ever."""

    async def slowly() -> AsyncGenerator[Chunk, None]:
        for number in range(3):
            yield Chunk(number, [orjson.dumps(user(number))], [number + 1])
            await asyncio.sleep(10)

    room = Room(slowly())
    room.start()
    now = asyncio.get_running_loop().time
    times = [(round(now()), len(carried.batch.records)) async for carried in room.batches]
    assert times == [(1, 1), (11, 1), (21, 1)]


async def test_a_trickle_does_not_wait_for_ever() -> None:
    """Records that keep coming, each just before its time is up, do not keep the first one waiting."""

    async def trickle() -> AsyncGenerator[Chunk, None]:
        for number in range(20):
            yield Chunk(number, [orjson.dumps(user(number))], [number + 1])
            await asyncio.sleep(0.9)

    room = Room(trickle())
    room.start()
    sizes = [len(carried.batch.records) async for carried in room.batches]
    assert max(sizes) <= 2
    assert sum(sizes) == 20


async def test_back_pressure_reaches_the_reader() -> None:
    """When nobody takes batches, reading stops after a few chunks."""
    read = 0

    async def endless() -> AsyncGenerator[Chunk, None]:
        nonlocal read
        while True:
            chunk = Chunk(read, [orjson.dumps(user(read + n)) for n in range(100)], range(read, read + 100))
            read += 100
            yield chunk

    room = Room(endless())
    room.start()
    await asyncio.sleep(60)
    assert read <= 800
    await room.end()


async def test_what_was_settled_is_left_out() -> None:
    """Going on, the records that have their outcome are not sent again."""
    done = Positions([(0, 120), (130, 140)])
    room = Room(chunks_of([user(n) for n in range(200)]), done=done)
    room.start()
    positions = [position async for carried in room.batches for position in carried.batch.positions]
    assert positions == [*range(120, 130), *range(140, 200)]


async def test_one_user_is_held_folded_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records of a user on his way wait and fold; when too many wait, reading stops until he is free."""
    monkeypatch.setattr(feeder_module, "HELD_RECORDS", 500)
    room = Room(chunks_of([user(1, notes=str(n)) for n in range(5_000)], size=100))
    room.start()
    first = await room.batches.receive()
    assert first.batch.positions == [0]
    await asyncio.sleep(60)
    assert 500 <= room.feeder.held <= 600
    room.guard.release(first.batch.records[0].keys)
    second = await room.batches.receive()
    assert second.batch.positions == [599]
    assert [record.position for record in second.batch.folded[599]] == list(range(1, 599))
    await room.end()


@pytest.mark.parametrize("size", [1, 2])
async def test_a_batch_that_the_waiting_complete_goes_out(size: int) -> None:
    """Who had to wait completes a batch: it goes at once, though others go on waiting, perhaps for just him."""
    values = [user(n, notes=notes) for notes in "ab" for n in range(2 * size)]
    room = Room(chunks_of(values), size=size)
    room.start()
    first, second = await room.batches.receive(), await room.batches.receive()
    await asyncio.sleep(5)
    for record in first.batch.records:
        room.guard.release(record.keys)
    third = await room.batches.receive()
    assert third.batch.positions == list(range(2 * size, 3 * size))
    assert room.feeder.held == len(second.batch.records)
    await room.end()


async def test_withdrawing_frees_everybody() -> None:
    """An upload that ends leaves no user owned, wherever his records were."""
    values: list[dict[str, Any]] = [user(n % 40) for n in range(500)]
    room = Room(chunks_of(values, size=50), size=10)
    room.start()
    taken = await room.batches.receive()
    await asyncio.sleep(5)
    await room.end()
    for carried in (taken, *room.batches.empty()):
        for record in carried.batch.records:
            room.guard.release(record.keys)
    assert room.guard.quiet


async def test_an_input_that_breaks_off_is_an_error() -> None:
    """What goes wrong while reading ends the reader with that error."""

    async def broken() -> AsyncGenerator[Chunk, None]:
        yield Chunk(0, [orjson.dumps(user(0))], [1])
        raise InputError("the file ends in the middle")

    room = Room(broken())
    room.start()
    with pytest.raises(InputError, match="in the middle"):
        await room.tasks[0]
    await room.end()
