"""Why records did not make it: the same complaint counted once, with examples. Pure.

Two complaints are the same when they differ only in what varies from record to record: what stands in quotation marks,
e-mail addresses, numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

__all__ = ["Example", "Reason", "Reasons", "masked", "reasons_of"]

KINDS = 200  # different complaints that are kept apart
EXAMPLES = 3
REST = "other reasons"

_VARIES = re.compile(r'"[^"]*"|(?<!\w)\'[^\']*\'(?!\w)|[^\s@]+@[^\s@]+|\d+')
_WHERE = re.compile(r"^line \d+: ")


class Example(NamedTuple):
    """One record with this complaint. ``record`` is JSON, or anything that JSON can say."""

    position: int
    details: str
    record: Any


class Reason(NamedTuple):
    """A complaint: how many records it befell, what it is called, what it says with … for what varies."""

    number: int
    outcome: str
    error: str
    details: str
    examples: list[Example]


class Reasons:
    """Counts complaints; memory does not grow with their number."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str, str], int] = {}
        self._examples: dict[tuple[str, str, str], list[Example]] = {}

    def add(self, outcome: str, error: str, example: Example) -> None:
        """Count a complaint."""
        key = (outcome, error, masked(example.details))
        if key not in self._counts and len(self._counts) >= KINDS:
            key = (outcome, error, REST)
        self._counts[key] = self._counts.get(key, 0) + 1
        some = self._examples.setdefault(key, [])
        if len(some) < EXAMPLES:
            some.append(example)

    def ranked(self) -> list[Reason]:
        """The complaints, the most frequent first."""
        reasons = [Reason(number, *key, self._examples[key]) for key, number in self._counts.items()]
        return sorted(reasons, key=lambda reason: -reason.number)


def reasons_of(lines: Iterable[bytes]) -> list[Reason]:
    """Count the complaints in lines of ``rejects``; the most frequent first."""
    reasons = Reasons()
    for line in lines:
        told = orjson.loads(line)
        reasons.add(told["outcome"], told["error"], Example(told["position"], told["details"], told["record"]))
    return reasons.ranked()


def masked(details: str) -> str:
    """What a complaint says, with … for what varies from record to record."""
    return _VARIES.sub("…", _WHERE.sub("", details))
