"""A bounded channel between tasks: it closes, and closing it is the only end-signal.

What is in a channel when it closes can still be received; then receivers fall out of their loop. A channel closed
with an error raises that error once it is empty. Cancelling ``send`` or ``receive`` loses nothing and wakes the next in
line.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Generic, Self, TypeVar

__all__ = ["Channel", "ChannelClosed"]

T = TypeVar("T")


class ChannelClosed(Exception):
    """Raised by ``send`` on a closed channel, and by ``receive`` on one that is closed and empty."""


class Channel(Generic[T]):
    """Hand items from tasks to tasks, at most ``size`` waiting in between.

    Iterate over it to receive: ``async for item in channel``.
    """

    def __init__(self, size: int) -> None:
        if size < 1:
            raise ValueError(f"a channel holds 1 item or more, not {size}")
        self.size = size
        self._items: deque[T] = deque()
        self._receivers: deque[asyncio.Future[None]] = deque()
        self._senders: deque[asyncio.Future[None]] = deque()
        self._error: BaseException | None = None
        self.closed = False

    def __repr__(self) -> str:
        return f"<Channel {len(self._items)} of {self.size}{', closed' if self.closed else ''}>"

    def __len__(self) -> int:
        return len(self._items)

    async def send(self, item: T) -> None:
        """Put an item in, waiting while the channel is full. Raises ChannelClosed."""
        await self.room()
        self.put(item)

    def put(self, item: T) -> None:
        """Put an item in without waiting, full or not: for those who have waited for ``room``. Raises ChannelClosed."""
        if self.closed:
            raise ChannelClosed
        self._items.append(item)
        _wake(self._receivers)

    async def room(self) -> None:
        """Wait until the channel is not full. Raises ChannelClosed."""
        while len(self._items) >= self.size and not self.closed:
            await self._line_up(self._senders)
        if self.closed:
            raise ChannelClosed

    async def receive(self) -> T:
        """Take the oldest item, waiting for one. Raises ChannelClosed, or the error the channel was closed with."""
        while not self._items:
            if self.closed:
                raise self._error or ChannelClosed
            await self._line_up(self._receivers)
        item = self._items.popleft()
        if len(self._items) < self.size:
            _wake(self._senders)
        return item

    def empty(self) -> list[T]:
        """Take out everything that is in the channel, without waiting."""
        items = list(self._items)
        self._items.clear()
        while self._senders:
            _wake(self._senders)
        return items

    def close(self, error: BaseException | None = None) -> None:
        """Let no more in. Receivers get what is left, then ``error`` or the end. Closing again changes nothing."""
        if self.closed:
            return
        self.closed = True
        self._error = error
        for line in (self._receivers, self._senders):
            while line:
                _wake(line)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        try:
            return await self.receive()
        except ChannelClosed:
            raise StopAsyncIteration from None

    async def _line_up(self, line: deque[asyncio.Future[None]]) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line.append(turn)
        try:
            await turn
        except BaseException:
            if turn.done() and not turn.cancelled():
                _wake(line)  # the turn that we do not take goes to the next
            elif turn in line:
                line.remove(turn)
            raise


def _wake(line: deque[asyncio.Future[None]]) -> None:
    while line:
        turn = line.popleft()
        if not turn.done():
            turn.set_result(None)
            return
