from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.audience.invalid import Invalid
from zendesk_async.audience.plain import LARGEST, SMALLEST, plain, plain_values, whole
from zendesk_async.audience.spelled import Spelled, write

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


class Tier(Enum):
    GOLD = "gold"


class Level(IntEnum):
    HIGH = 3


class Text(str):
    __slots__ = ()


class View(Mapping[str, Any]):
    """A mapping that is no dict, as database rows are."""

    def __getitem__(self, key: str) -> Any:
        return {"a": date(2024, 1, 2)}[key]

    def __iter__(self) -> Iterator[str]:
        return iter(["a"])

    def __len__(self) -> int:
        return 1


@given(JSON)
def test_what_json_has_stays(value: Any) -> None:
    """Nothing is done to a value that needs nothing."""
    assert plain(value) == value


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (date(2024, 12, 31), b'"2024-12-31"'),
        (datetime(2024, 12, 31, 23, 59, tzinfo=UTC), b'"2024-12-31T23:59:00+00:00"'),
        (time(8, 30), b'"08:30:00"'),
        (UUID(int=1), b'"00000000-0000-0000-0000-000000000001"'),
        (Decimal("12.50"), b"12.50"),
        (Decimal("1E+3"), b"1000"),
        (2**64, b"18446744073709551616"),
        (-(2**63) - 1, b"-9223372036854775809"),
        (Fraction(1, 4), b"0.25"),
        (Tier.GOLD, b'"gold"'),
        (Level.HIGH, b"3"),
        (Text("x"), b'"x"'),
        (("a", 1), b'["a",1]'),
        ({"b", "a"}, b'["a","b"]'),
        (frozenset({2}), b"[2]"),
        (OrderedDict(a=date(2024, 1, 2)), b'{"a":"2024-01-02"}'),
        (View(), b'{"a":"2024-01-02"}'),
        ({"a": [Decimal(1), {"b": (None,)}]}, b'{"a":[1,{"b":[null]}]}'),
    ],
)
def test_what_libraries_give_gets_its_form(value: Any, written: bytes) -> None:
    """Dates, decimals and rows of a database need no conversion by whoever uploads them."""
    assert write(plain(value)) == written


@pytest.mark.parametrize("value", [object(), b"bytes", Decimal("NaN"), Decimal("1E+999999"), 1j])
def test_what_has_no_form_stays_to_be_refused(value: Any) -> None:
    """It is refused by name where it is not wanted, instead of being sent as something."""
    assert plain(value) is value


def test_nan_stays_to_be_refused() -> None:
    """A missing value of a data frame must not become null, which would clear what Zendesk has."""
    assert math.isnan(plain(math.nan))


@given(st.integers(SMALLEST - 2, SMALLEST + 2) | st.integers(LARGEST - 2, LARGEST + 2) | st.integers())
def test_a_whole_number_can_be_written_whatever_its_size(number: int) -> None:
    """Digit for digit; it stays a number of Python's as long as everybody takes it for one."""
    assert write(whole(number)) == str(number).encode()
    assert isinstance(whole(number), int if SMALLEST <= number <= LARGEST else Spelled)


@pytest.mark.parametrize("number", [2**1024, -(10**400), 10**5000], ids=["1,025 bits", "400 digits", "5,000 digits"])
def test_a_whole_number_that_no_float_comes_near_is_refused(number: int) -> None:
    """Nobody could read it again; and of thousands of digits, Python could not even write it."""
    for value in (number, [number], {"a": number}):
        with pytest.raises(Invalid) as caught:
            plain(value)
        assert caught.value.error == "InvalidValue"


def test_the_dates_of_a_record_are_left() -> None:
    """A template may say how to read them; within lists and objects nobody asks."""
    days = {"a": date(2024, 1, 2), "b": datetime(2024, 1, 2, 3, 4, tzinfo=UTC)}
    record = {**days, "c": [date(2024, 1, 2)], "d": Tier.GOLD, "e": 2**63}
    assert plain_values(record) == {**days, "c": ["2024-01-02"], "d": "gold", "e": 2**63}
