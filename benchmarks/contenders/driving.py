"""What every driver shares: the arguments it is started with, reading the input, and its last line.

A driver runs in its contender's own environment, so this imports the standard library, and orjson where it is there:
reading should cost every contender the same, and as little as it can.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

try:
    import orjson
except ImportError:
    loads: Callable[[bytes], Any] = json.loads
else:
    loads = orjson.loads

__all__ = ["EMAIL", "OAUTH_TOKEN", "OVER", "SIZE", "TOKEN", "Seen", "Task", "batches", "finish", "job_limit", "task"]

EMAIL, TOKEN = "admin@example.com", "mock-token"
OAUTH_TOKEN = "mock-oauth-token"
SIZE = 100
OVER = frozenset({"completed", "failed", "killed"})

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Task:
    """What a contender is asked to do. ``poll`` is in seconds; ``rate`` in users per second, 0 for no limit."""

    base_url: str
    input: Path
    jobs: int
    poll: float
    rate: float


@dataclass(slots=True)
class Seen:
    """What became of the records, as far as the contender can tell. ``failed`` is None where it cannot."""

    read: int = 0
    accepted: int = 0
    failed: int | None = 0

    def count(self, results: Iterable[Mapping[str, Any]]) -> None:
        """Count the results of one job: those that say Failed, and the rest."""
        for result in results:
            if result.get("status") == "Failed":
                self.failed = (self.failed or 0) + 1
            else:
                self.accepted += 1


def task(arguments: list[str] | None = None) -> Task:
    """Read the command line that the suite starts a driver with."""
    parser = argparse.ArgumentParser(description="One contender of the benchmarks; the suite starts it.")
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--input", type=Path, required=True)
    parser.add_argument("--jobs", type=int, default=25)
    parser.add_argument("--poll", type=float, default=0.05)
    parser.add_argument("--rate", type=float, default=0.0)
    return Task(**vars(parser.parse_args(arguments)))


def batches(task: Task, seen: Seen) -> Iterator[list[Record]]:
    """Read the input a batch at a time."""
    with task.input.open("rb", buffering=1 << 20) as lines:
        while batch := [loads(line) for line in islice(lines, SIZE)]:
            seen.read += len(batch)
            yield batch


def job_limit(task: Task, most: int) -> int:
    """Say how many jobs to have in flight, where a contender cannot make use of all that it may have."""
    return max(1, min(task.jobs, most))


def finish(seen: Seen) -> None:
    """Print what became of the records: the last thing that a driver does."""
    json.dump({"read": seen.read, "accepted": seen.accepted, "failed": seen.failed}, sys.stdout)
    sys.stdout.write("\n")
