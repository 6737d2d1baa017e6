"""Why records did not make it: the same complaint counted once, with examples. Pure.

Two complaints are the same when they differ only in what varies from record to record: what stands in quotation marks,
e-mail addresses, numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

__all__ = ["Example", "Reason", "reasons_of"]

KINDS = 200  # different complaints that are kept apart
EXAMPLES = 3
REST = "other reasons"

_VARIES = re.compile(r'"[^"]*"|\'[^\']*\'|\S*@\S*|\d+')


class Example(NamedTuple):
    """One record with this complaint."""

    position: int
    details: str
    record: Any


class Reason(NamedTuple):
    """A complaint: how many records it befell, what it is called, what it says with … for what varies."""

    count: int
    outcome: str
    error: str
    details: str
    examples: list[Example]


def reasons_of(lines: Iterable[bytes]) -> list[Reason]:
    """Count the complaints in lines of ``rejects``; the most frequent first."""
    counts: dict[tuple[str, str, str], int] = {}
    examples: dict[tuple[str, str, str], list[Example]] = {}
    for line in lines:
        told = orjson.loads(line)
        key = (told["outcome"], told["error"], masked(told["details"]))
        if key not in counts and len(counts) >= KINDS:
            key = (told["outcome"], told["error"], REST)
        counts[key] = counts.get(key, 0) + 1
        some = examples.setdefault(key, [])
        if len(some) < EXAMPLES:
            some.append(Example(told["position"], told["details"], told["record"]))
    reasons = [Reason(number, *key, examples[key]) for key, number in counts.items()]
    return sorted(reasons, key=lambda reason: -reason.count)


def masked(details: str) -> str:
    """What a complaint says, with … for what varies from record to record."""
    return _VARIES.sub("…", details)
