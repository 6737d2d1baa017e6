"""From what stands in a column to a value of a type. Pure.

A conversion takes one value, of a cell (text) or of JSON, and returns it converted; an exception among ``FAILURES``
says that it cannot be. Cells are read as spreadsheets and data frames write them: ``12.0`` is 12, ``TRUE`` is true.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, NamedTuple

from zendesk_async.audience.column import Column
from zendesk_async.audience.plain import LARGEST, SMALLEST, whole
from zendesk_async.audience.spelled import Spelled
from zendesk_async.errors import ConfigError

__all__ = ["FAILURES", "FALSE", "TRUE", "Conversion", "boolean", "calendar_date", "decimal", "integer", "items", "text"]

TRUE = ("true", "yes", "y", "t", "on", "1")
FALSE = ("false", "no", "n", "f", "off", "0")

FAILURES = (ValueError, TypeError, KeyError, OverflowError)

_WHOLE = re.compile(r"[+-]?[0-9]+(?:\.0*)?").fullmatch
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?").fullmatch
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?").fullmatch
_DECIMAL_LINES = re.compile(r"(?:[0-9]++(?:\.[0-9]++)?\n)*+").fullmatch
_EXACT = 15  # digits that a float keeps
_LONGEST = 60  # characters of a number
_SHORT = 18  # digits of a number that is surely not too long to be one
_NUMBERS = {int, float, Spelled}

_SAMPLE = date(2011, 12, 25)


def _not_at_once(_: Column) -> Column | None:
    return None


class Conversion(NamedTuple):
    """A function, and in words what it wants.

    ``at_once`` converts many values where each is plainly what is wanted, and gives just what ``convert`` would. It
    gives None where one needs a second look: perhaps it is empty, perhaps it is wrong.
    """

    convert: Callable[[Any], Any]
    wants: str
    at_once: Callable[[Column], Column | None] = _not_at_once


def text() -> Conversion:
    """Make any scalar a string; a number by its digits."""
    return Conversion(_text, "text")


def integer() -> Conversion:
    """Make a whole number, also of ``12.0``."""
    return Conversion(_integer, "a whole number, like 1200", _integers)


def decimal() -> Conversion:
    """Make a number. Thousands are not grouped, and the decimal sign is a point."""
    return Conversion(_decimal, "a number, like 1200.50", _decimals)


def boolean(true: Sequence[str] = TRUE, false: Sequence[str] = FALSE) -> Conversion:
    """Make true or false of the words that stand for them, in upper or lower case."""
    words = {str(word).strip().casefold(): True for word in true}
    words |= {str(word).strip().casefold(): False for word in false}
    if len(words) < len(true) + len(false):
        raise ConfigError("a word stands for both true and false, or stands twice")

    def convert(value: Any) -> bool:
        if isinstance(value, bool):
            return value
        return words[_text(value).casefold()]

    return Conversion(convert, f"true ({', '.join(map(str, true))}) or false ({', '.join(map(str, false))})")


def items(split: str = ",") -> Conversion:
    """Make a list of what stands between separators; items are trimmed, and empty ones left out."""

    def convert(value: Any) -> list[Any]:
        if isinstance(value, str):
            return [item for part in value.split(split) if (item := part.strip())]
        return value if isinstance(value, list) else [_text(value)]

    return Conversion(convert, f'a list, separated by "{split}"')


def calendar_date(form: str | None = None) -> Conversion:
    """Make an ISO date of a date of the form given (as of strptime); without one, of an ISO date or date and time.

    Raises ConfigError for a form that does not name day, month and year.
    """
    if form is not None:
        _check_form(form)
        example = _SAMPLE.strftime(form)
    else:
        example = _SAMPLE.isoformat()

    @lru_cache(maxsize=4_096)  # dates repeat, and strptime takes longer than all the rest of a record
    def read(value: str) -> str:
        read_at = datetime.fromisoformat(value) if form is None else datetime.strptime(value, form)  # noqa: DTZ007 - a calendar date has no zone
        return read_at.date().isoformat()

    def convert(value: Any) -> str:
        if isinstance(value, datetime):
            return value.date().isoformat()
        return value.isoformat() if isinstance(value, date) else read(_text(value))

    return Conversion(convert, f"a date, like {example}")


def _check_form(form: str) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of a day without a year, which is refused below
            kept = datetime.strptime(_SAMPLE.strftime(form), form).date()  # noqa: DTZ007 - as above
    except ValueError as error:
        raise ConfigError(f'format "{form}" is none: {error}') from None
    if kept != _SAMPLE:
        raise ConfigError(f'format "{form}" must name day, month and year, as in "%d-%m-%Y"')


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, int | float | Spelled):
        raise TypeError
    return str(value) if isinstance(value, int) else _spelled(value).as_text


def _integer(value: Any) -> int | Spelled:
    if isinstance(value, str):
        if not _WHOLE(value) or len(value) > _LONGEST:
            raise ValueError
        return whole(int(value.partition(".")[0]))
    if isinstance(value, bool) or not isinstance(value, int | float | Spelled):
        raise TypeError
    number = value if isinstance(value, int) else _spelled(value).whole
    if number is None:
        raise ValueError
    return whole(number)


def _integers(column: Column) -> Column | None:
    values = column.values
    if column.kinds == {int}:
        return column if min(values) >= SMALLEST and max(values) <= LARGEST else None
    if not column.is_text or max(map(len, values)) > _SHORT or not all(values):
        return None
    digits = "".join(values)
    return Column(list(map(int, values)), {int}) if digits.isascii() and digits.isdigit() else None


def _decimal(value: Any) -> int | float | Spelled:
    if isinstance(value, str):
        if not _DECIMAL(value):
            raise ValueError
        number = float(value)
        if not math.isfinite(number):
            raise ValueError
        return Spelled(value) if len(value) > _EXACT and _JSON_NUMBER(value) else number
    if isinstance(value, bool) or not isinstance(value, int | float | Spelled):
        raise TypeError
    return value


def _decimals(column: Column) -> Column | None:
    values = column.values
    if column.kinds <= _NUMBERS:
        return column
    if not column.is_text or max(map(len, values)) > _EXACT:
        return None
    lines = "\n".join(values) + "\n"
    well = _DECIMAL_LINES(lines) and lines.count("\n") == len(values)
    return Column(list(map(float, values)), {float}) if well else None


def _spelled(value: float | Spelled) -> Spelled:
    return value if isinstance(value, Spelled) else Spelled(repr(value))
