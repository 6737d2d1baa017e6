from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.api.retrying import FIRST, LONGEST, SPREAD, waits
from zendesk_async.errors import ApiError, ConnectionLost, RateLimited, ServerError, TooManyJobs

LOST = ConnectionLost("no connection")


def asked(seconds: float) -> RateLimited:
    return RateLimited("slow down", status=429, retry_after=seconds)


class Patient:
    """Waits as the generator says, on a clock of its own."""

    def __init__(self, patience: float, dice: float = 0.0) -> None:
        self.now = 0.0
        self._waits: Generator[float, Any, None] = waits(patience, lambda: self.now, lambda: dice)
        next(self._waits)

    def wait(self, error: ApiError, attempt: float = 0.0) -> float | None:
        """The wait after an attempt that took so long and failed so; None at the end of patience."""
        self.now += attempt
        try:
            seconds = self._waits.send(error)
        except StopIteration:
            return None
        self.now += seconds
        return seconds


def test_the_waits_double_up_to_a_minute() -> None:
    """Without Retry-After: 0.5, 1, 2 … 32, 60, 60 seconds."""
    patient = Patient(10_000)
    assert [patient.wait(LOST) for _ in range(9)] == [0.5, 1, 2, 4, 8, 16, 32, 60, 60]


@pytest.mark.parametrize("dice", [0.0, 0.5, 0.999])
@pytest.mark.parametrize("seconds", [0.0, 0.2, 2.0, 27.0, 300.0])
def test_retry_after_is_a_floor(seconds: float, dice: float) -> None:
    """Jitter is added above what Zendesk asks for, never taken from it, and not more than a quarter of a minute."""
    wait = Patient(10_000, dice).wait(asked(seconds))
    assert wait is not None
    assert seconds <= wait <= seconds + SPREAD * LONGEST


def test_those_who_failed_together_come_back_apart() -> None:
    """Even a Retry-After of 0 leaves workers up to an eighth of a second to spread over."""
    waited = {Patient(900, dice / 10).wait(asked(0)) for dice in range(10)}
    assert len(waited) == 10
    assert max(wait or 0 for wait in waited) <= SPREAD * FIRST


def test_patience_ends() -> None:
    """No wait is begun whose end lies beyond the patience, counted from the first failure."""
    patient = Patient(10)
    assert [patient.wait(LOST) for _ in range(5)] == [0.5, 1, 2, 4, None]


def test_attempts_spend_patience_too() -> None:
    """An attempt that hangs for a minute has used a minute; not so the first, before which nothing had failed."""
    patient = Patient(100)
    assert [patient.wait(LOST, attempt=60) for _ in range(3)] == [0.5, 1, None]


def test_without_patience_the_first_failure_is_the_last() -> None:
    """Patience 0 means one attempt."""
    assert Patient(0).wait(LOST) is None


def test_a_retry_after_beyond_patience_is_not_waited_for() -> None:
    """Who is asked to come back in an hour, with patience for a quarter of one, says so now."""
    assert Patient(900).wait(asked(3600)) is None


def test_too_many_jobs_spends_no_patience() -> None:
    """Others may hold the account's job slots as long as they like: the wait is the throttle's, and for ever."""
    patient = Patient(10)
    full = TooManyJobs("full", status=429, retry_after=60)
    assert [patient.wait(full, attempt=3600) for _ in range(50)] == [0.0] * 50
    assert patient.wait(LOST) == 0.5


ERRORS = st.one_of(
    st.just(LOST),
    st.floats(0, 600).map(asked),
    st.floats(0, 600).map(lambda seconds: ServerError("busy", status=503, retry_after=seconds)),
)


@given(st.lists(st.tuples(ERRORS, st.floats(0, 60)), min_size=1, max_size=30), st.floats(0, 1000), st.floats(0, 0.999))
def test_whatever_fails_the_floor_and_the_patience_hold(
    failures: list[tuple[ApiError, float]], patience: float, dice: float
) -> None:
    """Every wait is at least what was asked for, and waiting never lasts beyond the patience."""
    patient = Patient(patience, dice)
    first = failures[0][1]
    for error, attempt in failures:
        before = patient.now + attempt
        wait = patient.wait(error, attempt)
        if wait is None:
            return
        assert wait >= (FIRST if error.retry_after is None else error.retry_after)
        assert before + wait - first <= patience + 1e-6
