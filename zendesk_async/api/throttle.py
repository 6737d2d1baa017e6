"""Permission to send: no more than ``rate`` users in any sliding second, and a pause for everybody when Zendesk asks.

Theory of operation. A leaky bucket alone lets nearly twice its rate through in one second when batches are small, lets
newcomers barge, and stamps the moment of permission, not of sending. So three things stand on top of each other:

- a first-come, first-served gate (asyncio.Lock keeps its waiters in order);
- the shared aiolimiter bucket, which paces;
- the log of the last second: an admission counts as *now* until the request's body is written, and for one second
  plus ``slack`` from that moment on. This is what makes the promise true at the wire.

Decisions are synchronous: ``_delay`` looks at everything and says how long to wait; ``admit`` only waits.
All of it belongs to one event loop; one Throttle is shared by every upload of a client.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from types import TracebackType
from typing import Self

from aiolimiter import AsyncLimiter

from zendesk_async.api.wire import Budget
from zendesk_async.config.values import UNLIMITED, Limits

__all__ = ["Permit", "Throttle"]

SECOND = 1.0
FIRST_HOLD = 1.0
LONGEST_HOLD = 30.0
BLIND = 5.0  # seconds until we look again when the budget is spent and no header tells its reset


class Permit:
    """One admission. Call ``written`` at the moment the users leave; leaving the block without it counts as that moment."""

    __slots__ = ("_throttle", "_users", "stamp")

    def __init__(self, throttle: Throttle, users: int) -> None:
        self._throttle = throttle
        self._users = users
        self.stamp = math.inf

    async def __aenter__(self) -> Self:
        await self._throttle._enter(self, self._users)  # noqa: SLF001 - a permit is the throttle's own other half
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.written()
        self._throttle._leave()  # noqa: SLF001

    def written(self) -> None:
        """Say that the users are leaving now. Only the first call counts."""
        if self.stamp == math.inf:
            self.stamp = self._throttle.now()
            self._throttle._stir.set()  # noqa: SLF001

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
        self._log: deque[Permit] = deque()
        self._in_window = 0
        self._stir = asyncio.Event()
        self._paused_until = -math.inf
        self._held_until = -math.inf
        self._hold_step = 0.0
        self._live_jobs = 0
        self._credits = 0  # batches that may pass a hold, because as many jobs of ours ended during it
        self._budget: Budget | None = None
        self._budget_ends = -math.inf
        self._open_requests = 0
        self.waiting_for = ""

    def __repr__(self) -> str:
        return f"<Throttle {self._in_window:g} of {self.limits.rate:g} users in the last second, {self.waiting_for or 'open'}>"

    def admit(self, users: int) -> Permit:
        """Wait for a turn: ``async with throttle.admit(100) as permit: …``. Cancelling the wait loses no capacity."""
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
        hold, which doubles from 1 s to 30 s while we have no job to wait for, one batch tries.
        """
        self._hold_step = min(LONGEST_HOLD, max(self._hold_step * 2, FIRST_HOLD))
        self._hold(max(retry_after or 0.0, self._hold_step))

    def job_started(self, free_slots: int | None) -> None:
        """Zendesk took a job. ``free_slots`` is what its header says is left, None when it says nothing."""
        self._live_jobs += 1
        self._hold_step = 0.0
        if free_slots == 0:
            self._hold(FIRST_HOLD)

    def job_ended(self) -> None:
        """One of our jobs ended, so one slot is free: what was held may send one batch."""
        self._live_jobs = max(0, self._live_jobs - 1)
        if self._held_until > self.now():
            self._credits += 1
            self._stir.set()

    def _hold(self, seconds: float) -> None:
        least = LONGEST_HOLD if self._live_jobs else 0.0
        self._held_until = max(self._held_until, self.now() + max(seconds, least))
        self._credits = 0

    def heard(self, budget: Budget) -> None:
        """Take in the account's request budget from an answer's headers."""
        self._budget = budget
        self._budget_ends = self.now() + (BLIND if budget.reset is None else budget.reset)

    # -- waiting --------------------------------------------------------------------------------------------------

    async def _enter(self, permit: Permit, users: int) -> None:
        if users:
            async with self._gate:
                await self._pass(users)
                if self._limiter is not None:
                    self._log.append(permit)
                    self._in_window += users
        else:
            await self._pass(0)
        self._open_requests += 1

    def _leave(self) -> None:
        self._open_requests -= 1
        self._stir.set()

    async def _pass(self, users: int) -> None:
        if users and self._limiter is not None:
            if not self._limiter.has_capacity(users):
                self.waiting_for = "rate"
            await self._limiter.acquire(users)
        while (delay := self._delay(users)) > 0:
            await self._wait(delay)
        if users:
            self._credits = max(0, self._credits - 1)
            self.waiting_for = ""

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
            delays["jobs"] = 0.0 if self._credits else self._held_until - now
        reason = max(delays, key=delays.__getitem__)
        if delays[reason] <= 0:
            return 0.0
        if users:
            self.waiting_for = reason
        return delays[reason]

    def _window_delay(self, users: int, now: float) -> float:
        """Until enough of the log has left the sliding second; infinity while an admission is not yet written."""
        if self._limiter is None:
            return 0.0
        window = SECOND + self.limits.slack
        log = self._log
        while log and log[0].stamp + window <= now:
            self._in_window -= log.popleft().users
        excess = self._in_window + users - self.limits.rate
        if excess <= 0:
            return 0.0
        return max(0.0, self._age_out(excess) + window - now)

    def _age_out(self, excess: float) -> float:
        """When the oldest admissions that together make up ``excess`` were written."""
        latest = -math.inf
        for permit in self._log:
            latest = max(latest, permit.stamp)
            excess -= permit.users
            if excess <= 0:
                return latest
        return latest

    def _budget_delay(self, now: float) -> float:
        if self._budget is None or now >= self._budget_ends:
            return 0.0
        reserve = self.limits.share * self._budget.limit
        if self._budget.remaining - self._open_requests > reserve:
            return 0.0
        return self._budget_ends - now
