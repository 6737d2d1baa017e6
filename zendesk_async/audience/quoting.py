"""Numbers in JSON lines where Zendesk wants strings, put in quotation marks where they stand. Pure.

Warehouses have numeric ids. To write such a line anew would cost ten times as much as all the rest, and could change
other numbers in it. A line is changed in place where it is certain what stands where: the attribute's name comes once,
a whole number of no more than 18 digits follows it, and nothing is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from zendesk_async.audience.attributes import ATTRIBUTES, Kind
from zendesk_async.audience.spelled import Spelled

__all__ = ["Quoted", "Quoting", "in_place"]

_NAMES = [name for name, attribute in ATTRIBUTES.items() if attribute.kind is Kind.TEXT and name != "email"]
_NUMBER = {name: re.compile(rb'"%b"\s*:\s*(0|-?[1-9][0-9]{0,17})(?=\s*[,}])' % name.encode()).search for name in _NAMES}
_KEY = {name: b'"%b"' % name.encode() for name in _NAMES}


class Quoted(NamedTuple):
    """Lines, and for each attribute what was put in quotation marks; None where nothing was.

    Whoever reads the lines must see whether it is the attribute's value, and not that of a custom field of its name.
    """

    lines: Sequence[bytes]
    texts: dict[str, list[str | None]]

    def mistaken(self, column: Callable[[str], Sequence[Any]]) -> set[int]:
        """Which lines say something else now than was meant: ``column`` has what is read of an attribute."""
        return {
            index
            for name, texts in self.texts.items()
            for index, (text, value) in enumerate(zip(texts, column(name), strict=True))
            if text is not None and text != value
        }


class Quoting:
    """The attributes of one upload that were numbers so far."""

    def __init__(self) -> None:
        self._numeric: set[str] = set()

    def __repr__(self) -> str:
        return f"<Quoting {', '.join(sorted(self._numeric)) or 'nothing'}>"

    def learn(self, line: bytes) -> None:
        """Look at a line that was not taken: perhaps it was for a number."""
        try:
            given = orjson.loads(line)
        except orjson.JSONDecodeError:
            return
        if isinstance(given, dict):
            self._numeric |= {name for name in _NAMES if type(given.get(name)) is int}

    def apply(self, lines: Sequence[bytes]) -> Quoted:
        """Put the numbers of those attributes in quotation marks."""
        texts: dict[str, list[str | None]] = {}
        for name in self._numeric:
            quoted = [_quoted(line, name) for line in lines]
            lines, texts[name] = [line for line, _ in quoted], [text for _, text in quoted]
        return Quoted(lines, texts)


def in_place(line: bytes, given: Mapping[str, Any], user: Mapping[str, Any]) -> bytes | None:
    """The line with its numbers as strings; None where a user differs from what was given by more than that."""
    if given.keys() != user.keys():
        return None
    for name, value in user.items():
        if value is given[name]:
            continue
        if name not in _NUMBER or not isinstance(given[name], int | Spelled):
            return None
        line, text = _quoted(line, name)
        if text != value:
            return None
    return line


def _quoted(line: bytes, name: str) -> tuple[bytes, str | None]:
    found = _NUMBER[name](line)
    if found is None or line.count(_KEY[name]) != 1 or b"\\" in line:
        return line, None
    start, end = found.span(1)
    return b'%b"%b"%b' % (line[:start], found[1], line[end:]), found[1].decode()
