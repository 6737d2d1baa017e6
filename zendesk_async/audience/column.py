"""One value of each of many records: a column of the input, or what became of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress
from typing import Any, Final, TypeAlias

import msgspec

__all__ = ["ABSENT", "TEXT", "Absent", "Column", "of_json"]

Absent: TypeAlias = msgspec.UnsetType

ABSENT: Final = msgspec.UNSET
"""There is no value. msgspec's own word for it, so that neither reading nor writing has to translate."""

TEXT: Final = frozenset({str})
"""The kinds of a column of nothing but text."""


class Column:
    """Values, one for each record.

    To look at every value is what costs, so whoever makes a column says what is known of it: ``kinds``, types beside
    which there are none. Without a word, one looks.
    """

    __slots__ = ("_kinds", "values")

    def __init__(self, values: Sequence[Any], kinds: Iterable[type] | None = None) -> None:
        self.values = values
        self._kinds = None if kinds is None else frozenset(kinds)

    def __repr__(self) -> str:
        return f"<Column of {len(self.values)}>"

    @property
    def kinds(self) -> frozenset[type]:
        """The types of the values, and perhaps types of which there is no value."""
        if self._kinds is None:
            self._kinds = frozenset(map(type, self.values))
        return self._kinds

    @property
    def is_text(self) -> bool:
        """Whether all values are known to be text."""
        return self.kinds == TEXT

    @property
    def is_absent(self) -> bool:
        """Whether nobody has a value."""
        return self.values.count(ABSENT) == len(self.values)

    def kept(self, there: Sequence[bool]) -> Column:
        """The values of those who are there."""
        return Column(list(compress(self.values, there)), self._kinds)


def of_json(values: Sequence[Any]) -> Column:
    """Make a column of what was read from JSON: text is told by joining it, in a third of the time."""
    try:
        "".join(values)
    except TypeError:
        return Column(values)
    return Column(values, TEXT)
