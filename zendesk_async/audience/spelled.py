"""Numbers that must not change on their way. Pure.

orjson reads a whole number of 2^64 or more as a float, and floats may be spelt otherwise when they are written again. A
record that must be written again is therefore read again, with every such number as the text it was.
"""

from __future__ import annotations

import json
import math
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from zendesk_async.audience.invalid import Invalid

__all__ = ["Spelled", "beyond_bounds", "has_floats", "read_exactly", "spelled", "write"]

SAFE_DIGITS = 18
SHORT = 300  # digits: below that, no number is infinite
LONGEST_WHOLE = 40  # digits: beyond that, 1e999999999 would fill the memory


class Spelled:
    """A number as it was written."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text

    @property
    def whole(self) -> int | None:
        """The whole number that this is, also when written ``12.0`` or ``1.2e1``; None when it is none."""
        try:
            number = Decimal(self.text)
        except InvalidOperation:
            return None
        if not number.is_finite() or number.adjusted() > LONGEST_WHOLE or number != number.to_integral_value():
            return None
        return int(number)

    @property
    def as_text(self) -> str:
        """What this becomes where Zendesk wants a string: a whole number's digits, else what was written."""
        return self.text if self.whole is None else str(self.whole)


def spelled(text: str) -> Spelled:
    """Keep a number as it is written. Raises ValueError for one that is beyond all bounds."""
    if ("e" in text or "E" in text or len(text) > SHORT) and not math.isfinite(float(text)):
        raise ValueError(f"{text} is beyond all bounds")
    return Spelled(text)


def has_floats(value: Any) -> bool:
    """Whether orjson read a number in which something may have been lost."""
    kind = type(value)
    if kind is dict:
        return any(map(has_floats, value.values()))
    return any(map(has_floats, value)) if kind is list else kind in {float, Spelled}


def beyond_bounds(value: Any) -> Spelled | None:
    """The first number that no float can hold, and that hardly any system would take for what it is."""
    if isinstance(value, Spelled):
        return None if math.isfinite(float(value.text)) else value
    held = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((found for found in map(beyond_bounds, held) if found is not None), None)


def read_exactly(line: bytes) -> Any:
    """Read JSON that orjson has found sound, or too large in its numbers; those at risk are kept as they are written.

    Raises ValueError, Invalid.
    """
    try:
        return json.loads(line, parse_int=_whole, parse_float=Spelled, parse_constant=_no_number)
    except RecursionError:
        raise Invalid("InvalidJSON", "the record is nested too deeply") from None


def write(value: Any) -> bytes:
    """Write JSON; numbers that are ``Spelled`` as they were. Raises TypeError for what is no JSON."""
    return orjson.dumps(value, default=_spell)


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is not JSON")


def _whole(text: str) -> int | Spelled:
    return int(text) if len(text) <= SAFE_DIGITS else Spelled(text)


def _spell(value: object) -> orjson.Fragment:
    if isinstance(value, Spelled):
        return orjson.Fragment(value.text.encode())
    raise TypeError(f"{type(value).__name__} is not JSON")
