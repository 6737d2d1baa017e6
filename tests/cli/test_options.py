from __future__ import annotations

import math
from typing import Any

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.cli.options import MAX_FAILED, RATE, options


@pytest.mark.parametrize(("text", "rate"), [("100", 100), ("99.5", 99.5), ("none", math.inf), ("1", 1)])
def test_a_rate_is_users_per_second_or_none(text: str, rate: float) -> None:
    """``none`` is for benchmarks against a mock."""
    assert RATE.convert(text, None, None) == rate


@pytest.mark.parametrize("text", ["0", "-5", "fast", "nan", "inf", ""])
def test_what_is_no_rate_is_refused(text: str) -> None:
    """A rate of zero would wait for ever."""
    with pytest.raises(click.BadParameter, match="users per second"):
        RATE.convert(text, None, None)


@pytest.mark.parametrize(
    ("text", "most"), [("0", 0), ("100", 100), ("5%", 0.05), ("0.5%", 0.005), ("0%", 0), ("100%", math.inf)]
)
def test_failures_are_limited_by_number_or_share(text: str, most: float) -> None:
    """``100`` is a hundred records, ``5%`` every twentieth; more than all of them can never fail."""
    assert MAX_FAILED.convert(text, None, None) == most


@pytest.mark.parametrize("text", ["-1", "1.5", "101%", "%", "some", "nan%"])
def test_what_is_neither_number_nor_share_is_refused(text: str) -> None:
    """Half a record cannot fail."""
    with pytest.raises(click.BadParameter, match="5%"):
        MAX_FAILED.convert(text, None, None)


@given(st.floats(0.01, 99.99))
def test_a_share_is_never_taken_for_a_number(percent: float) -> None:
    """The client takes what is below 1 for a share: no percentage but 100 comes near."""
    assert 0 < MAX_FAILED.convert(f"{percent}%", None, None) < 1


def test_options_are_listed_in_the_order_given() -> None:
    """Help reads from the common to the rare."""

    @click.command()
    @options(click.option("--first"), options(click.option("--second"), click.option("--third")))
    def command(**_: Any) -> None:
        pass

    text = CliRunner().invoke(command, ["--help"]).output
    assert text.index("--first") < text.index("--second") < text.index("--third")
