"""Permission to send: no more than ``rate`` users in any sliding second, and a pause for everybody when Zendesk asks.

Theory of operation. A leaky bucket alone lets nearly twice its rate through in one second when batches are small, lets
newcomers barge, and stamps the moment of permission, not of sending. So three things stand on top of each other:

- a first-come, first-served gate (asyncio.Lock keeps its waiters in order);
- the shared aiolimiter bucket, which paces;
- the log of the last second: an admission counts as *now* until the request's body is written, and for one second
  plus ``slack`` from that moment on. This is what makes the promise true at the wire.

Where nobody can tell us that there is room again (job slots that others hold, a minute's budget that was spent), one
request goes ahead to see, and the others follow when its answer says so, or a second later if it has none.

Decisions are synchronous: ``_delay`` looks at everything and says how long to wait; ``admit`` only waits.
All of it belongs to one event loop; one Throttle is shared by every upload of a client.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from types import TracebackType
from typing import TYPE_CHECKING, Self

from aiolimiter import AsyncLimiter

from zendesk_async.config.values import UNLIMITED, Limits

if TYPE_CHECKING:
    from zendesk_async.api.wire import Budget

__all__ = ["Permit", "Throttle"]

SECOND = 1.0
MINUTE = 60.0
FIRST_HOLD = 1.0
LONGEST_HOLD = 30.0
BLIND = 5.0  # seconds until we look again when the budget is spent and no header tells its reset


class Permit:
    """One admission. Call ``written`` at the moment the users leave; leaving the block without it counts as that.

    ``stamp`` is that moment, by ``Throttle.now``; infinity before it.
    """

    __slots__ = ("_throttle", "_users", "stamp")

    def __init__(self, throttle: Throttle, users: int) -> None:
        self._throttle = throttle
        self._users = users
        self.stamp = math.inf

    def __deepcopy__(self, _: dict[int, object]) -> Self:
        # An admission is there once. Who copies a request (aioresponses does) would copy the event loop along with it.
        return self

    async def __aenter__(self) -> Self:
        await self._throttle._enter(self._users)  # noqa: SLF001 - a permit is the throttle's own other half
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.written()
        self._throttle._leave()  # noqa: SLF001

    def written(self) -> None:
        """Say that the users are leaving now. Only the first call counts."""
        if self.stamp == math.inf:
            self.stamp = self._throttle._wrote(self._users)  # noqa: SLF001

    @property
    def left(self) -> bool:
        """Whether the users have left."""
        return self.stamp < math.inf

    @property
    def users(self) -> int:
        """How many users this permit is for."""
        return self._users


class Throttle:
    """Grants permits. ``users=0`` is a request that carries no users: it minds pauses and the request budget only."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        loop = asyncio.get_running_loop()
        # uvloop's time() is cached and whole milliseconds: too coarse for the log
        self.now = time.monotonic if type(loop).__module__.startswith("uvloop") else loop.time
        self._limiter = AsyncLimiter(limits.rate, SECOND) if limits.rate < UNLIMITED else None
        self._gate = asyncio.Lock()
        self._poured = 0  # users that the bucket was filled for by an admission that was then cancelled
        self._unwritten = 0
        self._log: deque[tuple[float, int]] = deque()
        self._logged = 0
        self._stir = asyncio.Event()
        self._paused_until = -math.inf
        self._held_until = -math.inf
        self._hold_step = 0.0
        self._answer_due = -math.inf
        self._live_jobs = 0
        self._credits = 0  # batches that may pass a hold: jobs of ours ended, or Zendesk says that there is room
        self._budget: Budget | None = None
        self._budget_ends = -math.inf
        self._open_requests = 0
        self.waiting_for = ""

    def __repr__(self) -> str:
        users = self._recent(self.now())
        return f"<Throttle {users} of {self.limits.rate:g} users in the last second, {self.waiting_for or 'open'}>"

    def admit(self, users: int) -> Permit:
        """Wait for a turn: ``async with throttle.admit(100) as permit: …``. Cancelling the wait loses no capacity.

        Raises ValueError for more users than may ever leave in one second.
        """
        if users > self.limits.rate:
            raise ValueError(f"{users} users in one request are more than {self.limits.rate:g} users per second permit")
        return Permit(self, users)

    @property
    def pause_left(self) -> float:
        """Seconds until a pause that Zendesk asked for ends; 0 when there is none."""
        return max(0.0, self._paused_until - self.now())

    # -- what Zendesk tells us ------------------------------------------------------------------------------------

    def pause(self, seconds: float) -> None:
        """Let nobody send anything for ``seconds`` from now (429, or 503 with Retry-After)."""
        self._paused_until = max(self._paused_until, self.now() + seconds)

    def too_many_jobs(self, retry_after: float | None) -> None:
        """Start no job for a while: the account's job slots are taken, by us or by others. Polling goes on.

        Each job of ours that ends lets one batch through. For slots that others give back nobody tells us; so after a
        hold, which doubles from 1 s to 30 s while we have no job to wait for, one batch tries. Several that are refused
        together double it once.
        """
        if not self._hold_step or self.now() >= self._held_until:
            self._hold_step = min(LONGEST_HOLD, max(self._hold_step * 2, FIRST_HOLD))
        self._credits = 0
        self._hold(max(retry_after or 0.0, self._hold_step))

    def job_started(self, free_slots: int | None) -> None:
        """Zendesk took a job. ``free_slots`` is what its header says is left, None when it says nothing."""
        self._live_jobs += 1
        self._hold_step = 0.0
        self._answer_due = -math.inf
        if free_slots == 0:
            self._hold(FIRST_HOLD)
        elif free_slots and self._held_until > self.now():
            self._credits = max(self._credits, free_slots)
        self._stir.set()

    def job_ended(self) -> None:
        """One of our jobs ended, so one slot is free: what was held may send one batch."""
        self._live_jobs = max(0, self._live_jobs - 1)
        if self._held_until > self.now():
            self._credits += 1
            self._stir.set()

    def _hold(self, seconds: float) -> None:
        now = self.now()
        if self._held_until <= now:
            self._credits = 0
        least = LONGEST_HOLD if self._live_jobs else 0.0
        self._held_until = max(self._held_until, now + max(seconds, least))

    def heard(self, budget: Budget) -> None:
        """Take in the account's request budget from an answer's headers. A budget is for a minute, never for longer."""
        self._budget = budget
        self._budget_ends = self.now() + (BLIND if budget.reset is None else min(MINUTE, budget.reset))

    # -- waiting --------------------------------------------------------------------------------------------------

    async def _enter(self, users: int) -> None:
        if users:
            async with self._gate:
                await self._pass(users)
        else:
            await self._pass(0)
        self._open_requests += 1

    def _leave(self) -> None:
        self._open_requests -= 1
        self._stir.set()

    def _wrote(self, users: int) -> float:
        """Users that were admitted are leaving now: from here on they grow old."""
        now = self.now()
        if users and self._limiter is not None:
            self._unwritten -= users
            self._logged += users
            self._log.append((now, users))
        self._stir.set()
        return now

    async def _pass(self, users: int) -> None:
        try:
            await self._pour(users)
            while (delay := self._delay(users)) > 0:
                await self._wait(delay)
        finally:
            if users:
                self.waiting_for = ""
        self._passed(users)

    async def _pour(self, users: int) -> None:
        """Wait for the bucket. What a cancelled admission poured in is the next one's: it was poured for nobody."""
        missing = users - self._poured
        if self._limiter is not None and missing > 0:
            if not self._limiter.has_capacity(missing):
                self.waiting_for = "rate"
            await self._limiter.acquire(missing)
            self._poured = users

    def _passed(self, users: int) -> None:
        if self._spent:
            self._budget_ends = self.now() + SECOND
        if not users:
            return
        if self._credits:
            self._credits -= 1
        elif self._hold_step:
            self._answer_due = self.now() + SECOND
        if self._limiter is not None:
            self._poured -= users
            self._unwritten += users

    async def _wait(self, delay: float) -> None:
        self._stir.clear()
        try:
            async with asyncio.timeout(None if delay == math.inf else delay):
                await self._stir.wait()
        except TimeoutError:
            pass

    def _delay(self, users: int) -> float:
        """How long the next request of this kind must wait: 0 is "go", infinity is "until something happens"."""
        now = self.now()
        delays = {"Retry-After": self._paused_until - now, "requests per minute": self._budget_delay(now)}
        if users:
            delays["rate"] = self._window_delay(users, now)
            delays["jobs"] = 0.0 if self._credits else max(self._held_until, self._answer_due) - now
        reason = max(delays, key=delays.__getitem__)
        if delays[reason] <= 0:
            return 0.0
        if users:
            self.waiting_for = reason
        return delays[reason]

    def _window_delay(self, users: int, now: float) -> float:
        """Until enough of the log has left the sliding second; infinity while that takes an admission to be written."""
        if self._limiter is None:
            return 0.0
        excess = self._recent(now) + users - self.limits.rate
        if excess <= 0:
            return 0.0
        for stamp, written in self._log:
            excess -= written
            if excess <= 0:
                return stamp + SECOND + self.limits.slack - now
        return math.inf

    def _recent(self, now: float) -> int:
        """Users that count: those who left in the last second, and those admitted who have not left yet."""
        log = self._log
        while log and log[0][0] + SECOND + self.limits.slack <= now:
            self._logged -= log.popleft()[1]
        return self._unwritten + self._logged

    def _budget_delay(self, now: float) -> float:
        return self._budget_ends - now if self._spent else 0.0

    @property
    def _spent(self) -> bool:
        """Whether what is left of the account's minute is for others."""
        told = self._budget
        return told is not None and told.remaining - self._open_requests <= self.limits.share * told.limit
