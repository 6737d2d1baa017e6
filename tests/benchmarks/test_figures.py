"""Repeated measurements become one, and ratios are taken round by round."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.figures import FIGURES, Spread, overlap, quotients, shown, spread, spread_shown

positive = st.floats(min_value=1e-3, max_value=1e9)
measurements = st.lists(positive, min_size=1, max_size=9)


@given(measurements)
def test_the_middle_lies_between_the_least_and_the_most(samples: list[float]) -> None:
    """A spread is what its samples are: never a number outside their range."""
    middle = spread(samples)
    assert min(samples) == middle.low <= middle.median <= middle.high == max(samples)
    assert middle.rounds == len(samples)


@given(st.lists(st.tuples(positive, positive), min_size=1, max_size=9), st.floats(min_value=0.5, max_value=2))
def test_what_disturbs_a_round_leaves_its_ratio(pairs: list[tuple[float, float]], disturbance: float) -> None:
    """A machine that is slower for a whole round changes no ratio: that is why rounds are compared one by one."""
    calm = quotients([ours for ours, _ in pairs], [theirs for _, theirs in pairs])
    busy = quotients([ours * disturbance for ours, _ in pairs], [theirs * disturbance for _, theirs in pairs])
    assert all(math.isclose(one, other, rel_tol=1e-9) for one, other in zip(calm, busy, strict=True))


def test_a_round_that_one_of_them_missed_is_not_compared() -> None:
    """Rounds without a partner, or with a divisor of nothing, fall away rather than make a number up."""
    assert quotients([4.0, 6.0, 8.0], [2.0, 0.0]) == [2.0]


@pytest.mark.parametrize(
    ("first", "second", "meet"),
    [
        (Spread(2, 1, 3, 3), Spread(4, 3, 5, 3), True),
        (Spread(2, 1, 2.9, 3), Spread(4, 3, 5, 3), False),
        (Spread(2, 2, 2, 1), Spread(2, 1, 3, 3), True),
    ],
)
def test_ranges_that_touch_overlap(first: Spread, second: Spread, meet: bool) -> None:
    """Whether two measurements could be one does not depend on which is named first."""
    assert overlap(first, second) is overlap(second, first) is meet


def test_numbers_are_shown_as_people_write_them() -> None:
    """Thousands are parted, and a figure has as many digits as mean something."""
    assert shown("users_per_second", 98123.4) == "98,123"
    assert shown("polls_per_batch", 0.3456) == "0.35"


def test_a_range_is_shown_only_where_there_is_one() -> None:
    """One round, or rounds that look alike, are one number."""
    assert spread_shown("limited", [0.0, 0.0]) == "0"
    assert spread_shown("limited", [7.0]) == "7"
    assert spread_shown("limited", [9.0, 7.0, 8.0]) == "8 (7…9)"


def test_every_figure_knows_its_direction() -> None:
    """A comparison can say better or worse of every figure, or knows that it must not."""
    assert {figure.better for figure in FIGURES.values()} == {"more", "less", ""}
