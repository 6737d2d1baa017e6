"""One trial: a contender, an audience, a mock of its own; and the figures that come of it."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.contenders.registry import Contender, Order
from benchmarks.environments import cache
from benchmarks.mock import Mock
from benchmarks.process import Usage, run

__all__ = ["Failed", "Trial", "figures", "free_space", "pace_figures", "scratch", "size_of", "trial"]

NEVER_SENT = ("merged", "unchanged", "rejected")
ACCEPTABLE = {0, 1}  # 1: some records were refused, as some trials want it


class Failed(Exception):
    """A contender did not do what it was asked. The text says how."""


class Trial(NamedTuple):
    """What was used, what the mock saw of it, and what the contender itself says. ``state`` is in bytes."""

    records: int
    usage: Usage
    stats: dict[str, Any]
    mock_cpu: float
    answer: dict[str, Any]
    state: int

    @property
    def sent(self) -> int:
        """How many users had to be sent: the records without those that the contender says needed no sending."""
        said = self.answer.get("records", {})
        return self.records - sum(int(said.get(kind, 0)) for kind in NEVER_SENT)


def trial(contender: Contender, records: int, mock_options: Mapping[str, Any], **order: Any) -> Trial:
    """Let a contender upload an audience to a fresh mock. ``order`` is the rest of its ``Order``.

    Raises Failed when it breaks off, or when not every record arrived.
    """
    with scratch() as place, Mock(mock_options) as mock:
        before = mock.stats()
        command = contender.command(Order(mock.url, scratch=place, **order))
        usage = run(command.words, env=command.env, cwd=place, piped=order["input"] if order.get("piped") else None)
        stats = mock.stats()
        done = Trial(
            records,
            usage,
            stats,
            stats["cpu_seconds"] - before["cpu_seconds"],
            _answer(usage),
            size_of(place / "state"),
        )
    _check(contender, done)
    return done


def figures(done: Trial) -> dict[str, float]:
    """What every trial is measured by."""
    usage, stats = done.usage, done.stats
    millions = done.records / 1e6
    return {
        "users_per_second": done.records / usage.seconds,
        "sending_per_second": done.records / (usage.ended - stats["first_post"]),
        "cpu_per_million": usage.cpu / millions,
        "peak_memory": usage.peak_memory / 1e6,
        "mock_share": 100 * done.mock_cpu / (usage.ended - stats["first_post"]),
        "mock_per_million": done.mock_cpu / millions,
        "polls_per_batch": stats["polls"] / max(1, stats["posts"]),
    }


def pace_figures(done: Trial, rate: float, job_seconds: float) -> dict[str, float]:
    """How well a trial kept to a rate.

    Users that had to be sent again count once. The last batch belongs to the second that it opens, so it counts not.
    """
    stats, usage, limited = done.stats, done.usage, done.stats["limited"]
    batch = stats["users_received"] / stats["posts"]
    users = min(done.sent, stats["users_received"])
    span = stats["last_post"] - stats["first_post"]
    return {
        "share_of_rate": 100 * (users - batch) / span / rate if span else 0.0,
        "limited": limited["rate"] + limited["rpm"] + limited["jobs"],
        "worst_second": stats["worst_second_arriving"],
        "polls_per_batch": stats["polls"] / stats["posts"],
        "start_to_post": stats["first_post"] - usage.started,
        "post_to_exit": usage.ended - stats["last_post"] - job_seconds,
        "faults": sum(stats["faults"].values()),
        "sent_again": stats["users_received"] - users,
        "posts": stats["posts"],
        "seconds": usage.seconds,
    }


@contextmanager
def scratch() -> Iterator[Path]:
    """Give an empty folder on the disk that the suite is on, and none in memory: journals cost what a disk costs."""
    place = cache() / "scratch"
    place.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place) as folder:
        yield Path(folder)


def size_of(folder: Path) -> int:
    """The bytes of all files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def free_space() -> int:
    """How many bytes the disk has left."""
    return shutil.disk_usage(cache()).free


def _answer(usage: Usage) -> dict[str, Any]:
    if usage.status not in ACCEPTABLE:
        raise Failed(f"it ended with status {usage.status}: {_last_line(usage.errors)}")
    try:
        answer = json.loads(usage.output)
    except ValueError:
        raise Failed(f"it printed no JSON: {_last_line(usage.output or usage.errors)}") from None
    return answer if isinstance(answer, dict) else {}


def _check(contender: Contender, done: Trial) -> None:
    stats = done.stats
    over = sum(stats[f"records_{kind}"] for kind in ("created", "updated", "failed"))
    arrived = over if contender.follows else stats["users_accepted"]
    if arrived < done.sent:
        raise Failed(f"of {done.sent:,} users {arrived:,} arrived")


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "(nothing was said)"
