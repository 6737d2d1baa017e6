"""Tell what was read: a record, a line of a rejects file around one, or neither. Pure.

``zendesk-async rejects RUN | zendesk-async upload -`` sends what did not make it once more: of a line that has
``record`` and ``outcome``, only the record counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

import orjson

from zendesk_async.audience.invalid import Invalid
from zendesk_async.audience.spelled import read_exactly, write
from zendesk_async.models import Broken, Raw, Row

__all__ = ["WRAPPING", "Unwrapped", "as_read", "is_wrapped", "parsed", "unwrapped"]

WRAPPING = ("outcome", "record")
"""The keys by which a line of a rejects file is told."""


class Unwrapped(NamedTuple):
    """A record out of a rejects file. ``tabular``: it came from a table, because all its values are strings."""

    raw: Raw
    tabular: bool


def parsed(line: bytes) -> dict[str, Any]:
    """Read a line that must be one JSON object. Raises Invalid."""
    try:
        given = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        given = _with_huge_numbers(line, error)
    if isinstance(given, dict):
        return given
    raise Invalid("InvalidRecord", f"the line is JSON, but no object: {_beginning(line)}")


def is_wrapped(given: Mapping[str, Any]) -> bool:
    """Whether this is a line of a rejects file."""
    return all(key in given for key in WRAPPING)


def unwrapped(given: Mapping[str, Any], line: bytes | None) -> Unwrapped:
    """Take the record out of a line of a rejects file. ``line`` is the JSON that ``given`` was read from, if any.

    Raises Invalid where there is no record in it.
    """
    record = _innermost(given)
    if isinstance(record, str):
        return Unwrapped(_again(record), tabular=False)
    if not isinstance(record, dict):
        raise Invalid("InvalidRecord", '"record" holds no object')
    tabular = all(isinstance(value, str) for value in record.values())
    if line is None:
        return Unwrapped(record, tabular)
    return Unwrapped(write(_innermost(read_exactly(line))), tabular)


def _innermost(given: Any) -> Any:
    while isinstance(given, dict) and is_wrapped(given):
        given = given["record"]
    return given


def as_read(raw: Raw) -> bytes | Row | Mapping[str, Any] | str:
    """Give what was read as the one who looks at rejections should see it: JSON, a record, or text that is neither."""
    if isinstance(raw, Broken):
        return raw.text
    if not isinstance(raw, bytes):
        return raw
    try:
        orjson.loads(raw)
    except orjson.JSONDecodeError:
        return raw.decode("utf-8", "backslashreplace")
    return raw


def _again(text: str) -> Raw:
    """A line that was broken then, and may have been mended since."""
    line = text.encode("utf-8", "surrogatepass").strip()
    try:
        parsed(line)
    except Invalid as invalid:
        return Broken(text, invalid.error, invalid.details)
    return line


def _with_huge_numbers(line: bytes, error: orjson.JSONDecodeError) -> Any:
    """Read a line that orjson refuses for a number beyond all bounds: it may stand where nobody asks for it."""
    if "infinity" in error.msg:
        with suppress(ValueError):
            return read_exactly(line)
    raise _unreadable(line, error) from None


def _unreadable(line: bytes, error: orjson.JSONDecodeError) -> Invalid:
    try:
        line.decode()
    except UnicodeDecodeError as undecodable:
        return Invalid("InvalidEncoding", f"the line is not UTF-8 (byte {undecodable.start + 1})")
    return Invalid("InvalidJSON", f"not JSON, at character {error.pos + 1}: {error.msg}")


def _beginning(line: bytes) -> str:
    text = line.decode("utf-8", "backslashreplace")
    return text if len(text) <= 40 else f"{text[:40]}…"
