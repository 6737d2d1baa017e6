"""A set of record positions, kept as intervals. Pure.

An upload settles its records nearly in order, so ten million positions are a few hundred intervals: what is in
flight, and the gaps that earlier records have left.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Positions"]


class Positions:
    """A set of positions. ``in`` answers in a fraction of a microsecond when asked in mostly ascending order."""

    __slots__ = ("_begin", "_end", "_inside", "_size", "_starts", "_stops")

    def __init__(self, ranges: Iterable[tuple[int, int]] = ()) -> None:
        self._starts: list[int] = []
        self._stops: list[int] = []
        self._size = 0
        self._look_afresh()
        for start, stop in ranges:
            self.add(start, stop)

    def __repr__(self) -> str:
        return f"<Positions {self._size} in {len(self._starts)} intervals>"

    def __len__(self) -> int:
        return self._size

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Positions):
            return NotImplemented
        return self._starts == other._starts and self._stops == other._stops

    __hash__ = None  # type: ignore[assignment]  # it changes

    def __contains__(self, position: object) -> bool:
        if not isinstance(position, int):
            return False
        if not self._begin <= position < self._end:
            self._look_at(position)
        return self._inside

    def _look_at(self, position: int) -> None:
        """Remember the interval or gap that holds a position: the next question is most likely about the same one."""
        starts, stops = self._starts, self._stops
        after = bisect_right(starts, position)
        stop = stops[after - 1] if after else -sys.maxsize
        self._inside = position < stop
        if self._inside:
            self._begin, self._end = starts[after - 1], stop
        else:
            self._begin, self._end = stop, starts[after] if after < len(starts) else sys.maxsize

    def _look_afresh(self) -> None:
        self._begin, self._end, self._inside = 0, 0, False

    def add(self, start: int, stop: int) -> None:
        """Put in the positions from ``start`` to just before ``stop``."""
        if start >= stop:
            return
        starts, stops = self._starts, self._stops
        low = bisect_left(stops, start)
        high = bisect_right(starts, stop)
        if low < high:
            start, stop = min(start, starts[low]), max(stop, stops[high - 1])
            self._size -= sum(stops[low:high]) - sum(starts[low:high])
        starts[low:high] = [start]
        stops[low:high] = [stop]
        self._size += stop - start
        self._look_afresh()

    def overlaps(self, start: int, stop: int) -> bool:
        """Whether any position from ``start`` to just before ``stop`` is in."""
        before = bisect_left(self._starts, stop)
        return start < stop and before > 0 and self._stops[before - 1] > start

    def covers(self, start: int, stop: int) -> bool:
        """Whether every position from ``start`` to just before ``stop`` is in."""
        before = bisect_right(self._starts, start)
        return start >= stop or (before > 0 and self._stops[before - 1] >= stop)

    @property
    def first_gap(self) -> int:
        """The smallest position, from 0, that is not in."""
        return self._stops[0] if self._starts and self._starts[0] <= 0 else 0

    def ranges(self) -> Iterator[tuple[int, int]]:
        """The intervals, ascending, each as its start and the position after its end. None touches the next."""
        return zip(self._starts, self._stops, strict=True)

    def gaps(self, stop: int, start: int = 0) -> Iterator[tuple[int, int]]:
        """The intervals between ``start`` and ``stop`` that are not in, ascending."""
        at = bisect_right(self._stops, start)
        for begin, end in zip(self._starts[at:], self._stops[at:], strict=True):
            if begin >= stop:
                break
            if start < begin:
                yield start, begin
            start = end
        if start < stop:
            yield start, stop

    def copy(self) -> Positions:
        """The same positions, to go another way."""
        twin = Positions()
        twin._starts, twin._stops, twin._size = self._starts.copy(), self._stops.copy(), self._size
        return twin
