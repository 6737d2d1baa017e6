from __future__ import annotations

import json
from decimal import Decimal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.audience.invalid import Invalid
from zendesk_async.audience.spelled import Spelled, beyond_bounds, has_floats, read_exactly, spelled, write


@given(st.integers(min_value=-(10**40), max_value=10**40))
def test_whole_numbers_keep_all_their_digits(number: int) -> None:
    """An id of thirty digits is that id afterwards, though orjson alone would make a float of it."""
    line = b'{"a": %d}' % number
    assert json.loads(write(read_exactly(line))) == {"a": number}


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_numbers_are_written_as_they_were(number: Decimal) -> None:
    """12.50 stays 12.50, and 1e400 stays beyond any float."""
    line = f'{{"a":[{number:f}],"b":"1.50"}}'.encode()
    assert write(read_exactly(line)) == line


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("12", "12"),
        ("12.0", "12"),
        ("1.2e1", "12"),
        ("-0.0", "0"),
        ("12345678901234567890123", "12345678901234567890123"),
        ("12.50", "12.50"),
        ("1e40", "1" + "0" * 40),
        ("1e999999999", "1e999999999"),
        ("0e999999999", "0e999999999"),
        ("1e-999999999", "1e-999999999"),
        ("1e99999999999999999999", "1e99999999999999999999"),
        ("nan", "nan"),
    ],
)
def test_a_number_becomes_a_string_by_its_digits(text: str, told: str) -> None:
    """12.0 is what data frames make of 12; an exponent out of all bounds must not fill the memory."""
    assert Spelled(text).as_text == told


def test_a_fraction_is_no_whole_number() -> None:
    """Rounding would make somebody else's id of it."""
    assert Spelled("12.5").whole is None
    assert repr(Spelled("12.5")) == "12.5"


def test_numbers_at_risk_are_found_wherever_they_stand() -> None:
    """Only what orjson read as a float can have lost anything."""
    assert has_floats(orjson.loads(b'{"a": [{"b": 18446744073709551616}]}'))
    assert has_floats({"a": 1.5})
    assert not has_floats(orjson.loads(b'{"a": [1, "1.5", null, true, {"b": 18446744073709551615}]}'))


def test_what_is_nested_too_deeply_is_refused() -> None:
    """Deeper than the standard library reads, though orjson does: a rejection and no crash."""
    depth = 100_000
    with pytest.raises(Invalid, match="nested"):
        read_exactly(b"[" * depth + b"1.5" + b"]" * depth)


def test_what_is_no_json_is_not_written() -> None:
    """A value without a form in JSON is for the caller to refuse."""
    with pytest.raises(TypeError):
        write({"a": object()})


@pytest.mark.parametrize("number", ["1e400", "-1E400", "9" * 400])
def test_a_number_beyond_all_bounds_is_found_wherever_it_stands(number: str) -> None:
    """It is legal JSON, and yet infinity or a mistake to whoever reads it."""
    read = read_exactly(f'{{"a":[1.5,{{"b":{number}}}],"c":2}}'.encode())
    found = beyond_bounds(read)
    assert found is not None
    assert found.text == number
    assert beyond_bounds({"a": [Spelled("1.5"), 10**400, "1e400"]}) is None


@pytest.mark.parametrize("text", ["1.50", "-0", "1e5", "9" * 300])
def test_a_number_is_kept_as_it_is_written(text: str) -> None:
    """Unless no float can hold it."""
    assert spelled(text).text == text
    with pytest.raises(ValueError, match="beyond all bounds"):
        spelled(f"{text}{'9' * 400}" if text.isdigit() else "1e400")


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_not_read(word: str) -> None:
    """Python would; JSON has no such thing."""
    with pytest.raises(ValueError, match="not JSON"):
        read_exactly(f'{{"a":{word}}}'.encode())
