"""Hand things over from a thread that may block to an event loop that must not.

Threads are daemons of their own, never of a pool: one that waits for a silent pipe holds up neither the loop nor the
end of the program. Whoever stops listening tells the thread so; it ends at its next step, or with the process.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Generator, Iterable
from contextlib import closing
from typing import Any, Generic, NamedTuple, TypeVar

__all__ = ["handed_over", "in_thread"]

T = TypeVar("T")

DEPTH = 3  # things on their way


class _End(NamedTuple):
    error: Exception | None


async def in_thread(call: Callable[[], T]) -> T:
    """Make a call that may block, and return what it returns. When cancelled, the call goes on and nobody listens."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def run() -> None:
        try:
            result = call()
        except Exception as error:  # noqa: BLE001 - it is raised where it is awaited
            _tell(loop, _settle, done, done.set_exception, error)
        else:
            _tell(loop, _settle, done, done.set_result, result)

    threading.Thread(target=run, name="audience", daemon=True).start()
    return await done


async def handed_over(items: Generator[T, None, None], depth: int = DEPTH) -> AsyncGenerator[T, None]:
    """Iterate in a thread and give each item as soon as it is there; ``depth`` items are read ahead.

    Closing this closes ``items``, in its thread, unless that is stuck in a read.
    """
    link: _Link[T] = _Link(asyncio.get_running_loop(), depth)
    threading.Thread(target=link.run, args=(items,), name="audience", daemon=True).start()
    try:
        while not isinstance(item := await link.take(), _End):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        link.close()


class _Link(Generic[T]):
    """One thread, one listener, and a few items between them."""

    def __init__(self, loop: asyncio.AbstractEventLoop, depth: int) -> None:
        self._loop = loop
        self._room = threading.Semaphore(depth)
        self._items: asyncio.Queue[T | _End] = asyncio.Queue()
        self._closed = False

    def run(self, items: Generator[T, None, None]) -> None:
        """Iterate until the end, or until nobody listens (in the thread)."""
        error = None
        try:
            with closing(items):
                self._pass_on(items)
        except Exception as failure:  # noqa: BLE001 - it is raised where the items are awaited
            error = failure
        _tell(self._loop, self._items.put_nowait, _End(error))

    def _pass_on(self, items: Iterable[T]) -> None:
        for item in items:
            self._room.acquire()
            if self._closed or not _tell(self._loop, self._items.put_nowait, item):
                return

    async def take(self) -> T | _End:
        """Wait for the next item (in the loop)."""
        item = await self._items.get()
        self._room.release()
        return item

    def close(self) -> None:
        """Stop listening (in the loop)."""
        self._closed = True
        self._room.release()


def _settle(done: asyncio.Future[Any], settle: Callable[[Any], None], value: object) -> None:
    if not done.done():
        settle(value)


def _tell(loop: asyncio.AbstractEventLoop, call: Callable[..., None], *args: object) -> bool:
    """Call something in the loop; False when the loop is gone."""
    try:
        loop.call_soon_threadsafe(call, *args)
    except RuntimeError:
        return False
    return True
