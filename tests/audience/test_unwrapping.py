from __future__ import annotations

from typing import Any

import orjson
import pytest

from zendesk_async.audience.invalid import Invalid
from zendesk_async.audience.unwrapping import Unwrapped, as_read, is_wrapped, parsed, unwrapped
from zendesk_async.models import Broken


def wrapped(record: Any, **more: Any) -> dict[str, Any]:
    return {
        "position": 41,
        "outcome": "failed",
        "user_id": None,
        "error": "E",
        "details": "d",
        "record": record,
        **more,
    }


def test_a_line_is_one_object() -> None:
    """And nothing else: a second object behind a comma would smuggle in a user."""
    assert parsed(b' {"a": 1}') == {"a": 1}


@pytest.mark.parametrize(
    ("line", "error", "told"),
    [
        (b'{"a": 1},{"a": 2}', "InvalidJSON", "at character 9"),
        (b'{"a": 1', "InvalidJSON", "not JSON"),
        (b"", "InvalidJSON", "not JSON"),
        (b'{"a": NaN}', "InvalidJSON", "at character 7"),
        (b'{"a": "\\ud800"}', "InvalidJSON", "surrogate"),
        (b'{"a": "Jos\xe9"}', "InvalidEncoding", "byte 11"),
        (b"[1, 2]", "InvalidRecord", "no object: [1, 2]"),
        (b'"' + b"x" * 100 + b'"', "InvalidRecord", "x…"),
        (b"null", "InvalidRecord", "no object: null"),
    ],
)
def test_what_is_no_object_is_told(line: bytes, error: str, told: str) -> None:
    """Where, and what."""
    with pytest.raises(Invalid) as caught:
        parsed(line)
    assert caught.value.error == error
    assert told in caught.value.details


def test_a_line_of_a_rejects_file_is_recognised() -> None:
    """By ``record`` and ``outcome`` together; a user has neither."""
    assert is_wrapped(wrapped({}))
    assert not is_wrapped({"record": {}})
    assert not is_wrapped({"outcome": "failed"})


@pytest.mark.parametrize(
    ("record", "tabular"),
    [
        ({"email": "a@b.co", "phone": 5}, False),
        ({"email": "a@b.co", "phone": None}, False),
        ({"Customer Id": "1", "Phone 1": ""}, True),
    ],
)
def test_only_the_record_counts(record: dict[str, Any], tabular: bool) -> None:
    """Where all values are strings it came from a table, and is read as a row again."""
    assert unwrapped(wrapped(record), None) == Unwrapped(record, tabular)
    line = orjson.dumps(wrapped(record))
    assert unwrapped(orjson.loads(line), line) == Unwrapped(orjson.dumps(record), tabular)


def test_numbers_are_unwrapped_unchanged() -> None:
    """An id of 23 digits is still that id."""
    line = b'{"outcome":"failed","record":{"external_id":12345678901234567890123,"user_fields":{"x":1.50}}}'
    assert unwrapped(orjson.loads(line), line).raw == (
        b'{"external_id":12345678901234567890123,"user_fields":{"x":1.50}}'
    )


def test_wrapping_twice_is_unwrapped_twice() -> None:
    """However often somebody piped it around."""
    record: dict[str, Any] = {"email": "a@b.co", "phone": 5}
    for _ in range(200):
        record = wrapped(record)
    assert unwrapped(record, None).raw == {"email": "a@b.co", "phone": 5}


def test_a_broken_line_is_broken_again() -> None:
    """Nobody mended it, so it is rejected once more, as what it was."""
    raw = unwrapped(wrapped('{"email": "a@b.co"'), None).raw
    assert isinstance(raw, Broken)
    assert (raw.text, raw.error) == ('{"email": "a@b.co"', "InvalidJSON")
    assert isinstance(unwrapped(wrapped("1,\ud800"), None).raw, Broken)


def test_a_line_that_was_mended_is_a_record() -> None:
    """Its text was corrected within the rejects file."""
    assert unwrapped(wrapped(' {"email": "a@b.co"} '), None) == Unwrapped(b'{"email": "a@b.co"}', tabular=False)


@pytest.mark.parametrize("record", [None, 5, [], True])
def test_without_a_record_there_is_nothing_to_send(record: Any) -> None:
    """It is told, and rejected."""
    with pytest.raises(Invalid, match="holds no object"):
        unwrapped(wrapped(record), None)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b'{"a": 1.50}', b'{"a": 1.50}'),
        (b"[1]", b"[1]"),
        (b'{"a"', '{"a"'),
        (b"\xff", "\\xff"),
        ({"a": 1}, {"a": 1}),
        (Broken("1,2,3", "RaggedRow", "…"), "1,2,3"),
    ],
)
def test_what_was_read_is_shown_as_it_was(raw: Any, shown: Any) -> None:
    """JSON as JSON, broken text as text."""
    assert as_read(raw) == shown
