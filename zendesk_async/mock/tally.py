"""What the account has seen: counted as it happens, so that what a client claims can be checked against it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from zendesk_async.mock.limits import SlidingSecond
from zendesk_async.mock.users import clean_email

if TYPE_CHECKING:
    from zendesk_async.mock.settings import RequestKind

__all__ = ["Claims", "Tally", "identities"]

User = dict[str, Any]


def identities(users: list[User]) -> tuple[frozenset[str], int]:
    """The identity keys of a batch, and how many of its records share a key with an earlier one of the same batch.

    Two records are the same user if they share the external id ignoring case, or the e-mail ignoring case and
    surrounding space.
    """
    externals = ["x:" + word.lower() for user in users if (word := user.get("external_id"))]
    emails = ["e:" + clean_email(word) for user in users if (word := user.get("email"))]
    keys = frozenset(externals + emails)
    return keys, 0 if len(keys) == len(externals) + len(emails) else _repeated(users)


def _repeated(users: list[User]) -> int:
    seen: set[str] = set()
    again = 0
    for user in users:
        keys, _ = identities([user])
        again += not seen.isdisjoint(keys)
        seen |= keys
    return again


class Claims:
    """The identities in the jobs that are alive."""

    def __init__(self) -> None:
        self._held: dict[str, int] = {}

    def take(self, keys: frozenset[str]) -> int:
        """Hold the keys of a new job; how many of them another job holds already."""
        held = self._held
        taken = held.keys() & keys
        for key in taken:
            held[key] += 1
        held.update(dict.fromkeys(keys - taken, 1))
        return len(taken)

    def release(self, keys: frozenset[str]) -> None:
        """Let the keys of a job that is over go."""
        held = self._held
        for key in keys:
            if held[key] == 1:
                del held[key]
            else:
                held[key] -= 1


@dataclass(slots=True)
class Tally:
    """Counts since the start, or since the last reset. ``arriving``: every upsert; ``accepted``: those with a job."""

    arriving: SlidingSecond = field(default_factory=SlidingSecond)
    accepted: SlidingSecond = field(default_factory=SlidingSecond)
    requests: Counter[RequestKind] = field(default_factory=Counter)
    limited: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    results: Counter[str] = field(default_factory=Counter)
    users_received: int = 0
    users_accepted: int = 0
    jobs: int = 0
    clashes: int = 0
    duplicates: int = 0
    first_post: float | None = None
    last_post: float | None = None
    first_accepted: float | None = None
    last_accepted: float | None = None
    last_batch: int = 0

    def arrive(self, now: float, users: int) -> None:
        """Count an upsert of so many users, whatever becomes of it."""
        self.arriving.add(now, users)
        self.users_received += users
        self.first_post = now if self.first_post is None else min(self.first_post, now)
        self.last_post = now if self.last_post is None else max(self.last_post, now)

    def accept(self, now: float, users: int) -> None:
        """Count an upsert that made a job."""
        self.accepted.add(now, users)
        self.users_accepted += users
        self.jobs += 1
        self.first_accepted = now if self.first_accepted is None else min(self.first_accepted, now)
        if self.last_accepted is None or now >= self.last_accepted:
            self.last_accepted, self.last_batch = now, users

    def users_per_second(self) -> float:
        """The accepted rate from the first job to the last, whose own users are the next second's."""
        if self.first_accepted is None or self.last_accepted is None or self.last_accepted <= self.first_accepted:
            return 0.0
        return (self.users_accepted - self.last_batch) / (self.last_accepted - self.first_accepted)

    def summary(self) -> dict[str, Any]:
        """All of it, as the statistics have it."""
        return {
            "worst_second_arriving": self.arriving.worst,
            "worst_second_accepted": self.accepted.worst,
            "users_received": self.users_received,
            "users_accepted": self.users_accepted,
            "users_per_second": round(self.users_per_second(), 3),
            "records_created": self.results["created"],
            "records_updated": self.results["updated"],
            "records_failed": self.results["failed"],
            "posts": self.requests["post"],
            "polls": self.requests["poll"],
            "other": self.requests["other"],
            "statuses": {str(status): count for status, count in sorted(self.statuses.items())},
            "limited": {kind: self.limited[kind] for kind in ("rate", "rpm", "jobs", "fault")},
            "jobs": self.jobs,
            "users_in_two_live_jobs": self.clashes,
            "duplicates_in_batch": self.duplicates,
            "first_post": self.first_post,
            "last_post": self.last_post,
        }
