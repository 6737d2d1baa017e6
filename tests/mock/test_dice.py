"""Chance that repeats."""

from __future__ import annotations

import subprocess
import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from zendesk_async.mock.dice import hex_id, roll, salt


@settings(deadline=None)
@given(st.integers(), st.lists(st.integers(), max_size=3))
def test_a_roll_is_a_part_of_one_and_repeats(seed: int, numbers: list[int]) -> None:
    """The same seed and numbers always fall the same way, into [0, 1)."""
    assert 0 <= roll(seed, *numbers) < 1
    assert roll(seed, *numbers) == roll(seed, *numbers)


def test_rolls_are_spread_evenly() -> None:
    """A rate of a tenth strikes about a tenth of the time, whatever the seed."""
    for seed in range(5):
        struck = sum(roll(seed, number, 7) < 0.1 for number in range(10_000))
        assert 850 < struck < 1150


def test_neighbours_are_strangers() -> None:
    """Seeds and counters that differ by one have nothing in common."""
    rolls = {roll(seed, number) for seed in range(30) for number in range(30)}
    assert len(rolls) == 900


def test_ids_look_like_zendesks() -> None:
    """An id has 32 hexadecimal digits, and no two are the same."""
    ids = {hex_id(0, number) for number in range(1000)}
    assert len(ids) == 1000
    assert all(len(one) == 32 and set(one) <= set("0123456789abcdef") for one in ids)


def test_a_word_has_the_same_number_in_every_process() -> None:
    """Faults repeat from run to run: the salt is no ``hash``, which does not."""
    code = "from zendesk_async.mock.dice import salt; print(salt('error_rate'))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(told.stdout) == salt("error_rate")
