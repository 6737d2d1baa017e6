"""What was made of texts that come again and again: categories, dates, small numbers. Pure."""

from __future__ import annotations

from typing import Any

from zendesk_async.audience.column import Column

__all__ = ["MOST", "Remembered"]

MOST = 1_000
"""Different texts of a column, and what has more is no category."""


class Remembered:
    """What was made of the texts of one column, for one target, and found to be well."""

    def __init__(self) -> None:
        self._made: dict[Any, Any] | None = {}
        self._kinds: frozenset[type] = frozenset()

    def __repr__(self) -> str:
        return f"<Remembered {'no more' if self._made is None else len(self._made)}>"

    def recall(self, column: Column) -> Column | None:
        """What becomes of a column all of whose values are remembered; None of any other."""
        if not self._made:
            return None
        try:
            return Column(list(map(self._made.__getitem__, column.values)), self._kinds)
        except (KeyError, TypeError):  # not all of it, or it cannot be
            return None

    def learn(self, column: Column, made: Column) -> None:
        """Remember what became of a column of texts, unless there are too many different ones."""
        if self._made is None or not column.is_text:
            return
        self._made.update(zip(column.values, made.values, strict=True))
        self._kinds |= made.kinds
        if len(self._made) > MOST:
            self._made = None
