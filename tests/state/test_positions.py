from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.state.positions import Positions

SPAN = 60
RANGES = st.lists(
    st.tuples(st.integers(0, SPAN), st.integers(0, 12)).map(lambda at: (at[0], at[0] + at[1])), max_size=30
)
ENDS = st.tuples(st.integers(0, SPAN + 15), st.integers(0, SPAN + 15))


def naive(ranges: list[tuple[int, int]]) -> set[int]:
    return {position for start, stop in ranges for position in range(start, stop)}


@given(RANGES, st.lists(st.integers(-2, SPAN + 15)))
def test_it_is_the_set_of_what_was_put_in(ranges: list[tuple[int, int]], asked: list[int]) -> None:
    """Whatever was added, in whatever order and however overlapping: exactly that is in, and counted once."""
    positions, model = Positions(), naive(ranges)
    for start, stop in ranges:
        positions.add(start, stop)
        assert start not in positions or start in model  # asking between additions must not disturb the later answers
    assert [position in positions for position in asked] == [position in model for position in asked]
    assert [position in positions for position in range(SPAN + 15)] == [at in model for at in range(SPAN + 15)]
    assert len(positions) == len(model)


@given(RANGES, ENDS)
def test_gaps_and_ranges_are_each_others_complement(ranges: list[tuple[int, int]], ends: tuple[int, int]) -> None:
    """What is in and what is missing together are everything, without overlap and without a split that need not be."""
    positions, model = Positions(ranges), naive(ranges)
    start, stop = ends
    gaps = list(positions.gaps(stop, start))
    assert naive(gaps) == set(range(start, stop)) - model
    kept = list(positions.ranges())
    assert naive(kept) == model
    for intervals in (gaps, kept):
        assert all(begin < end for begin, end in intervals)
        assert all(before[1] < after[0] for before, after in pairwise(intervals))


@given(RANGES, ENDS)
def test_overlaps_and_covers_are_any_and_all(ranges: list[tuple[int, int]], ends: tuple[int, int]) -> None:
    """``overlaps`` is any and ``covers`` is all of the positions asked for, also when none is asked for."""
    positions, asked = Positions(ranges), set(range(*ends))
    assert positions.overlaps(*ends) == bool(asked & naive(ranges))
    assert positions.covers(*ends) == (asked <= naive(ranges))


@given(RANGES)
def test_the_first_gap_is_the_smallest_position_missing(ranges: list[tuple[int, int]]) -> None:
    """Up to the first gap everything is settled, and the gap itself is not."""
    positions = Positions(ranges)
    assert positions.first_gap == min(set(range(SPAN + 20)) - naive(ranges))


@given(RANGES, RANGES)
def test_a_copy_goes_its_own_way(ranges: list[tuple[int, int]], more: list[tuple[int, int]]) -> None:
    """What is added to a copy is not in the original, and equality means the same positions."""
    positions = Positions(ranges)
    twin = positions.copy()
    assert twin == positions
    for start, stop in more:
        twin.add(start, stop)
    assert naive(list(positions.ranges())) == naive(ranges)
    assert len(positions) == len(naive(ranges))
    assert (twin == positions) == (naive(more) <= naive(ranges))


def test_ten_million_positions_are_a_few_intervals() -> None:
    """What is held depends on the gaps, not on how much is settled."""
    positions = Positions((start, start + 100) for start in range(0, 10_000_000, 100) if start % 1_000_000)
    assert len(list(positions.ranges())) == 10
    assert len(positions) == 10_000_000 - 1_000


def test_what_is_no_position_is_not_in() -> None:
    """A container may be asked for anything, and answers."""
    assert "7" not in Positions([(0, 10)])
    assert Positions() != [(0, 10)]


def test_it_says_what_it_holds() -> None:
    """A failing test shows the size of the set, not ten million numbers."""
    assert repr(Positions([(0, 10), (20, 30)])) == "<Positions 20 in 2 intervals>"
