from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.audience.original import original_json
from zendesk_async.models import Row

ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(blacklist_categories=()))
    | st.dates()
    | st.decimals()
    | st.binary()
    | st.frozensets(st.integers()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(blacklist_categories=())), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), ODD))
def test_any_mapping_can_be_shown(original: dict[str, Any]) -> None:
    """A rejects file holds every rejected record, however odd its values are, one to a line."""
    written = original_json(original)
    assert isinstance(json.loads(written), dict)
    assert b"\n" not in written


def test_json_stays_as_it_was_read() -> None:
    """What was read is shown to the byte, so that it can be found in the input."""
    assert original_json(b'{"a": 1.50}') == b'{"a": 1.50}'


@given(st.text(st.characters(blacklist_categories=())))
def test_broken_text_becomes_a_string(text: str) -> None:
    """A line that was no JSON is shown whole."""
    assert json.loads(original_json(text)) == text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (dt.date(2024, 1, 2), "2024-01-02"),
        (Decimal("1.50"), "1.50"),
        (2**70, 2**70),
        ("\ud800", "\ud800"),
    ],
)
def test_odd_values_are_shown_by_their_text(value: Any, shown: Any) -> None:
    """Whoever reads a rejects file recognises the record."""
    assert json.loads(original_json({"a": value, "b": "\ud800"})) == {"a": shown, "b": "\ud800"}


def test_keys_that_are_no_strings_are_shown() -> None:
    """A program's mapping may have numbers for keys; that is why it was rejected."""
    assert orjson.loads(original_json({1: "a"})) == {"1": "a"}  # type: ignore[dict-item]


def test_what_contains_itself_is_shown_somehow() -> None:
    """Never to fail is the point of it."""
    endless: dict[str, Any] = {}
    endless["self"] = endless
    assert isinstance(json.loads(original_json(endless)), str)


def test_a_number_that_python_does_not_write_is_shown_somehow() -> None:
    """It is what was wrong with its record, and must not end the upload once more when that is listed."""
    assert json.loads(original_json({"a": 10**5000})) == "<dict>"


def test_a_row_is_shown_under_its_header() -> None:
    """As the object that it stands for."""
    assert original_json(Row(("a", "b"), ["1", "ü"])) == '{"a":"1","b":"ü"}'.encode()
