"""JSON as it is written: originals as they were read, and the lines of ``--results`` and ``rejects``. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import orjson

from zendesk_async.config.wording import words_for
from zendesk_async.models import Row

if TYPE_CHECKING:
    from zendesk_async.models import Outcome

__all__ = ["line", "original_json", "plain", "to_json"]


def to_json(value: Any) -> bytes:
    """Write a value as JSON on one line: rows and mappings as objects, what JSON does not know as its text."""
    if isinstance(value, Row):
        value = value.mapping
    try:
        return orjson.dumps(value, default=_plain, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:
        return _patiently(value)


def _patiently(value: Any) -> bytes:
    """Write what orjson will not: lone surrogates, whole numbers beyond 64 bits. What no JSON can say becomes text."""
    try:
        return json.dumps(value, default=_plain, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError):
        return json.dumps(words_for(value)).encode()


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else str(value)


def plain(text: str) -> str:
    """A text that UTF-8 can hold: lone surrogates are written out."""
    return text.encode("utf-8", "backslashreplace").decode()


def original_json(original: Any) -> bytes:
    """An original record as JSON on one line: JSON as it was read, a mapping as an object, anything else as text."""
    if not isinstance(original, bytes):
        return to_json(original)
    try:
        orjson.loads(original)
    except orjson.JSONDecodeError:
        return to_json(original.decode("utf-8", "backslashreplace"))
    return original.translate(_ONE_LINE).strip()


_ONE_LINE = bytes.maketrans(b"\r\n", b"  ")  # between tokens only: JSON strings hold no raw line breaks


def line(outcome: Outcome) -> bytes:
    """The line that ``--results`` and ``rejects`` write of an outcome, with its line break.

    Bytes in ``outcome.record`` are taken for JSON and embedded as they are.
    """
    record = outcome.record
    told = {
        "position": outcome.position,
        "outcome": outcome.outcome,
        "user_id": outcome.user_id,
        "error": outcome.error,
        "details": outcome.details,
        "record": orjson.Fragment(record) if isinstance(record, bytes) else record,
    }
    try:
        return orjson.dumps(told, default=_plain, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS)
    except TypeError:
        told["record"] = orjson.Fragment(original_json(record))
        told["error"], told["details"] = (text and plain(text) for text in (outcome.error, outcome.details))
        return orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE)
