from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.audience.column import ABSENT, Column
from zendesk_async.audience.conversion import Conversion, boolean, calendar_date, decimal, integer
from zendesk_async.audience.invalid import Invalid
from zendesk_async.audience.makes import (
    Composed,
    Converted,
    Make,
    as_it_is,
    constant,
    copied,
    look_up,
    parts_of,
    shown,
    trimmed,
)
from zendesk_async.audience.spelled import Spelled
from zendesk_async.errors import ConfigError

WORDS = st.text(st.characters(categories=["Lu", "Ll", "Nd"]), min_size=1)
TEXTS = st.sampled_from(["a", " a ", "12", " 12", "1.5", "", " ", "%s", "ü\n"]) | st.text(max_size=4)
VALUES = TEXTS | st.integers() | st.floats() | st.booleans() | st.sampled_from([ABSENT, None, ["x"], Spelled("1.50")])
COLUMNS = st.lists(TEXTS.filter(str.strip), max_size=5) | st.lists(TEXTS, max_size=5) | st.lists(VALUES, max_size=5)


def one_by_one(make: Make, *columns: list[Any]) -> list[Any] | None:
    """What a make gives for each record; None where it refuses one."""
    try:
        return list(map(make, *columns))
    except Invalid:
        return None


def values_of(column: Column | None) -> list[Any] | None:
    return None if column is None else list(column.values)


def told(values: Sequence[Any] | None) -> list[tuple[type, str]]:
    """Values that differ are told differently, also 1 and 1.0, and NaN is like itself."""
    return [(type(value), str(value)) for value in values or []]


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
    """It needs no column."""
    assert constant("gold")() == "gold"


@pytest.mark.parametrize(
    ("value", "found"), [(0, 0), (False, False), ("", "x"), (None, "x"), (ABSENT, "x"), (" ", " "), ("a", "a")]
)
def test_a_default_stands_in_for_nothing(value: Any, found: Any) -> None:
    """Zero and false are values; absent, empty and null are none."""
    assert copied("x")(value) == found


def test_without_a_default_null_is_null() -> None:
    """In JSON, null means to clear."""
    assert copied()(None) is None
    assert Converted("a", integer())(None) is None
    assert Converted("a", integer(), 5)(None) == 5


@pytest.mark.parametrize("value", [5, " a ", "", None, ABSENT])
def test_what_is_copied_is_the_very_same(value: Any) -> None:
    """Whoever makes a whole column knows by the make that nothing is to be done."""
    assert copied() is as_it_is
    assert as_it_is(value) is value


@pytest.mark.parametrize(
    ("cell", "text"), [(" a b ", "a b"), ("a", "a"), ("", ABSENT), (" \t\n", ABSENT), (ABSENT, ABSENT), (5, ABSENT)]
)
def test_cells_are_trimmed(cell: Any, text: Any) -> None:
    """Blanks around the text of a cell mean nothing; an empty cell is no value."""
    assert trimmed(cell) == text


@pytest.mark.parametrize("value", [ABSENT, "", "  "])
def test_nothing_is_not_converted(value: Any) -> None:
    """An empty cell leaves the attribute out, whatever type it should have had."""
    assert Converted("a", integer())(value) is ABSENT
    assert Converted("a", integer(), 5)(value) == 5


def test_what_cannot_be_converted_is_told_with_column_value_and_form() -> None:
    """Whoever mends the input needs all three."""
    with pytest.raises(Invalid, match=r'column "Since": "31\.02\.2024" is not a date, like 25-12-2011') as caught:
        Converted("Since", calendar_date("%d-%m-%Y"))(" 31.02.2024 ")
    assert caught.value.error == "InvalidValue"


@pytest.mark.parametrize("conversion", [integer(), decimal(), boolean()])
@pytest.mark.parametrize("default", [ABSENT, 7])
@given(values=COLUMNS)
def test_a_column_is_converted_as_each_of_its_values(conversion: Conversion, default: Any, values: list[Any]) -> None:
    """At once or one by one, blanks and defaults included, the same values come out; else it is not done at once."""
    make = Converted("a", conversion, default)
    at_once = make.at_once(Column(values))
    if at_once is not None:
        assert told(at_once.values) == told(one_by_one(make, values))
        assert at_once.kinds >= set(map(type, at_once.values))


def test_a_column_of_digits_is_converted_at_once() -> None:
    """Otherwise the quick way would be as slow as the careful one."""
    assert values_of(Converted("a", integer()).at_once(Column(["1", "002"]))) == [1, 2]
    assert values_of(Converted("a", decimal()).at_once(Column(["1.5", "2"]))) == [1.5, 2.0]
    assert Converted("a", integer()).at_once(Column(["1", " 2"])) is None


@given(WORDS, WORDS)
def test_parts_are_put_together(first: str, last: str) -> None:
    """A name is first name, blank, last name."""
    assert Composed("{First Name} {Last Name}")(first, last) == f"{first} {last}"


@pytest.mark.parametrize(
    ("values", "whole"),
    [
        (("x", "y", "z"), "x y (z)"),
        (("x", "", "z"), "x (z)"),
        (("", "y", "z"), "y (z)"),
        ((" x ", None, "z"), "x (z)"),
        ((12, "y", 1.5), "12 y (1.5)"),
        (("", " ", None), ABSENT),
        ((ABSENT, ABSENT, ABSENT), ABSENT),
    ],
)
def test_empty_parts_leave_no_gap(values: tuple[Any, ...], whole: Any) -> None:
    """Nobody is called "  Callahan"; and where all is empty there is no value."""
    assert Composed("{a} {b} ({c})")(*values) == whole


@pytest.mark.parametrize(
    "pattern", ["{a} {b}", "{a}{b}", "{a}, {b}, {a}", " {a}{b}", "{a}{b} ", " ({a}) 100 %s {b}", "{{{b}}}%%{a}  "]
)
@given(first=COLUMNS, last=COLUMNS)
def test_columns_are_put_together_as_their_values(pattern: str, first: list[Any], last: list[Any]) -> None:
    """Whole columns give what each record gives alone; where one needs a second look, it is not done at once."""
    size = min(len(first), len(last))
    values = {"a": first[:size], "b": last[:size]}
    columns = [values[name] for name in parts_of(pattern)]
    make = Composed(pattern)
    at_once = make.at_once(*map(Column, columns))
    if at_once is not None:
        assert told(at_once.values) == told(one_by_one(make, *columns))
        assert at_once.is_text


def test_columns_of_full_cells_are_put_together_at_once() -> None:
    """Otherwise the quick way would be as slow as the careful one."""
    make = Composed("{a} {b}")
    assert values_of(make.at_once(Column(["A ", "C"]), Column(["B", " D"]))) == ["A B", "C D"]
    assert make.at_once(Column(["A", "C"]), Column(["B", " "])) is None
    assert make.at_once(Column(["A", "C"]), Column(["B", 5])) is None


def test_braces_can_be_written() -> None:
    """Twice for once, as everywhere."""
    assert Composed("{{{a}}} 5 %s")("x") == "{x} 5 %s"
    assert parts_of("{{{a}}} {b c}") == ["a", "b c"]


@pytest.mark.parametrize("pattern", ["{", "}", "{}", "{a", "a}", "{a} {", "{ {a} }"])
def test_braces_must_match(pattern: str) -> None:
    """A slip in a template is found before a record is read."""
    with pytest.raises(ConfigError, match="name a column between braces"):
        Composed(pattern)


@pytest.mark.parametrize("value", [True, ["x"], {"y": 1}])
def test_a_part_must_be_text_or_a_number(value: Any) -> None:
    """A list within a name is a mistake, and says so."""
    with pytest.raises(Invalid, match='column "a"'):
        Composed("{a}{b}")(value, "x")


def test_long_values_are_shown_in_part() -> None:
    """A message must stay readable."""
    assert shown("x" * 200) == '"' + "x" * 79 + "…"
    assert (shown("x"), shown(5)) == ('"x"', "5")
