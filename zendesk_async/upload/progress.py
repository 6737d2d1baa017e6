"""Where an upload stands, as a value that a display can show."""

from __future__ import annotations

from dataclasses import dataclass, field

from zendesk_async.models import Counts

__all__ = ["Progress"]


@dataclass(frozen=True, slots=True)
class Progress:
    """A snapshot.

    elapsed       seconds since this process began the upload
    in_flight     jobs that Zendesk has accepted and not ended
    held          records that wait for an earlier one of their user
    waiting_for   what the next batch waits for: "rate", "jobs", "requests per minute", "Retry-After", or "" for nothing
    pause_left    seconds until a pause that Zendesk asked for ends
    fraction      how much of the input has been read, 0 to 1; None when its size is not known
    """

    records: Counts = field(default_factory=Counts)
    elapsed: float = 0.0
    in_flight: int = 0
    held: int = 0
    waiting_for: str = ""
    pause_left: float = 0.0
    fraction: float | None = None

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the input has been read, at the pace so far; None when that cannot be told."""
        if not self.fraction or self.elapsed <= 0:
            return None
        return self.elapsed * (1 - self.fraction) / self.fraction
