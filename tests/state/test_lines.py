from __future__ import annotations

import datetime as dt
import json
from collections import UserDict
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.models import Outcome, OutcomeKind, Row
from zendesk_async.state.lines import line, original_json, plain, to_json

TEXT = st.text(st.characters())  # lone surrogates and all
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def failed(record: Any, error: str = "E", details: str = "d") -> Outcome:
    return Outcome(41, OutcomeKind.FAILED, None, error, details, record)


@given(JSON)
def test_whatever_json_can_say_survives(value: Any) -> None:
    """Numbers of any size and text with lone surrogates come back as they were."""
    assert json.loads(to_json(value)) == value


@given(st.dictionaries(TEXT, JSON), TEXT)
def test_a_line_is_one_line_of_valid_json(record: dict[str, Any], words: str) -> None:
    """Who reads the file line by line can read every line."""
    written = line(failed(record, words, words))
    assert written.endswith(b"\n")
    assert written.count(b"\n") == 1
    told = json.loads(written)
    assert told["record"] == record
    assert told["details"] in {words, plain(words)}


def test_a_line_has_the_keys_of_the_contract() -> None:
    """Scripts rely on these six keys and their order."""
    assert line(failed(b'{"the": "original"}', "UserUpdateError", "Email: x is wrong")) == (
        b'{"position":41,"outcome":"failed","user_id":null,"error":"UserUpdateError",'
        b'"details":"Email: x is wrong","record":{"the": "original"}}\n'
    )
    accepted = line(Outcome(0, OutcomeKind.CREATED, 7, None, None, {"a": 1}))
    assert orjson.loads(accepted) == {
        "position": 0,
        "outcome": "created",
        "user_id": 7,
        "error": None,
        "details": None,
        "record": {"a": 1},
    }


def test_an_original_is_embedded_to_the_last_digit() -> None:
    """What was read as bytes is told as these bytes: numbers that would not survive parsing do."""
    assert b'{"n": 123456789012345678901234567890}' in line(failed(b'{"n": 123456789012345678901234567890}'))


@pytest.mark.parametrize(
    ("original", "expected"),
    [
        (b' {"a": 1}\r\n', {"a": 1}),
        (b'{"a":\n1}', {"a": 1}),
        (b'{"a": 1', '{"a": 1'),
        (b"\xff\xfe", "\\xff\\xfe"),
        ("a,b,c", "a,b,c"),
        ({"Customer Id": "7"}, {"Customer Id": "7"}),
        (UserDict({"a": 1}), {"a": 1}),
        ({"when": dt.date(2026, 1, 2), "much": Decimal("1.50")}, {"when": "2026-01-02", "much": "1.50"}),
        ({7: "seven"}, {"7": "seven"}),
        ({(1, 2): "odd"}, "{(1, 2): 'odd'}"),
    ],
)
def test_an_original_becomes_json_on_one_line(original: Any, expected: Any) -> None:
    """Whatever was given as a record can be shown again and, where it was JSON, replayed."""
    written = original_json(original)
    assert b"\n" not in written
    assert orjson.loads(written) == expected


def test_what_contains_itself_is_told_as_text() -> None:
    """Even an object that no JSON can hold is refused with an outcome and not with a traceback."""
    endless: dict[str, Any] = {}
    endless["self"] = endless
    assert orjson.loads(original_json(endless)) == "{'self': {...}}"


def test_a_row_is_told_under_its_header() -> None:
    """As the object that it stands for, also where orjson cannot write it."""
    assert to_json(Row(("a", "b"), ["1", "ü"])) == '{"a":"1","b":"ü"}'.encode()
    assert original_json(Row(("a",), ["\ud800"])) == b'{"a":"\\ud800"}'
