"""JSON as it is written: originals as they were read, and the lines of ``--results`` and ``rejects``. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import orjson

from zendesk_async.config.wording import words_for
from zendesk_async.models import Row

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zendesk_async.models import Outcome, OutcomeKind, Record, Rejection

__all__ = ["line", "lines_of_accepted", "original_json", "plain", "to_json"]


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
    position, kind, user_id, error, details, record = outcome
    user = b"null" if user_id is None else b"%d" % user_id
    return _LINE % (position, kind.encode(), user, _words(error), _words(details), _embedded(record))


def lines_of_accepted(
    records: Iterable[Record | Rejection], kinds: Iterable[OutcomeKind], user_ids: Iterable[int | None]
) -> bytes:
    """The same lines for records that were accepted, of which there is nothing to be told but the user."""
    return b"".join(
        [
            _ACCEPTED % (record.position, kind.encode(), user_id, _embedded(record.original))
            for record, kind, user_id in zip(records, kinds, user_ids, strict=True)
        ]
    )


def _embedded(record: Any) -> bytes:
    return record if isinstance(record, bytes) else to_json(record)


_LINE = b'{"position":%d,"outcome":"%b","user_id":%b,"error":%b,"details":%b,"record":%b}\n'
_ACCEPTED = b'{"position":%d,"outcome":"%b","user_id":%d,"error":null,"details":null,"record":%b}\n'
"""What is said of nearly every record. To fill in a form takes a tenth of the time of writing an object."""


def _words(text: str | None) -> bytes:
    return b"null" if text is None else orjson.dumps(plain(text))
