from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.config.values import MAX_BATCH, UNLIMITED, Limits, Patience
from zendesk_async.errors import ConfigError

RATES = st.floats(min_value=1, max_value=100_000)
SIZES = st.integers(min_value=1, max_value=MAX_BATCH)


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate": 0.5},
        {"rate": math.nan},
        {"batch_size": 0},
        {"batch_size": 101},
        {"jobs": 0},
        {"slack": -0.001},
        {"slack": 1.5},
        {"share": 1.0},
        {"share": -0.1},
    ],
)
def test_limits_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    """A limit is checked where it is made, not where it is used an hour later."""
    with pytest.raises(ConfigError, match=next(iter(wrong)).replace("_", " ")):
        Limits(**wrong)


@pytest.mark.parametrize(
    "wrong", [{"requests": -1}, {"attempts": 0}, {"timeout": 0}, {"job": 0}, {"linger": 0}, {"linger": math.nan}]
)
def test_patience_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    """A wait of no time, or no attempt at all, is refused where it is said."""
    with pytest.raises(ConfigError):
        Patience(**wrong)


def test_the_defaults_are_the_ones_that_are_promised() -> None:
    """100 users per second in batches of 100, 25 of the account's 30 jobs, a quarter of its requests left to others."""
    limits = Limits()
    assert (limits.rate, limits.batch_size, limits.jobs, limits.share) == (100, 100, 25, 0.25)
    assert limits.users_per_request == 100


@given(RATES, SIZES)
def test_a_request_fits_the_limits(rate: float, batch_size: int) -> None:
    """No request ever carries more users than a batch or a second may hold."""
    users = Limits(rate=rate, batch_size=batch_size).users_per_request
    assert 1 <= users <= min(batch_size, rate)


@given(RATES, SIZES)
def test_whole_batches_fill_the_rate(rate: float, batch_size: int) -> None:
    """The batches that fit in a second together miss the rate by less than one user each."""
    users = Limits(rate=rate, batch_size=batch_size).users_per_request
    batches = math.floor(rate / users)
    assert rate - batches * users < max(batches, math.ceil(rate / batch_size))


def test_150_users_per_second_go_as_two_batches_of_75() -> None:
    """Batches of 100 would reach only 100 of 150 users per second."""
    assert Limits(rate=150).users_per_request == 75


def test_without_limit_batches_are_full() -> None:
    """Against a mock every request carries all it may."""
    assert Limits(rate=UNLIMITED, batch_size=80).users_per_request == 80
