"""Values of Python's as values of JSON's. Pure.

Programs give what their libraries give them: dates, decimals, UUIDs, numbers of numpy. What has an obvious form in JSON
gets it; what has none stays as it is, and is refused by name where it cannot be sent.
"""

from __future__ import annotations

import numbers
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from zendesk_async.audience.invalid import Invalid
from zendesk_async.audience.spelled import Spelled

__all__ = ["LARGEST", "SMALLEST", "plain", "plain_values", "whole"]

_READY = frozenset({str, bool, float, type(None), Spelled})
SMALLEST, LARGEST = -(1 << 63), (1 << 64) - 1
"""Between these, any system takes a whole number for what it is."""

_LONGEST = 100  # digits of a decimal
_WIDEST = 1_024  # bits of a whole number: what has more is no float either


def plain(value: Any) -> Any:
    """Give a value as JSON would hold it. What contains itself raises RecursionError; Invalid for what is no number."""
    kind = type(value)
    if kind in _READY:
        return value
    if kind is int:
        return whole(value)
    if kind is dict:
        return {name: plain(held) for name, held in value.items()}
    return list(map(plain, value)) if kind is list else _odd(value)


def plain_values(record: Mapping[str, Any]) -> dict[str, Any]:
    """Give the values of a record as JSON would hold them, but leave dates: a template may say how to read them."""
    return {name: value if isinstance(value, date) else plain(value) for name, value in record.items()}


def whole(number: int) -> int | Spelled:
    """Give a whole number so that it can be written, whatever its size. Raises Invalid for one that none can be."""
    if SMALLEST <= number <= LARGEST:
        return number
    if number.bit_length() > _WIDEST:
        raise Invalid("InvalidValue", "a whole number has more digits than a number can have")
    return Spelled(str(number))


def _odd(value: Any) -> Any:  # noqa: C901, PLR0911 - a table of types
    match value:
        case Enum():
            return plain(value.value)
        case str():
            return str.__str__(value)
        case date() | time():
            return value.isoformat()
        case UUID():
            return str(value)
        case Decimal() if value.is_finite() and abs(value.adjusted()) < _LONGEST:
            return Spelled(format(value, "f"))
        case numbers.Integral():
            return plain(int(value))
        case numbers.Real():
            return float(value)
        case Mapping():
            return plain(dict(value))
        case tuple():
            return plain(list(value))
        case set() | frozenset():
            return plain(sorted(value, key=repr))
    return value
