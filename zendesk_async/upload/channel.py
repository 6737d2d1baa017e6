"""A bounded channel between tasks: it closes, and closing it is the only end-signal.

What is in a channel when it closes can still be received; then receivers fall out of their loop. A channel closed
with an error raises that error once it is empty. Cancelling ``send`` or ``receive`` loses nothing and wakes the next in
line.

Theory of operation. Receivers stand in one line and senders in another. Only the first in a line is ever woken, and it
leaves the line when it runs; whoever comes while somebody stands there goes behind him. So items leave in the order of
the calls that sent them, and reach receivers in the order of theirs. After everything that changes, ``_stir`` decides
from the state alone who may go on: no wake-up can be lost, because none has to be passed on.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Generic, Self, TypeAlias, TypeVar

__all__ = ["Channel", "ChannelClosed"]

T = TypeVar("T")

Line: TypeAlias = deque[asyncio.Event]


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
        self._receivers: Line = deque()
        self._senders: Line = deque()
        self._error: BaseException | None = None
        self.closed = False

    def __repr__(self) -> str:
        return f"<Channel {len(self._items)} of {self.size}{', closed' if self.closed else ''}>"

    def __len__(self) -> int:
        return len(self._items)

    async def send(self, item: T) -> None:
        """Put an item in, waiting while the channel is full. Raises ChannelClosed; cancelled, it has put nothing in."""
        if self._senders or not self._has_room():
            await self._turn(self._senders, self._has_room)
        self.put(item)

    def put(self, item: T) -> None:
        """Put an item in without waiting, full or not: for those who have waited for ``room``. Raises ChannelClosed."""
        if self.closed:
            raise ChannelClosed
        self._items.append(item)
        self._stir()

    async def room(self) -> None:
        """Wait until the channel is not full, and take no place in it. Raises ChannelClosed."""
        if self._senders or not self._has_room():
            await self._turn(self._senders, self._has_room)
        if self.closed:
            raise ChannelClosed
        self._stir()

    async def receive(self) -> T:
        """Take the oldest item, waiting for one. Raises ChannelClosed, or the error the channel was closed with.

        Cancelled, it has taken nothing out.
        """
        if self._receivers or not self._has_more():
            await self._turn(self._receivers, self._has_more)
        if not self._items:
            raise ChannelClosed if self._error is None else self._error
        item = self._items.popleft()
        self._stir()
        return item

    def empty(self) -> list[T]:
        """Take out everything that is in the channel, without waiting."""
        items = list(self._items)
        self._items.clear()
        self._stir()
        return items

    def close(self, error: BaseException | None = None) -> None:
        """Let no more in. Receivers get what is left, then ``error`` or the end. Closing again changes nothing."""
        if self.closed:
            return
        self.closed = True
        self._error = error
        self._stir()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        try:
            return await self.receive()
        except ChannelClosed:
            raise StopAsyncIteration from None

    # -- taking turns ---------------------------------------------------------------------------------------------

    def _has_room(self) -> bool:
        return self.closed or len(self._items) < self.size

    def _has_more(self) -> bool:
        return self.closed or bool(self._items)

    def _stir(self) -> None:
        """Wake the first in each line who can go on; when the channel has closed, everybody."""
        if self.closed:
            for turn in (*self._receivers, *self._senders):
                turn.set()
            return
        if self._receivers and self._items:
            self._receivers[0].set()
        if self._senders and len(self._items) < self.size:
            self._senders[0].set()

    async def _turn(self, line: Line, can_go: Callable[[], bool]) -> None:
        """Wait at the end of a line until we are its first and can go on. Nobody stands in line once it has closed."""
        if self.closed:
            return
        turn = asyncio.Event()
        line.append(turn)
        try:
            await turn.wait()
            while not can_go():  # somebody who need not stand in line was quicker: ``put``, ``empty``
                turn.clear()
                await turn.wait()
        except BaseException:
            line.remove(turn)
            self._stir()
            raise
        line.remove(turn)
