"""Small value objects that say how to work. Frozen, keyword-only, and checked when they are made."""

from __future__ import annotations

import math
from dataclasses import dataclass

from zendesk_async.errors import ConfigError

__all__ = ["MAX_BATCH", "UNLIMITED", "Limits", "Patience"]

MAX_BATCH = 100
"""Users in one request, at most. Source: create_or_update_many, developer.zendesk.com."""

UNLIMITED = math.inf
"""A rate that never waits: for a mock, never for an account of Zendesk's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much may be asked of Zendesk at once.

    rate        users per second, in every sliding second; default 100; ``UNLIMITED`` only makes sense against a mock
    batch_size  users per request, 1 to 100; default 100. Lowered to what fits ``rate`` evenly: ``users_per_request``
    jobs        jobs in flight, default 25: the account has 30, and other integrations use them too.
                Memory: about ``3 * jobs * batch_size`` records, plus what the reader holds
    slack       seconds added to the sliding second, default 0.008: how much the network may delay one request more
                than the next before Zendesk sees more than ``rate``. 0.025 to 0.055 for a path that jitters that much
    share       of the account's requests per minute that is left to others, default 0.25
    """

    rate: float = 100.0
    batch_size: int = MAX_BATCH
    jobs: int = 25
    slack: float = 0.008
    share: float = 0.25

    def __post_init__(self) -> None:
        _check(self.rate >= 1, f"rate must be 1 user per second or more, not {self.rate:g}")
        _check(1 <= self.batch_size <= MAX_BATCH, f"batch size must be from 1 to {MAX_BATCH}, not {self.batch_size}")
        _check(self.jobs >= 1, f"jobs must be 1 or more, not {self.jobs}")
        _check(0 <= self.slack <= 1, f"slack must be from 0 to 1 second, not {self.slack:g}")
        _check(0 <= self.share < 1, f"share must be from 0 to less than 1, not {self.share:g}")

    @property
    def users_per_request(self) -> int:
        """The largest batch that lets whole batches fill the rate.

        A sliding second holds ``floor(rate / batch)`` batches: at 150 users per second, batches of 100 would
        reach 100 and batches of 75 reach 150.
        """
        if self.rate >= self.batch_size * 1_000:
            return self.batch_size
        batches = math.ceil(self.rate / self.batch_size)
        return max(1, math.floor(self.rate / batches))


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to go on when things go wrong.

    requests  seconds that one request may be retried (connection lost, 5xx, 429) before the upload stops, resumable;
              default 900
    attempts  how often a batch is sent whose job failed, was killed or was lost by Zendesk; default 5
    timeout   seconds to wait for one answer; default 60
    job       seconds a job may stay unfinished before it is asked for no more and its batch is sent again;
              default 3600 (Zendesk's older documentation keeps a job's status for one hour)
    linger    seconds that a record may wait for its batch to fill when the input is slow; default 1
    """

    requests: float = 900.0
    attempts: int = 5
    timeout: float = 60.0
    job: float = 3_600.0
    linger: float = 1.0

    def __post_init__(self) -> None:
        _check(self.requests >= 0, f"patience must not be negative, not {self.requests:g}")
        _check(self.attempts >= 1, f"attempts must be 1 or more, not {self.attempts}")
        for name in ("timeout", "job", "linger"):
            _check(getattr(self, name) > 0, f"{name} must be more than 0 seconds, not {getattr(self, name):g}")


def _check(holds: bool, message: str) -> None:  # noqa: FBT001 - it reads as an assertion
    if not holds:
        raise ConfigError(message)
