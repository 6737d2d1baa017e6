"""The first signal ends politely, the second at once; whoever handled signals before handles them again afterwards.

Rules of this file:

- ``signal.signal`` and ``call_soon_threadsafe`` rather than ``loop.add_signal_handler``: it works on every system and
  every loop, and the handler that was there before can be put back.
- A handler does nothing but hand over to the loop: it may run between any two instructions.
- Python only permits handlers in the main thread; elsewhere signals are somebody else's business, and nothing is done.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, Self

from zendesk_async.cli.exits import of_signal

__all__ = ["Interruption"]

BOTH = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """Watches for SIGINT and SIGTERM while its block lasts. Enter it inside a running loop.

    The first calls ``polite``, if that has been set, else it ends at once like the second: by cancelling the task that
    entered the block. A third ends the process on the spot, should even that take too long; the journal endures it.
    ``received`` is the first signal.
    """

    def __init__(self) -> None:
        self.received: signal.Signals | None = None
        self.polite: Callable[[], None] | None = None
        self.at_once = False
        self._times = 0
        self._handlers: dict[signal.Signals, Any] = {}

    def __repr__(self) -> str:
        return f"<Interruption {self.received.name if self.received else 'none yet'}>"

    def __enter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        if threading.current_thread() is threading.main_thread():
            self._handlers = {number: signal.signal(number, self._told) for number in BOTH}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        self._handlers.clear()

    def _told(self, number: int, _: FrameType | None) -> None:
        self._times += 1
        if self._times > 2:
            os._exit(of_signal(signal.Signals(number)))
        self._loop.call_soon_threadsafe(self.hear, signal.Signals(number))

    def hear(self, number: signal.Signals) -> None:
        """Act on a signal, in the loop."""
        first = self.received is None
        if first:
            self.received = number
        if first and self.polite is not None:
            self.polite()
        else:
            self.leave()

    def leave(self) -> None:
        """End at once."""
        if not self.at_once and self._task is not None:
            self.at_once = True
            self._task.cancel()
