"""What messages have in common."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["did_you_mean", "listed", "words_for"]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Give the nearest right name as a sentence that begins with a space, or nothing when none is near."""
    by_fold = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.casefold(), by_fold, n=1)
    return f' Did you mean "{by_fold[near[0]]}"?' if near else ""


def listed(names: Iterable[str]) -> str:
    """Give names in their order, set off by commas; "none" when there are none."""
    return ", ".join(names) or "none"


def words_for(value: object) -> str:
    """Give a value as text, whatever it holds. Never fails."""
    try:
        return str(value)
    except (ValueError, RecursionError):  # somewhere in it is a whole number of more digits than Python writes
        return f"<{type(value).__name__}>"
