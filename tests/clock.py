"""A clock that the tests own: when nothing is ready, time jumps to the next timer.

Mark a test with ``@pytest.mark.virtual_time``, or hand a coroutine to ``run_virtual``. Rules of this file:

- Time stands still while code runs. It moves when the loop has nothing to do but to wait for a timer, and then exactly
  there. A real wait happens only for threads.
- A turn of the loop costs ``TICK``. aiolimiter computes its timers in floats, so that a remainder of 1e-17 s may be
  left that no clock can show; without a tick the loop would turn for ever at one instant.
- Nothing ready, no timer and no thread that could still call is a ``Deadlock``: an error that names who waits, where.
- Threads live in real time. While one of ours is at work, the loop waits for it, for real, before it jumps; a thread
  that itself waits in a lock or queue cannot be what we wait for, once it has had some milliseconds to wake up.
- Real sockets live in real time too, and nothing tells whether an answer is on its way: they are refused.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import selectors
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Any, NamedTuple, TypeVar, TypeVarTuple, Unpack

__all__ = ["TICK", "Deadlock", "RealSocket", "VirtualTimeLoop", "run_virtual"]

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Events = list[tuple[selectors.SelectorKey, int]]

TICK = 1e-9


class _Wait(NamedTuple):
    """Real seconds: how long a waiting thread may take to wake up, and how long a working one is waited for."""

    settle: float
    patience: float


BEFORE_A_JUMP = _Wait(settle=0.003, patience=1.0)
BEFORE_A_DEADLOCK = _Wait(settle=0.1, patience=10.0)

IDLE = concurrent.futures.thread._worker.__code__
WAITING = frozenset(
    {
        IDLE,
        threading.Condition.wait.__code__,  # and so Event.wait, Queue.get, Queue.put, Future.result
        threading.Thread.join.__code__,
        getattr(threading.Thread, "_wait_for_tstate_lock", threading.Thread.join).__code__,  # join, before Python 3.13
    }
)


class Deadlock(Exception):
    """Every task waits, and nothing is left that could wake one."""


class RealSocket(Exception):
    """A real socket, pipe or process was opened under virtual time."""


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop whose time starts at 0 and jumps."""

    def __init__(self) -> None:
        self._clock = _Clock(self._who_waits)
        super().__init__(self._clock)
        self._pool = ThreadPoolExecutor(thread_name_prefix="virtual")
        self.set_default_executor(self._pool)

    def __repr__(self) -> str:
        return f"<VirtualTimeLoop at {self.time():.6f} s>"

    def time(self) -> float:
        """Seconds since this loop was made, in its own time."""
        return self._clock.now

    def run_in_executor(
        self, executor: concurrent.futures.Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """Run in a thread as usual; until it is done, the clock knows that a thread is at work or about to be."""
        ticket = object()
        self._clock.queued.add(ticket)

        def begin() -> T:
            self._clock.queued.discard(ticket)
            return func(*args)

        call = super().run_in_executor(executor, begin)
        self._clock.calls.add(call)
        call.add_done_callback(self._clock.calls.discard)
        call.add_done_callback(lambda _: self._clock.queued.discard(ticket))  # cancelled before it began
        return call

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - asyncio's signature
        """End the threads; waits in real time, as everything with threads."""
        del timeout
        self._pool.shutdown(wait=True)

    def _who_waits(self) -> str:
        return "\n".join(sorted(f"  {task.get_name()}: {_place(task)}" for task in asyncio.all_tasks(self)))


class _Clock(selectors.SelectSelector):
    """Where an event loop waits, and therefore the one place where its time can pass."""

    def __init__(self, who_waits: Callable[[], str]) -> None:
        super().__init__()
        self.now = 0.0
        self.calls: set[asyncio.Future[Any]] = set()
        self.queued: set[object] = set()
        self._who_waits = who_waits
        self._strangers = frozenset(threading.enumerate())

    def select(self, timeout: float | None = None) -> Events:
        """Report what is ready; when nothing is, jump by ``timeout`` seconds."""
        self.now += TICK
        events = super().select(0)
        if events or timeout == 0:
            return events
        return self._listen_to_threads(BEFORE_A_DEADLOCK if timeout is None else BEFORE_A_JUMP) or self._jump(timeout)

    def _jump(self, timeout: float | None) -> Events:
        if len(self.get_map()) > 1:
            raise RealSocket("a real socket or pipe is open: under virtual time its answers would come too late")
        if timeout is None:
            raise Deadlock(f"everybody waits, and nothing will happen any more:\n{self._who_waits()}")
        self.now += timeout
        return []

    def _listen_to_threads(self, wait: _Wait) -> Events:
        end = time.monotonic() + wait.patience
        events: Events = []
        while self._threads() and not events and time.monotonic() < end:
            events = super().select(wait.settle)
            if not self.queued and all(frame.f_code in WAITING for frame in self._threads()):
                break
        return events

    def _threads(self) -> list[FrameType]:
        """Where the threads are that may still call us: those of this test that are not idle in a pool."""
        frames = sys._current_frames()
        others = set(threading.enumerate()) - {threading.current_thread()}
        if self.calls:
            return [frames[thread.ident] for thread in others if thread.ident in frames]
        ours = [frames[thread.ident] for thread in others - self._strangers if thread.ident in frames]
        return [frame for frame in ours if frame.f_code is not IDLE]


def run_virtual(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end under virtual time. Raises Deadlock."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main)


def _place(task: asyncio.Task[Any]) -> str:
    """Name the innermost line at which a task is suspended."""
    awaited: Any = task.get_coro()
    place = f"{getattr(awaited, '__qualname__', awaited)} waits"
    while awaited is not None:
        frame = getattr(awaited, "cr_frame", None) or getattr(awaited, "gi_frame", None)
        if frame is not None:
            place = f"{frame.f_code.co_qualname} waits at {frame.f_code.co_filename}:{frame.f_lineno}"
        awaited = getattr(awaited, "cr_await", None) or getattr(awaited, "gi_yieldfrom", None)
    return place
