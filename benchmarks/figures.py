"""What is measured: the name, unit and direction of each figure, and how repeated measurements become one.

Pure. A figure's name stands in the JSON; everything that is shown of it, in a table or a plot, comes from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

__all__ = ["FIGURES", "Figure", "Spread", "overlap", "quotients", "shown", "spread", "spread_shown"]


class Figure(NamedTuple):
    """How a figure is shown. ``better`` is "more", "less", or "" where neither is."""

    label: str
    unit: str
    digits: int
    better: str


FIGURES: dict[str, Figure] = {
    "users_per_second": Figure("Throughput", "users/s", 0, "more"),
    "sending_per_second": Figure("From first POST to exit", "users/s", 0, "more"),
    "records_per_second": Figure("Throughput", "records/s", 0, "more"),
    "cpu_per_million": Figure("CPU", "s per million users", 1, "less"),
    "cpu_seconds": Figure("CPU", "s", 2, "less"),
    "peak_memory": Figure("Peak memory", "MB", 0, "less"),
    "mock_share": Figure("Mock's CPU", "% of a core", 0, ""),
    "mock_per_million": Figure("Mock's CPU", "s per million users", 1, ""),
    "floor_ratio": Figure("Of the floor's throughput", "", 2, "more"),
    "cpu_ratio": Figure("Of the floor's CPU", "", 2, "less"),
    "ahead": Figure("zendesk-async is faster", "times", 1, "more"),
    "ahead_cpu": Figure("CPU, of zendesk-async's", "times", 1, "more"),
    "share_of_rate": Figure("Of the permitted rate", "%", 2, "more"),
    "limited": Figure("429s provoked", "", 0, "less"),
    "worst_second": Figure("Worst sliding second", "users", 0, "less"),
    "polls_per_batch": Figure("Polls per batch", "", 2, "less"),
    "start_to_post": Figure("Start to first POST", "s", 2, "less"),
    "post_to_exit": Figure("Last job's end to exit", "s", 2, "less"),
    "faults": Figure("Faults", "", 0, ""),
    "sent_again": Figure("Users sent again", "", 0, ""),
    "seconds": Figure("Took", "s", 2, "less"),
    "posts": Figure("POSTs", "", 0, "less"),
    "accepted": Figure("Arrived", "users", 0, "more"),
    "refused": Figure("Refused by the account", "records", 0, ""),
    "told": Figure("of which told", "records", 0, "more"),
    "memory_ratio": Figure("Peak memory, of another", "", 2, "less"),
    "pace_ratio": Figure("Throughput, of another", "", 2, "more"),
    "journal_size": Figure("Journal", "MB", 1, "less"),
    "journal_per_record": Figure("Journal", "bytes per record", 0, "less"),
    "sent_size": Figure("Sent-state", "bytes per user", 0, "less"),
    "milliseconds": Figure("Took", "ms", 0, "less"),
    "instructions_per_record": Figure("Instructions", "thousand per record", 1, "less"),
    "floor_instructions": Figure("Of the floor's instructions", "", 2, "less"),
    "instructions_to_start": Figure("To start and end", "billion instructions", 2, "less"),
    "cost": Figure("Cost", "% of the throughput", 1, "less"),
}
"""Every figure, by the name that it has in the JSON."""


class Spread(NamedTuple):
    """Repeated measurements: the middle one, the least and the most."""

    median: float
    low: float
    high: float
    rounds: int


def spread(samples: Sequence[float]) -> Spread:
    """Summarise measurements, of which there is at least one."""
    return Spread(median(samples), min(samples), max(samples), len(samples))


def quotients(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Compare round by round, so that what disturbed a whole round cancels out; rounds without a divisor fall away."""
    return [mine / other for mine, other in zip(ours, theirs, strict=False) if other]


def overlap(first: Spread, second: Spread) -> bool:
    """Whether two measurements could be one: their ranges meet."""
    return first.low <= second.high and second.low <= first.high


def shown(name: str, value: float) -> str:
    """A value as a table has it, without its unit: "98,123"."""
    return f"{value:,.{FIGURES[name].digits}f}"


def spread_shown(name: str, samples: Sequence[float]) -> str:
    """The middle value, and the range where there is one: "98,123 (95,004…99,870)"."""
    middle, low, high, rounds = spread(samples)
    least, most = shown(name, low), shown(name, high)
    if rounds == 1 or least == most:
        return shown(name, middle)
    return f"{shown(name, middle)} ({least}…{most})"
