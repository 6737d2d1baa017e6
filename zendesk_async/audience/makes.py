"""Make the value of an attribute out of those of its columns. Pure.

A make takes the values of its columns, in order, and gives the attribute's; ``ABSENT`` stands for a column that a
record does not have, and for an attribute that is left out. None (JSON's null) clears the attribute at Zendesk.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from zendesk_async.audience.column import ABSENT, TEXT, Column
from zendesk_async.audience.conversion import FAILURES, Conversion, text
from zendesk_async.audience.invalid import Invalid
from zendesk_async.errors import ConfigError

__all__ = [
    "Composed",
    "Converted",
    "Make",
    "as_it_is",
    "constant",
    "copied",
    "look_up",
    "parts_of",
    "shown",
    "trimmed",
]

Make = Callable[..., Any]

_AS_TEXT = text()

_SHOWN = 80
_PART = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


def look_up(column: str) -> Callable[[Mapping[str, Any]], Any]:
    """Look a column up. With dots in its name, one of that very name, else the key within an object within..."""
    path = column.split(".")

    def direct(record: Mapping[str, Any]) -> Any:
        return record.get(column, ABSENT)

    def nested(record: Mapping[str, Any]) -> Any:
        found: Any = record.get(column, ABSENT)
        if found is not ABSENT:
            return found
        found = record
        for key in path:
            found = found.get(key, ABSENT) if isinstance(found, Mapping) else ABSENT
        return found

    return direct if len(path) == 1 else nested


def as_it_is(value: Any) -> Any:
    """Take a value as it is."""
    return value


def trimmed(value: Any) -> Any:
    """Take the text of a cell; an empty one is nothing."""
    return value.strip() or ABSENT if isinstance(value, str) else ABSENT


def constant(value: Any) -> Make:
    """Give the same value to every record. It needs no column."""
    return lambda: value


def copied(default: Any = ABSENT) -> Make:
    """Take a value as it is; ``default`` stands in for what is absent, empty or null."""
    if default is ABSENT:
        return as_it_is

    def make(value: Any) -> Any:
        return default if value is ABSENT or value is None or value == "" else value

    return make


class Converted:
    """Take a value through a conversion; ``default`` stands in for what is absent, empty or null.

    The make raises Invalid, which names the column, when the value cannot be converted.
    """

    def __init__(self, column: str, conversion: Conversion, default: Any = ABSENT) -> None:
        self._column = column
        self._convert = conversion.convert
        self._wants = conversion.wants
        self._default = default
        self.at_once = conversion.at_once
        """Make a whole column; None where one value needs a second look."""

    def __call__(self, value: Any) -> Any:
        """Convert one value."""
        if type(value) is str:
            value = value.strip()
        if value is None and self._default is ABSENT:
            return None
        if value is ABSENT or value is None or value == "":
            return self._default
        try:
            return self._convert(value)
        except FAILURES:
            told = f'column "{self._column}": {shown(value)} is not {self._wants}'
            raise Invalid("InvalidValue", told) from None


class Composed:
    """Put columns together, as in "{First Name} {Last Name}". Raises ConfigError when the braces do not match.

    Where a part is empty, the spaces around it become one; where all are, there is no value.
    """

    def __init__(self, pattern: str) -> None:
        literals, self._columns = _parsed(pattern)
        self._form = "%s".join(literal.replace("%", "%%") for literal in literals)
        start, *between, end = literals if self._columns else [*literals, ""]
        self._open = start[:1].isspace() or end[-1:].isspace()
        joints = set(between)
        self._joint = joints.pop() if not start and not end and len(joints) == 1 else None

    def __call__(self, *values: Any) -> Any:
        """Put the values of one record together."""
        parts = tuple(map(_part, self._columns, values))
        if not any(parts):
            return ABSENT
        whole = self._form % parts
        return whole.strip() if all(parts) else " ".join(whole.split())

    def at_once(self, *columns: Column) -> Column | None:
        """Put whole columns together; None where a part is empty, or no text."""
        if not all(column.is_text for column in columns):
            return None
        parts = [[value.strip() for value in column.values] for column in columns]
        if not all(map(all, parts)):
            return None
        put_together = self._form.__mod__ if self._joint is None else self._joint.join
        made = list(map(put_together, zip(*parts, strict=True)))
        return Column([whole.strip() for whole in made] if self._open else made, TEXT)


def parts_of(pattern: str) -> list[str]:
    """The columns that a composition needs. Raises ConfigError when the braces do not match."""
    return _parsed(pattern)[1]


def shown(value: object) -> str:
    """A value for a message: not too long, and in quotation marks when it is text."""
    told = f'"{value}"' if isinstance(value, str) else str(value)
    return told if len(told) <= _SHOWN else f"{told[:_SHOWN]}…"


def _part(column: str, value: Any) -> str:
    if type(value) is str:
        return value.strip()
    if value is None or value is ABSENT:
        return ""
    try:
        return str(_AS_TEXT.convert(value))
    except FAILURES:
        raise Invalid("InvalidValue", f'column "{column}": {shown(value)} is not {_AS_TEXT.wants}') from None


def _parsed(pattern: str) -> tuple[list[str], list[str]]:
    """Split a composition into literals and columns; there is one literal more."""
    literals, columns = [""], []
    end = 0
    for part in _PART.finditer(pattern):
        literals[-1] += pattern[end : part.start()]
        end = part.end()
        if part[0] in {"{{", "}}"}:
            literals[-1] += part[0][0]
        elif part[1]:
            columns.append(part[1].strip())
            literals.append("")
        else:
            raise ConfigError(f'"{pattern}": name a column between braces, as in "{{First Name}} {{Last Name}}"')
    literals[-1] += pattern[end:]
    return literals, columns
