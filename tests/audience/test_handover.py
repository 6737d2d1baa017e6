from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator
from contextlib import aclosing

import pytest

from zendesk_async.audience.handover import handed_over, in_thread


class Numbers:
    """Counts up, and remembers how far it was asked to and whether it was closed."""

    def __init__(self, end: int) -> None:
        self.end = end
        self.asked = 0
        self.closed = threading.Event()
        self.thread: threading.Thread | None = None

    def items(self) -> Generator[int, None, None]:
        self.thread = threading.current_thread()
        try:
            for number in range(self.end):
                self.asked = number + 1
                yield number
        finally:
            self.closed.set()


async def test_everything_arrives_in_order() -> None:
    """What the thread gives is what the loop gets."""
    numbers = Numbers(1_000)
    assert [number async for number in handed_over(numbers.items())] == list(range(1_000))
    assert numbers.closed.is_set()


async def test_it_happens_in_a_thread_that_holds_up_nobody() -> None:
    """A daemon: Python does not wait for it at the end."""
    numbers = Numbers(1)
    assert [number async for number in handed_over(numbers.items())] == [0]
    assert numbers.thread is not None
    assert numbers.thread is not threading.current_thread()
    assert numbers.thread.daemon


async def test_only_a_few_things_are_read_ahead() -> None:
    """A fast file must not fill the memory while Zendesk is slow."""
    numbers = Numbers(1_000)
    async with aclosing(handed_over(numbers.items(), depth=3)) as items:
        assert await anext(items) == 0
        await asyncio.sleep(0.05)
        assert 1 <= numbers.asked <= 5


async def test_closing_ends_the_thread() -> None:
    """Whoever leaves early leaves nothing behind."""
    numbers = Numbers(10**9)
    async with aclosing(handed_over(numbers.items())) as items:
        assert await anext(items) == 0
    assert await asyncio.to_thread(numbers.closed.wait, 10)


async def test_cancelling_ends_the_thread() -> None:
    """Also where it waits for something that does not come."""
    gate = threading.Event()
    closed = threading.Event()

    def silent() -> Generator[int, None, None]:
        try:
            gate.wait()
            yield 1
        finally:
            closed.set()

    async def listen() -> None:
        async with aclosing(handed_over(silent())) as items:
            await anext(items)

    listener = asyncio.create_task(listen())
    await asyncio.sleep(0.01)
    listener.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listener
    gate.set()
    assert await asyncio.to_thread(closed.wait, 10)


async def test_a_failure_comes_after_what_came_before_it() -> None:
    """Records that were read before the input broke off are not lost with it."""

    def breaking() -> Generator[int, None, None]:
        yield 1
        raise ValueError("broken off")

    items = handed_over(breaking())
    assert await anext(items) == 1
    with pytest.raises(ValueError, match="broken off"):
        await anext(items)


def test_a_loop_that_is_gone_is_no_error() -> None:
    """A thread that wakes up after everything has ended ends too."""
    gate = threading.Event()
    numbers = Numbers(3)

    def late() -> Generator[int, None, None]:
        gate.wait()
        yield from numbers.items()

    async def listen_briefly() -> None:
        items = handed_over(late())
        waiting = asyncio.ensure_future(anext(items))
        await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.wait([waiting])
        await items.aclose()

    asyncio.run(listen_briefly())
    gate.set()
    assert numbers.closed.wait(10)


async def test_a_call_is_made_in_a_thread() -> None:
    """The loop goes on while a call blocks."""
    assert await in_thread(lambda: threading.current_thread().daemon)
    with pytest.raises(ZeroDivisionError):
        await in_thread(lambda: 1 // 0)


async def test_a_call_that_nobody_waits_for_any_more_does_no_harm() -> None:
    """Its answer comes too late, and is dropped."""
    gate, done = threading.Event(), threading.Event()

    def slow() -> int:
        gate.wait()
        done.set()
        return 1

    waiting = asyncio.create_task(in_thread(slow))
    await asyncio.sleep(0.01)
    waiting.cancel()
    await asyncio.wait([waiting])
    gate.set()
    assert await asyncio.to_thread(done.wait, 10)
    await asyncio.sleep(0.01)
    assert waiting.cancelled()


@pytest.mark.virtual_time
async def test_time_stands_still_while_a_thread_reads() -> None:
    """Under a clock of its own, a test does not run ahead of the reader."""
    numbers = Numbers(100)
    assert [number async for number in handed_over(numbers.items())] == list(range(100))
    assert asyncio.get_running_loop().time() < 1
