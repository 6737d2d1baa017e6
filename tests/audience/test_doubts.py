from __future__ import annotations

import math
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zendesk_async.audience.column import ABSENT, Absent, Column
from zendesk_async.audience.doubts import about_given, about_made
from zendesk_async.audience.spelled import Spelled

VALUES = st.sampled_from(
    [
        *("", "a", 0, 5, 2**63 - 1, 2**63, 2**64 - 1, 2**64, -(2**63), -(2**63) - 1, 10**5000, True, None, ABSENT),
        *(1.5, 1e15, 1e16, -1e16, math.nan, math.inf, Spelled("1.50"), Decimal(1), date(2024, 1, 2), b"x", object()),
        *([], ["a"], ["a", None], [1, 2.5], [2**64], [math.nan], [["a"]], ["a", Decimal(1)], {}, {"a": 1}, ("a",)),
    ]
)
DAYS = (date(2024, 1, 2), datetime(2024, 1, 2, 3, 4, tzinfo=UTC))
COLUMNS = st.lists(VALUES, max_size=6)
TARGETS = ["name", "phone", "verified", "organization_id", "tags", "group_ids", "organization", "user_fields.x"]


@given(COLUMNS)
def test_what_is_given_is_judged_value_by_value(values: list[Any]) -> None:
    """Neighbours never matter: a value is doubtful in a column when it is alone."""
    alone = [number for number, value in enumerate(values) if about_given(Column([value]))]
    assert sorted(about_given(Column(values))) == alone


@given(st.sampled_from(TARGETS), COLUMNS)
def test_what_is_made_is_judged_value_by_value(target: str, values: list[Any]) -> None:
    """However the rest of its column looks."""
    alone = [number for number, value in enumerate(values) if about_made(target, Column([value]))]
    assert sorted(set(about_made(target, Column(values)))) == alone


@pytest.mark.parametrize("value", ["a", 5, 2**64 - 1, 1.5, True, None, ABSENT, [], {}, Spelled("1"), *DAYS])
def test_values_of_json_and_dates_may_be_given(value: Any) -> None:
    """These are what templates are made for."""
    assert about_given(Column([value])) == []


@pytest.mark.parametrize("value", [2**64, -(2**63) - 1, b"x", Decimal(1), ("a",), object()])
def test_whatever_else_is_given_is_doubtful(value: Any) -> None:
    """The careful way finds its form, or says that it has none."""
    assert about_given(Column([value])) == [0]


@pytest.mark.parametrize(
    ("target", "well", "doubtful"),
    [
        ("name", ["a", ABSENT], [None, 5, ["a"]]),
        ("phone", ["a", None, ABSENT], [5, True]),
        ("verified", [True, None], [1, "true"]),
        ("organization_id", [2**63 - 1, 1 - 2**63, None], [2**63, -(2**63), True, "5", 5.0]),
        ("tags", [["a"], [], None], [["a", 5], "a", ["a", None]]),
        ("group_ids", [ABSENT], [[1]]),
        ("user_fields.x", ["a", 5, 1.5, True, None, Spelled("1.50"), ["a", 5, 1.5]], [{}, 1e16, math.nan, ("a",)]),
        ("user_fields.x", [1.5, -9e15, 9e15], [1e16, -1e16, -math.inf]),
        ("user_fields.x", [[], 2**64 - 1], [[1e16], [-1e16], [2**64], [["a"]], math.inf, date(2024, 1, 2)]),
    ],
)
def test_each_target_has_its_types(target: str, well: list[Any], doubtful: list[Any]) -> None:
    """One value of another type would make Zendesk refuse a hundred users."""
    assert about_made(target, Column(well)) == []
    assert [value for value in doubtful if not about_made(target, Column([value]))] == []


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf, 1e16, -1e16])
def test_one_number_among_many_is_found(odd: float) -> None:
    """A whole column of floats is looked at in one go, and yet NaN, which is neither large nor small, does not hide."""
    assert about_made("user_fields.x", Column([1.5, odd, 2.5])) == [1]
    assert about_made("user_fields.x", Column([odd, 1.5, odd])) == [0, 2]


@given(st.sampled_from(TARGETS), COLUMNS, st.sets(st.sampled_from([str, int, float, list, Absent, type(None)])))
@example("user_fields.x", [], {float})
def test_types_of_which_there_is_no_value_change_nothing(target: str, values: list[Any], more: set[type]) -> None:
    """Who makes a column may know no better than what may be in it."""
    known = Column(values, set(map(type, values)) | more)
    assert set(about_made(target, known)) == set(about_made(target, Column(values)))
    assert set(about_given(known)) == set(about_given(Column(values)))
