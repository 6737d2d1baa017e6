from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.audience.columns import ABSENT, composed, constant, converted, copied, look_up, parts_of, shown
from zendesk_async.audience.conversion import calendar_date, integer
from zendesk_async.audience.invalid import Invalid
from zendesk_async.errors import ConfigError

WORDS = st.text(st.characters(categories=["Lu", "Ll", "Nd"]), min_size=1)


@pytest.mark.parametrize(
    ("column", "record", "found"),
    [
        ("a", {"a": 1}, 1),
        ("a", {}, ABSENT),
        ("a", {"a": None}, None),
        ("a.b", {"a.b": 1, "a": {"b": 2}}, 1),
        ("a.b", {"a": {"b": 2}}, 2),
        ("a.b.c", {"a": {"b": {"c": 3}}}, 3),
        ("a.b", {"a": "text"}, ABSENT),
        ("a.b", {"a": {}}, ABSENT),
        ("a.b", {}, ABSENT),
    ],
)
def test_a_column_is_a_key_or_a_path(column: str, record: dict[str, Any], found: Any) -> None:
    """A key of that very name comes first; dots lead into nested objects."""
    assert look_up(column)(record) == found


def test_a_constant_is_the_same_for_everybody() -> None:
    """It looks at no record."""
    assert constant("gold")({}) == "gold"


@pytest.mark.parametrize(
    ("record", "found"),
    [({"a": 0}, 0), ({"a": False}, False), ({"a": ""}, "x"), ({"a": None}, "x"), ({}, "x")],
)
def test_a_default_stands_in_for_nothing(record: dict[str, Any], found: Any) -> None:
    """Zero and false are values; absent, empty and null are none."""
    assert copied("a", "x")(record) == found


def test_without_a_default_null_is_null() -> None:
    """In JSON, null means to clear."""
    assert copied("a")({"a": None}) is None
    assert converted("a", integer())({"a": None}) is None


@pytest.mark.parametrize("record", [{}, {"a": ""}, {"a": "  "}])
def test_nothing_is_not_converted(record: dict[str, Any]) -> None:
    """An empty cell leaves the attribute out, whatever type it should have had."""
    assert converted("a", integer())(record) is ABSENT
    assert converted("a", integer(), 5)(record) == 5


def test_what_cannot_be_converted_is_told_with_column_value_and_form() -> None:
    """Whoever mends the input needs all three."""
    with pytest.raises(Invalid, match=r'column "Since": "31\.02\.2024" is not a date, like 25-12-2011') as caught:
        converted("Since", calendar_date("%d-%m-%Y"))({"Since": " 31.02.2024 "})
    assert caught.value.error == "InvalidValue"


@given(WORDS, WORDS)
def test_parts_are_put_together(first: str, last: str) -> None:
    """A name is first name, blank, last name."""
    assert composed("{First Name} {Last Name}")({"First Name": first, "Last Name": last}) == f"{first} {last}"


@pytest.mark.parametrize(
    ("record", "whole"),
    [
        ({"a": "x", "b": "y", "c": "z"}, "x y (z)"),
        ({"a": "x", "b": "", "c": "z"}, "x (z)"),
        ({"a": "", "b": "y", "c": "z"}, "y (z)"),
        ({"a": " x ", "b": None, "c": "z"}, "x (z)"),
        ({"a": 12, "b": "y", "c": 1.5}, "12 y (1.5)"),
        ({"a": "", "b": " ", "c": None}, ABSENT),
        ({}, ABSENT),
    ],
)
def test_empty_parts_leave_no_gap(record: dict[str, Any], whole: Any) -> None:
    """Nobody is called "  Callahan"; and where all is empty there is no value."""
    assert composed("{a} {b} ({c})")(record) == whole


def test_braces_can_be_written() -> None:
    """Twice for once, as everywhere."""
    assert composed("{{{a}}} 5 %s")({"a": "x"}) == "{x} 5 %s"
    assert parts_of("{{{a}}} {b c}") == ["a", "b c"]


@pytest.mark.parametrize("pattern", ["{", "}", "{}", "{a", "a}", "{a} {", "{ {a} }"])
def test_braces_must_match(pattern: str) -> None:
    """A slip in a template is found before a record is read."""
    with pytest.raises(ConfigError, match="name a column between braces"):
        composed(pattern)


@pytest.mark.parametrize("value", [True, ["x"], {"y": 1}])
def test_a_part_must_be_text_or_a_number(value: Any) -> None:
    """A list within a name is a mistake, and says so."""
    with pytest.raises(Invalid, match='column "a"'):
        composed("{a}{b}")({"a": value, "b": "x"})


def test_long_values_are_shown_in_part() -> None:
    """A message must stay readable."""
    assert shown("x" * 200) == '"' + "x" * 79 + "…"
    assert (shown("x"), shown(5)) == ('"x"', "5")
    assert repr(ABSENT) == "ABSENT"
