"""Find the value of a column, or of several put together. Pure.

A fill takes a record and gives the value for one attribute; ``ABSENT`` leaves the attribute out, None (JSON's null)
clears it at Zendesk.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from zendesk_async.audience.conversion import FAILURES, Conversion, text
from zendesk_async.audience.invalid import Invalid
from zendesk_async.errors import ConfigError

__all__ = ["ABSENT", "Absent", "Fill", "composed", "constant", "converted", "copied", "look_up", "parts_of", "shown"]


class Absent:
    """There is no value."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()

Fill = Callable[[Mapping[str, Any]], Any]

TEXT = text()

_SHOWN = 80
_PART = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


def look_up(column: str) -> Fill:
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


def constant(value: Any) -> Fill:
    """Give the same value to every record."""
    return lambda _: value


def copied(column: str, default: Any = ABSENT) -> Fill:
    """Take a value as it is; ``default`` stands in for what is absent, empty or null."""
    value_of = look_up(column)
    if default is ABSENT:
        return value_of

    def fill(record: Mapping[str, Any]) -> Any:
        value = value_of(record)
        return default if value is ABSENT or value is None or value == "" else value

    return fill


def converted(column: str, conversion: Conversion, default: Any = ABSENT) -> Fill:
    """Take a column through a conversion; ``default`` stands in for what is absent, empty or null.

    The fill raises Invalid, which names the column, when the value cannot be converted.
    """
    value_of, (convert, wants) = look_up(column), conversion

    def fill(record: Mapping[str, Any]) -> Any:
        value = value_of(record)
        if type(value) is str:
            value = value.strip()
        if value is None and default is ABSENT:
            return None
        if value is ABSENT or value is None or value == "":
            return default
        try:
            return convert(value)
        except FAILURES:
            raise Invalid("InvalidValue", f'column "{column}": {shown(value)} is not {wants}') from None

    return fill


def composed(pattern: str) -> Fill:
    """Put columns together, as in "{First Name} {Last Name}". Raises ConfigError when the braces do not match.

    Where a part is empty, the spaces around it become one; where all are, there is no value.
    """
    literals, columns = _parsed(pattern)
    form = "%s".join(literal.replace("%", "%%") for literal in literals)
    sources = [(column, look_up(column)) for column in columns]

    def fill(record: Mapping[str, Any]) -> Any:
        parts = tuple([_part(column, value_of(record)) for column, value_of in sources])
        if not any(parts):
            return ABSENT
        whole: str = form % parts
        return whole.strip() if all(parts) else " ".join(whole.split())

    return fill


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
        return str(TEXT.convert(value))
    except FAILURES:
        raise Invalid("InvalidValue", f'column "{column}": {shown(value)} is not {TEXT.wants}') from None


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
