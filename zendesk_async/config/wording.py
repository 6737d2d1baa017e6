"""What messages about names have in common."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["did_you_mean", "listed"]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Give the nearest right name as a sentence that begins with a space, or nothing when none is near."""
    by_fold = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.casefold(), by_fold, n=1)
    return f' Did you mean "{by_fold[near[0]]}"?' if near else ""


def listed(names: Iterable[str]) -> str:
    """Give names in their order, set off by commas; "none" when there are none."""
    return ", ".join(names) or "none"
