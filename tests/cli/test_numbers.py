from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.cli.numbers import count, counted, duration, per_second, share


def test_counts_are_grouped_and_agree_with_their_noun() -> None:
    """A number is read at a glance, and one record is not "1 records"."""
    assert count(1_234_567) == "1,234,567"
    assert [counted(number, "record") for number in (0, 1, 2_000)] == ["0 records", "1 record", "2,000 records"]
    assert counted(3, "retry", "retries") == "3 retries"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0.0 s"),
        (0.44, "0.4 s"),
        (42.4, "42 s"),
        (59.7, "1 min"),
        (187, "3 min 7 s"),
        (3_600, "1 h"),
        (7_530, "2 h 5 min"),
        (97_200, "1 d 3 h"),
        (-1, "0.0 s"),
    ],
)
def test_durations_have_two_units_at_most(seconds: float, words: str) -> None:
    """Nobody plans a night by the seconds."""
    assert duration(seconds) == words


@given(st.floats(0, 1e7))
def test_every_duration_has_words(seconds: float) -> None:
    """No length of time is without a unit."""
    assert duration(seconds)[-1] in "snhd"


def test_rates_have_as_many_figures_as_say_something() -> None:
    """Fractions of a user in a hundred thousand are noise."""
    assert [per_second(rate) for rate in (100.0, 99.42, 101_300.4)] == ["100", "99.4", "101,300"]


@given(st.integers(1, 10**9), st.data())
def test_a_share_never_hides_the_exception(whole: int, data: st.DataObject) -> None:
    """One lost record of a billion is not 0 %, and all but one are not 100 %."""
    part = data.draw(st.integers(0, whole))
    assert (share(part, whole) == "0 %") == (part == 0)
    assert (share(part, whole) == "100 %") == (part == whole)


def test_a_share_of_nothing_is_nothing() -> None:
    """An empty input has shares too."""
    assert share(0, 0) == "0 %"
