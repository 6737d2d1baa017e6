from __future__ import annotations

import math
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.audience.column import ABSENT, Column
from zendesk_async.audience.conversion import (
    FAILURES,
    Conversion,
    boolean,
    calendar_date,
    decimal,
    integer,
    items,
    text,
)
from zendesk_async.audience.spelled import Spelled
from zendesk_async.errors import ConfigError

DIGITS = st.text("0123456789", min_size=1, max_size=20)
SPELLINGS = DIGITS | st.builds("{}.{}".format, DIGITS, DIGITS) | st.floats(0, 1e6).map(repr)
ODDITIES = st.sampled_from(
    ["", " 1", "1 ", "-1", "+1", "1.", ".5", "1e5", "1\n2", "1\n", "1.5\n", "1_0", "١٢", "²", "x", "nan", "1" * 400]
)
NUMBERS = st.integers() | st.floats() | st.sampled_from([2**70, Spelled("1.50"), Spelled("12.0"), Spelled("1e400")])
COLUMNS = (
    st.lists(DIGITS, max_size=5)
    | st.lists(SPELLINGS, max_size=5)
    | st.lists(SPELLINGS | ODDITIES, max_size=5)
    | st.lists(st.integers(), max_size=5)
    | st.lists(NUMBERS, max_size=5)
    | st.lists(SPELLINGS | NUMBERS | st.sampled_from([None, True, ABSENT, ["1"]]), max_size=5)
)


def refuses(conversion: Conversion, value: Any) -> bool:
    try:
        conversion.convert(value)
    except FAILURES:
        return True
    return False


@given(st.dates(min_value=date(1, 1, 1)), st.sampled_from([None, "%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d %B %Y"]))
def test_a_date_comes_back_as_iso(day: date, form: str | None) -> None:
    """However dates are written in the input, Zendesk gets year, month, day."""
    written = day.isoformat() if form is None else form_of(day, form)
    assert calendar_date(form).convert(written) == day.isoformat()


def form_of(day: date, form: str) -> str:
    """strftime, but with four digits for the year of any century."""
    return day.strftime(form.replace("%Y", f"{day.year:04}"))


def test_a_time_of_day_is_left_out() -> None:
    """A date field of Zendesk's has no time."""
    assert calendar_date().convert("2024-12-31T23:59:00Z") == "2024-12-31"
    assert calendar_date("%d-%m-%Y %H:%M").convert("31-12-2024 23:59") == "2024-12-31"


def test_dates_of_a_program_need_no_reading() -> None:
    """A date is a date already, whatever format the text would have."""
    assert calendar_date("%d-%m-%Y").convert(date(2024, 12, 31)) == "2024-12-31"
    assert calendar_date().convert(datetime(2024, 12, 31, 23, 59, tzinfo=UTC)) == "2024-12-31"


@pytest.mark.parametrize("value", ["31-02-2024", "2024-12-31", "31-12-24", "", "x", True, ["31-12-2024"], None])
def test_what_is_no_such_date_is_refused(value: Any) -> None:
    """A day that does not exist, or in another order, is not guessed at."""
    assert refuses(calendar_date("%d-%m-%Y"), value)


@pytest.mark.parametrize("form", ["%d-%m", "%Y", "dd-mm-yyyy", "%Q-%m-%d", "%d-%m-%Y %", "%H:%M"])
def test_a_format_must_name_a_whole_date(form: str) -> None:
    """A wrong format would reject every record, hours later: it is refused at once."""
    with pytest.raises(ConfigError, match="format"):
        calendar_date(form)


def test_two_digits_of_a_year_will_do() -> None:
    """Spreadsheets write them."""
    assert calendar_date("%d/%m/%y").convert("01/02/03") == "2003-02-01"


@pytest.mark.parametrize(
    ("value", "number"),
    [("12", 12), ("-12", -12), ("+12", 12), ("012", 12), ("12.0", 12), ("12.", 12), (12, 12), (12.0, 12)],
)
def test_whole_numbers_are_read(value: Any, number: int) -> None:
    """Data frames write 12.0 where one value of the column is missing."""
    assert integer().convert(value) == number


@pytest.mark.parametrize(
    "value", ["12.5", "1,200", "1_200", "1 200", "", "x", "0x10", "١٢", 12.5, True, None, [1], math.nan, Spelled("1.5")]
)
def test_what_is_no_whole_number_is_refused(value: Any) -> None:
    """Python alone would accept 1_200 and Arabic digits."""
    assert refuses(integer(), value)


@pytest.mark.parametrize("value", [str(2**64), f"+{2**64}.0", 2**64, Spelled("18446744073709551616")])
def test_whole_numbers_of_many_digits_keep_them(value: Any) -> None:
    """Beyond 64 bits they travel as they are written."""
    number = integer().convert(value)
    assert isinstance(number, Spelled)
    assert str(number) == "18446744073709551616"


@pytest.mark.parametrize("value", ["9" * 61, "9" * 5_000, Spelled("1e400")])
def test_whole_numbers_have_their_bound(value: Any) -> None:
    """Thousands of digits are no number that anybody means."""
    assert refuses(integer(), value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_read_exactly(number: float) -> None:
    """A number keeps its value on the way from a cell to JSON."""
    read = decimal().convert(repr(number))
    assert float(str(read)) == number


@pytest.mark.parametrize(
    ("value", "shown"),
    [("12.50", "12.5"), (".5", "0.5"), ("+5", "5.0"), ("12345678901234567890.12", "12345678901234567890.12"), (5, "5")],
)
def test_numbers_of_many_digits_keep_them(value: Any, shown: str) -> None:
    """A float holds about 15 digits; more of them are written as they were read."""
    assert str(decimal().convert(value)) == shown


@pytest.mark.parametrize("value", ["1,5", "1_0.0", "nan", "inf", "1e999", "", "x", "--1", True, None, [1.5]])
def test_what_is_no_number_is_refused(value: Any) -> None:
    """Neither NaN nor infinity is JSON, and a comma may mean two things."""
    assert refuses(decimal(), value)


@pytest.mark.parametrize("value", ["true", "TRUE", "Yes", "y", "1", "on", True, 1])
def test_words_for_true(value: Any) -> None:
    """What spreadsheets and people write for true."""
    assert boolean().convert(value) is True


@pytest.mark.parametrize("value", ["false", "FALSE", "No", "n", "0", "off", False, 0])
def test_words_for_false(value: Any) -> None:
    """What spreadsheets and people write for false."""
    assert boolean().convert(value) is False


@pytest.mark.parametrize("value", ["maybe", "", "2", None, 2, [True]])
def test_other_words_are_refused(value: Any) -> None:
    """A word that nobody explained is not guessed at."""
    assert refuses(boolean(), value)


def test_words_may_be_ones_own() -> None:
    """A column may say active and churned."""
    own = boolean(["Active"], ["Churned", " lost "])
    assert (own.convert("active"), own.convert("LOST")) == (True, False)
    assert refuses(own, "true")


def test_a_word_cannot_mean_both() -> None:
    """One of the two would win by accident."""
    with pytest.raises(ConfigError, match="both"):
        boolean(["on"], ["ON"])


@pytest.mark.parametrize(
    ("value", "split", "found"),
    [
        ("a,b", ",", ["a", "b"]),
        (" a ; b;; ", ";", ["a", "b"]),
        ("a", ",", ["a"]),
        ("", ",", []),
        (["a", 1], ",", ["a", 1]),
        (5, ",", ["5"]),
    ],
)
def test_lists_are_split_and_trimmed(value: Any, split: str, found: list[Any]) -> None:
    """Blanks around a tag and empty places between separators are no tags."""
    assert items(split).convert(value) == found


@pytest.mark.parametrize(
    ("value", "string"),
    [
        ("x", "x"),
        (date(2024, 1, 2), "2024-01-02"),
        (time(8, 30), "08:30:00"),
        (12, "12"),
        (12.0, "12"),
        (1.5, "1.5"),
        (Spelled("1.50"), "1.50"),
    ],
)
def test_numbers_become_text_by_their_digits(value: Any, string: str) -> None:
    """A phone number that was read as a number is still that number."""
    assert text().convert(value) == string


@pytest.mark.parametrize("value", [True, None, ["x"], {"a": 1}])
def test_what_is_no_scalar_is_no_text(value: Any) -> None:
    """``True`` in a phone column is a mistake, not a phone number."""
    assert refuses(text(), value)


@pytest.mark.parametrize("conversion", [integer(), decimal()])
@given(values=COLUMNS)
def test_many_are_converted_as_each(conversion: Conversion, values: list[Any]) -> None:
    """At once comes out just what comes out one by one, of the same types; where one would be refused, nothing does."""
    at_once = conversion.at_once(Column(values))
    if at_once is not None:
        converted = list(map(conversion.convert, values))
        assert [(type(one), str(one)) for one in at_once.values] == [(type(one), str(one)) for one in converted]
        assert at_once.kinds >= set(map(type, converted))


@pytest.mark.parametrize(
    ("conversion", "values", "converted"),
    [
        (integer(), ["1", "0042", "9" * 18], [1, 42, 10**18 - 1]),
        (integer(), [1, -(2**63), 2**64 - 1], [1, -(2**63), 2**64 - 1]),
        (decimal(), ["1.50", "2", "0" * 13 + ".1"], [1.5, 2.0, 0.1]),
        (decimal(), [1, 2.5], [1, 2.5]),
    ],
)
def test_what_is_plainly_a_number_is_converted_at_once(
    conversion: Conversion, values: list[Any], converted: list[Any]
) -> None:
    """Otherwise the quick way would be as slow as the careful one."""
    at_once = conversion.at_once(Column(values))
    assert at_once is not None
    assert list(at_once.values) == converted


@pytest.mark.parametrize(
    ("conversion", "values"),
    [
        (integer(), ["1", ""]),
        (integer(), ["1", "12.0"]),
        (integer(), ["9" * 19]),
        (integer(), ["12", "١٢"]),
        (integer(), ["12", "²"]),
        (integer(), [1, 2**64]),
        (integer(), [1, -(2**63) - 1]),
        (integer(), [1, "1"]),
        (integer(), [True]),
        (decimal(), ["1", ""]),
        (decimal(), ["1\n2"]),
        (decimal(), ["0.1234567890123456"]),
        (decimal(), [1.5, None]),
        (decimal(), [1.5, True]),
        (text(), ["a"]),
        (boolean(), ["true"]),
        (items(), ["a,b"]),
        (calendar_date(), ["2024-12-31"]),
    ],
)
def test_what_needs_a_second_look_is_not_converted_at_once(conversion: Conversion, values: list[Any]) -> None:
    """Whatever is empty, long or written in another way is read one by one."""
    assert conversion.at_once(Column(values)) is None


@pytest.mark.parametrize("cell", ["1e400", "1000000000000000e400", "9" * 400, "-" + "9" * 400])
def test_a_decimal_that_no_float_holds_is_none(cell: str) -> None:
    """However long it is written: to most systems it would be infinity."""
    with pytest.raises(FAILURES):
        decimal().convert(cell)
