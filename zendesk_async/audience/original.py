"""The original of a record as JSON, for the files that list what was not accepted. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import orjson

from zendesk_async.config.wording import words_for
from zendesk_async.models import Row

__all__ = ["original_json"]


def original_json(original: bytes | Row | Mapping[str, Any] | str) -> bytes:
    """Give a record as it was read, as JSON on one line. Never fails.

    Bytes are JSON already; a row or a mapping becomes an object, broken text a string. What JSON has no type for
    becomes its text, and half a surrogate pair its escape.
    """
    if isinstance(original, bytes):
        return original
    if isinstance(original, Row):
        original = original.mapping
    try:
        return orjson.dumps(original, default=_plain, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:
        return _patiently(original)


def _patiently(original: object) -> bytes:
    """Write what orjson refuses: whole numbers of more than 64 bits, lone surrogates, what contains itself."""
    try:
        return json.dumps(original, default=_plain, separators=(",", ":"), skipkeys=True).encode()
    except (TypeError, ValueError, RecursionError):
        return json.dumps(words_for(original)).encode()


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, set | frozenset) else str(value)
