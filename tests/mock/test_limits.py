"""Sliding seconds and fixed minutes, against brute force."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from zendesk_async.mock.limits import MinuteBudget, SlidingSecond

EVENTS = st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 100)), max_size=40)


def crowded(events: list[tuple[int, int]]) -> int:
    """The most crowded half-open second, by brute force over all that begin with an event."""
    return max((sum(n for t, n in events if start <= t < start + 1000) for start, _ in events), default=0)


@settings(deadline=None)
@given(EVENTS)
def test_the_worst_second_is_exact(events: list[tuple[int, int]]) -> None:
    """Whatever order the events come in, the worst second is what looking at every second would find."""
    seconds = SlidingSecond()
    for milliseconds, users in events:
        seconds.add(milliseconds / 1000, users)
    assert seconds.worst == crowded(events)


@settings(deadline=None)
@given(EVENTS, st.integers(0, 5000))
def test_the_crowd_around_a_moment_is_exact(events: list[tuple[int, int]], moment: int) -> None:
    """What joins at a moment makes its most crowded second larger by itself."""
    seconds = SlidingSecond()
    for milliseconds, users in events:
        seconds.add(milliseconds / 1000, users)
    around = [(t, n) for t, n in events if abs(t - moment) < 1000]
    with_one = max(
        sum(n for t, n in around if end - 1000 < t <= end) for end in {moment, *(t for t, _ in around if t >= moment)}
    )
    assert seconds.crowd(moment / 1000) == with_one


def test_batches_a_second_apart_never_meet() -> None:
    """A second is half open, and sums of floats that fall short of one by their rounding are forgiven."""
    seconds = SlidingSecond()
    for step in range(200):
        seconds.add(0.13 + step * 1.0, 100)
        seconds.add(0.63 + step, 0)
    assert seconds.worst == 100


def test_forgetting_what_is_long_past_changes_nothing() -> None:
    """A run of any length is counted in bounded memory, and the newest second stays right."""
    seconds = SlidingSecond()
    for step in range(250_000):
        seconds.add(step / 1000, 1)
    assert len(seconds._times) <= 100_001
    assert seconds.worst == 1000
    assert seconds.crowd(249.999) == 1000


def test_a_minute_has_its_budget_and_no_more() -> None:
    """Requests are taken out of the wall clock's minute; the next one starts anew."""
    budget = MinuteBudget(2)
    assert [budget.spend(59.0) for _ in range(3)] == [True, True, False]
    assert (budget.remaining(59.0), budget.resets(59.0)) == (0, 1)
    assert (budget.remaining(60.0), budget.resets(60.0)) == (2, 60)
    assert budget.spend(60.0)


def test_time_that_goes_back_a_little_refills_nothing() -> None:
    """A request stamped just before the minute, but handled after one of it, does not empty the new count."""
    budget = MinuteBudget(1)
    assert budget.spend(60.01)
    assert not budget.spend(59.99)
    assert not budget.spend(60.02)
