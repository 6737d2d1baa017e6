"""Two ways of counting: over any second there ever was, and from one full minute to the next."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

__all__ = ["MinuteBudget", "SlidingSecond"]

_KEPT = 100_000
_NANOSECOND = 1e-9


class SlidingSecond:
    """How many users fell within any one second, exactly.

    A second is half open, [t, t + 1): two batches one second apart never share one, and a nanosecond, the clock's own
    resolution, is forgiven, lest a sum of floats that falls short of one be held against anybody. The most crowded
    second ends with some event, so it is enough to look back from each. Events may come a little out of order (two
    connections whose bodies arrive in another order than their headers): later sums are then corrected.
    """

    def __init__(self) -> None:
        self.worst = 0
        self._forgotten = 0
        self._times: list[float] = []
        self._sums: list[int] = []

    def crowd(self, now: float) -> int:
        """Users in the most crowded second that has ``now`` in it."""
        times = self._times
        place = bisect_right(times, now)
        following = range(place, bisect_left(times, now + 1.0 - _NANOSECOND, place))
        return max(self._until(place - 1, now), *(self._until(later, times[later]) for later in following), 0)

    def add(self, now: float, users: int) -> None:
        """Count ``users`` at ``now``."""
        times, sums = self._times, self._sums
        place = bisect_right(times, now)
        times.insert(place, now)
        sums.insert(place, sums[place - 1] if place else self._forgotten)
        for later in range(place, len(times)):
            sums[later] += users
            self.worst = max(self.worst, self._until(later, times[later]))
        if len(times) > _KEPT:
            # Half of what is kept is still tens of seconds at any speed this machine reaches.
            self._forgotten = sums[_KEPT // 2 - 1]
            del times[: _KEPT // 2], sums[: _KEPT // 2]

    def _until(self, last: int, moment: float) -> int:
        if last < 0:
            return 0
        before = bisect_right(self._times, moment - 1.0 + _NANOSECOND) - 1
        return self._sums[last] - (self._sums[before] if before >= 0 else self._forgotten)


class MinuteBudget:
    """So many requests in each minute of the clock on the wall.

    Zendesk's reset header counts down within the minute, which reads as fixed windows.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._minute = -1
        self._spent = 0

    def spend(self, wall: float) -> bool:
        """Take one request out of the minute of ``wall``; False when none was left."""
        self._turn(wall)
        if self._spent >= self.limit:
            return False
        self._spent += 1
        return True

    def remaining(self, wall: float) -> int:
        """Requests left in the minute of ``wall``."""
        self._turn(wall)
        return self.limit - self._spent

    def resets(self, wall: float) -> int:
        """Whole seconds, at least 1, until the next minute begins."""
        return 60 - int(wall % 60)

    def _turn(self, wall: float) -> None:
        minute = int(wall // 60)
        if minute > self._minute:
            self._minute, self._spent = minute, 0
