from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Iterable
from random import Random

import pytest

from zendesk_async.upload.channel import Channel, ChannelClosed

pytestmark = pytest.mark.virtual_time


async def settle() -> None:
    """Let every task run until it waits for somebody else: only then does the clock go on."""
    await asyncio.sleep(1)


async def cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def noted(log: list[int], number: int, wait: Awaitable[object]) -> None:
    await wait
    log.append(number)


async def taken(channel: Channel[int], log: list[int]) -> None:
    log.append(await channel.receive())


def filled(size: int, items: Iterable[int]) -> Channel[int]:
    channel: Channel[int] = Channel(size)
    for item in items:
        channel.put(item)
    return channel


# -- order and back-pressure -------------------------------------------------------------------------------------


async def test_first_in_first_out() -> None:
    """Items leave a channel in the order in which they were sent."""
    channel: Channel[int] = Channel(3)

    async def produce() -> None:
        for number in range(50):
            await channel.send(number)
        channel.close()

    producing = asyncio.create_task(produce())
    assert [number async for number in channel] == list(range(50))
    await producing


async def test_a_full_channel_holds_its_senders_up() -> None:
    """Nobody runs ahead of the receiver by more than the size of the channel."""
    channel: Channel[int] = Channel(2)
    sent: list[int] = []

    async def produce() -> None:
        for number in range(10):
            await channel.send(number)
            sent.append(number)

    producing = asyncio.create_task(produce())
    await settle()
    assert sent == [0, 1]
    assert len(channel) == 2
    await channel.receive()
    await settle()
    assert sent == [0, 1, 2]
    await cancelled(producing)


async def test_senders_stand_in_line() -> None:
    """Of several who wait to send, each is served in turn; who comes when a place has just become free waits behind."""
    channel = filled(1, [0])
    waiting = [asyncio.create_task(channel.send(number)) for number in (1, 2, 3)]
    await settle()
    got = [await channel.receive()]
    late = asyncio.create_task(channel.send(4))
    got += [await channel.receive() for _ in range(4)]
    assert got == [0, 1, 2, 3, 4]
    await asyncio.gather(*waiting, late)


async def test_receivers_stand_in_line() -> None:
    """Who waited longest gets the next item, also when somebody asks just after it came."""
    channel: Channel[int] = Channel(5)
    log: list[tuple[str, int]] = []

    async def receive(name: str) -> None:
        log.append((name, await channel.receive()))

    waiting = [asyncio.create_task(receive(name)) for name in "abc"]
    await settle()
    channel.put(1)
    channel.put(2)
    late = asyncio.create_task(receive("d"))
    channel.put(3)
    channel.put(4)
    await asyncio.gather(*waiting, late)
    assert log == [("a", 1), ("b", 2), ("c", 3), ("d", 4)]


async def test_a_channel_that_is_never_full_or_empty_waits_for_nobody() -> None:
    """Sending into room and receiving what is there give no other task a turn: a stream pays nothing for channels."""
    channel: Channel[int] = Channel(2)
    turns: list[None] = []
    asyncio.get_running_loop().call_soon(turns.append, None)
    for number in range(100):
        await channel.send(number)
        assert await channel.receive() == number
    assert not turns


@pytest.mark.parametrize("size", [0, -1])
def test_a_channel_holds_something(size: int) -> None:
    """A channel of no size would be a deadlock, so it is refused."""
    with pytest.raises(ValueError, match="1 item or more"):
        Channel[int](size)


async def test_repr_shows_the_state() -> None:
    """A channel shows how full it is and whether it has closed."""
    channel = filled(5, [1, 2])
    assert repr(channel) == "<Channel 2 of 5>"
    channel.close()
    assert repr(channel) == "<Channel 2 of 5, closed>"


# -- put, room, empty --------------------------------------------------------------------------------------------


async def test_put_goes_beyond_the_size() -> None:
    """What is put in need not wait; senders then wait until the surplus has gone."""
    channel = filled(2, range(5))
    sending = asyncio.create_task(channel.send(5))
    got = []
    for left in (4, 3, 2):
        got.append(await channel.receive())
        await settle()
        assert (len(channel), sending.done()) == (left, False)
    got.append(await channel.receive())
    await settle()
    assert sending.done()
    assert [*got, *channel.empty()] == [0, 1, 2, 3, 4, 5]


async def test_room_is_no_reservation() -> None:
    """Everybody who waits for room learns of one free place, since none of them takes it."""
    channel = filled(1, [0])
    log: list[int] = []
    waiting = [asyncio.create_task(noted(log, number, channel.room())) for number in range(3)]
    await settle()
    assert log == []
    await channel.receive()
    await asyncio.gather(*waiting)
    assert log == [0, 1, 2]
    assert len(channel) == 0


async def test_room_and_senders_share_a_line() -> None:
    """Who only looks for room lets the sender behind pass; who looks behind a sender waits for the next place."""
    channel = filled(1, [0])
    log: list[int] = []
    waits = [channel.room(), channel.send(1), channel.room()]
    waiting = [asyncio.create_task(noted(log, number, wait)) for number, wait in enumerate(waits)]
    await settle()
    await channel.receive()
    await settle()
    assert log == [0, 1]
    await channel.receive()
    await asyncio.gather(*waiting)
    assert log == [0, 1, 2]


async def test_emptying_takes_all_and_lets_the_senders_go_on() -> None:
    """What is taken out at once is in order, and as many senders go on as there is room then."""
    channel = filled(2, [1, 2, 3])
    sending = [asyncio.create_task(channel.send(number)) for number in (4, 5, 6)]
    await settle()
    assert channel.empty() == [1, 2, 3]
    await settle()
    assert [task.done() for task in sending] == [True, True, False]
    assert [await channel.receive() for _ in range(3)] == [4, 5, 6]
    await asyncio.gather(*sending)


async def test_a_woken_receiver_whose_item_was_taken_waits_on() -> None:
    """Emptying a channel between an item's arrival and its receiver's turn takes nothing from the line's order."""
    channel: Channel[int] = Channel(1)
    log: list[int] = []
    first, second = (asyncio.create_task(taken(channel, log)) for _ in range(2))
    await settle()
    channel.put(1)
    assert channel.empty() == [1]
    await settle()
    assert log == []
    channel.put(2)
    await settle()
    assert (first.done(), second.done()) == (True, False)
    channel.put(3)
    await asyncio.gather(first, second)
    assert log == [2, 3]


async def test_a_woken_sender_whose_place_was_taken_waits_on() -> None:
    """A put between a place becoming free and its sender's turn makes the sender wait again, ahead of the others."""
    channel = filled(1, [0])
    sending = [asyncio.create_task(channel.send(number)) for number in (1, 2)]
    await settle()
    got = [await channel.receive()]
    channel.put(9)
    await settle()
    assert not any(task.done() for task in sending)
    got += [await channel.receive() for _ in range(3)]
    assert got == [0, 9, 1, 2]
    await asyncio.gather(*sending)


# -- the end -----------------------------------------------------------------------------------------------------


async def test_what_is_in_a_closed_channel_can_be_received() -> None:
    """Closing ends the stream behind the last item, not before."""
    channel = filled(3, [1, 2, 3])
    channel.close()
    assert [item async for item in channel] == [1, 2, 3]
    with pytest.raises(ChannelClosed):
        await channel.receive()


async def test_nothing_goes_into_a_closed_channel() -> None:
    """Sending, putting and waiting for room all say that the channel has closed, full or not."""
    for channel in (filled(2, [1]), filled(2, [1, 2])):
        channel.close()
        for wait in (channel.send(3), channel.room()):
            with pytest.raises(ChannelClosed):
                await wait
        with pytest.raises(ChannelClosed):
            channel.put(3)
        assert len(channel) in {1, 2}


async def test_closing_wakes_everybody() -> None:
    """Whoever waits when a channel closes learns of it: receivers, senders, and those who look for room."""
    empty: Channel[int] = Channel(1)
    full = filled(1, [0])
    waits = [empty.receive(), empty.receive(), full.send(1), full.room(), full.send(2)]
    waiting = [asyncio.ensure_future(wait) for wait in waits]
    await settle()
    empty.close()
    full.close()
    ends = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(end) for end in ends] == [ChannelClosed] * 5
    assert full.empty() == [0]


async def test_who_comes_just_after_the_end_is_not_forgotten() -> None:
    """A receiver or sender that comes between the closing and the turn of those who waited learns of it too."""
    channel: Channel[int] = Channel(1)
    waiting = asyncio.create_task(channel.receive())
    await settle()
    channel.close()
    late = asyncio.create_task(channel.receive())
    ends = await asyncio.gather(waiting, late, return_exceptions=True)
    assert [type(end) for end in ends] == [ChannelClosed] * 2


async def test_an_item_put_just_before_the_end_reaches_its_receiver() -> None:
    """An item and the end that arrive together are received as an item and an end."""
    channel: Channel[int] = Channel(2)
    waiting = [asyncio.create_task(channel.receive()) for _ in range(2)]
    await settle()
    channel.put(7)
    channel.close()
    assert await waiting[0] == 7
    with pytest.raises(ChannelClosed):
        await waiting[1]


async def test_an_error_comes_after_the_last_item_for_every_receiver() -> None:
    """A channel closed with an error gives up what it holds first, then raises the error, as often as it is asked."""
    channel = filled(2, [1])
    error = RuntimeError("the work failed")
    channel.close(error)
    got = []
    with pytest.raises(RuntimeError, match="the work failed") as raised:
        got.extend([item async for item in channel])
    assert raised.value is error
    assert len(channel) == 0
    for _ in range(2):
        with pytest.raises(RuntimeError):
            await channel.receive()


async def test_an_error_wakes_who_waits_for_an_item() -> None:
    """A receiver does not wait for ever for work that has failed; a sender hears that the channel has closed."""
    channel: Channel[int] = Channel(1)
    receiving = asyncio.create_task(channel.receive())
    await settle()
    channel.close(KeyError("lost"))
    with pytest.raises(KeyError):
        await receiving
    with pytest.raises(ChannelClosed):
        await channel.send(1)


class Falsy(Exception):
    """An exception that is not true."""

    def __bool__(self) -> bool:
        return False


async def test_any_error_is_raised() -> None:
    """The error is what was given, however it looks upon itself."""
    channel: Channel[int] = Channel(1)
    channel.close(Falsy())
    with pytest.raises(Falsy):
        await channel.receive()


async def test_the_first_end_counts() -> None:
    """Closing again changes nothing: neither is an error forgotten nor does one come later."""
    clean, broken = filled(1, []), filled(1, [])
    clean.close()
    clean.close(ValueError("too late"))
    broken.close(ValueError("the first"))
    broken.close()
    assert [item async for item in clean] == []
    with pytest.raises(ValueError, match="the first"):
        await broken.receive()


# -- cancellation ------------------------------------------------------------------------------------------------


async def test_a_cancelled_receiver_takes_nothing() -> None:
    """Cancelled while it waits, or after an item came for it, a receiver leaves that item to the next in line."""
    channel: Channel[int] = Channel(2)
    log: list[int] = []
    first, second, third = (asyncio.create_task(taken(channel, log)) for _ in range(3))
    await settle()
    await cancelled(first)
    channel.put(1)
    second.cancel()
    await third
    assert log == [1]
    assert second.cancelled()


async def test_a_cancelled_sender_sends_nothing() -> None:
    """Cancelled while it waits, or after a place became free for it, a sender leaves the place to the next in line."""
    channel = filled(1, [0])
    first, second, third = (asyncio.create_task(channel.send(number)) for number in (1, 2, 3))
    await settle()
    await cancelled(first)
    assert await channel.receive() == 0
    second.cancel()
    assert await channel.receive() == 3
    await third
    assert second.cancelled()
    assert len(channel) == 0


async def test_who_is_cancelled_waiting_for_room_lets_the_sender_go_on() -> None:
    """A place that became free for somebody who left is not lost to the sender behind."""
    channel = filled(1, [0])
    looking = asyncio.create_task(channel.room())
    sending = asyncio.create_task(channel.send(1))
    await settle()
    await channel.receive()
    looking.cancel()
    await sending
    assert channel.empty() == [1]


async def test_a_timeout_around_receive_loses_no_item() -> None:
    """An item that comes in the very moment in which the patience ends is received, or stays."""
    for delay in (0.9, 1.0, 1.1):
        channel: Channel[int] = Channel(1)
        asyncio.get_running_loop().call_later(delay, channel.put, 7)
        got: list[int] = []
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                got.append(await channel.receive())
        await asyncio.sleep(1)
        assert got + channel.empty() == [7]


# -- under stress ------------------------------------------------------------------------------------------------


class Crowd:
    """Tasks that send, receive, look for room and are cancelled at random, and what became of every item."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)
        self.channel: Channel[int] = Channel(self.dice.choice([1, 1, 2, 5]))
        self.numbers = iter(range(10**9))
        self.received: list[int] = []
        self.sent: list[int] = []
        self.tasks: list[asyncio.Task[None]] = []

    async def send(self) -> None:
        number = next(self.numbers)
        await self.channel.send(number)
        self.sent.append(number)

    async def receive(self) -> None:
        self.received.append(await self.channel.receive())

    def put(self) -> None:
        number = next(self.numbers)
        self.channel.put(number)
        self.sent.append(number)

    def step(self) -> None:
        what = self.dice.choices(("send", "receive", "room", "cancel", "put", "empty"), (30, 30, 5, 30, 3, 1))[0]
        if what == "cancel" and self.tasks:
            self.dice.choice(self.tasks).cancel()
        elif what == "put":
            self.put()
        elif what == "empty":
            self.received += self.channel.empty()
        elif what != "cancel":
            self.tasks.append(
                asyncio.create_task({"send": self.send, "receive": self.receive, "room": self.room}[what]())
            )

    async def room(self) -> None:
        await self.channel.room()

    async def run(self, steps: int) -> None:
        for _ in range(steps):
            self.step()
            if self.dice.random() < 0.4:
                await asyncio.sleep(0)
        await settle()

    def blocked(self) -> list[asyncio.Task[None]]:
        return [task for task in self.tasks if not task.done()]

    async def drain(self) -> None:
        """Serve everybody who still waits: afterwards nobody may be left."""
        while self.blocked():
            waiting = len(self.blocked())
            if len(self.channel):
                self.received.append(await self.channel.receive())
            else:
                self.put()
            await settle()
            assert len(self.blocked()) <= waiting
            self.rounds -= 1
            assert self.rounds, f"{self.channel} forgot {self.blocked()}"
        self.received += self.channel.empty()

    rounds = 5_000


@pytest.mark.parametrize("seed", range(60))
async def test_no_item_is_lost_whoever_is_cancelled(seed: int) -> None:
    """Among hundreds of senders and receivers, cancelled at any moment, each item that was sent is received once."""
    crowd = Crowd(seed)
    await crowd.run(600)
    await crowd.drain()
    assert sorted(crowd.received) == sorted(crowd.sent)
    errors = [task.exception() for task in crowd.tasks if not task.cancelled()]
    assert errors == [None] * len(errors)


@pytest.mark.parametrize("seed", range(40))
async def test_nobody_waits_while_he_could_go_on(seed: int) -> None:
    """At rest, a waiting receiver means an empty channel and a waiting sender a full one: no wake-up is ever lost."""
    crowd = Crowd(seed)
    for _ in range(40):
        await crowd.run(15)
        names = {task.get_coro().__name__ for task in crowd.blocked()}  # type: ignore[union-attr]
        if "receive" in names:
            assert len(crowd.channel) == 0
            assert names == {"receive"}
        elif names:
            assert len(crowd.channel) >= crowd.channel.size
    await crowd.drain()


@pytest.mark.parametrize("seed", range(20))
async def test_closing_at_any_moment_ends_everybody(seed: int) -> None:
    """However a crowd stands when the channel closes, all of it ends, and what was sent is received or still inside."""
    crowd = Crowd(seed)
    await crowd.run(crowd.dice.randrange(100))
    crowd.channel.close()
    await settle()
    assert crowd.blocked() == []
    assert sorted(crowd.received + crowd.channel.empty()) == sorted(crowd.sent)
    kinds = {type(task.exception()) for task in crowd.tasks if not task.cancelled()}
    assert kinds <= {type(None), ChannelClosed}
