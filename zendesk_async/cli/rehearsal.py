"""``upload --dry-run``: read, check and shape every record; touch no network and no journal."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from zendesk_async.cli.numbers import count, counted, duration, per_second
from zendesk_async.cli.reasons import Example, Reason, Reasons
from zendesk_async.cli.render import input_name
from zendesk_async.models import Record, Rejection
from zendesk_async.state.lines import original_json

if TYPE_CHECKING:
    from zendesk_async.audience import Intake, Source
    from zendesk_async.config.values import Limits
    from zendesk_async.state.sent import Sent

__all__ = ["Rehearsal", "rehearse", "words"]

LOOKED_INTO = 1_000  # records whose user fields are gathered
SHOWN = 5  # reasons in the summary


@dataclass(slots=True)
class Rehearsal:
    """What an upload would do.

    ``nameless`` records can update a user, but not create one. ``unchanged`` is None when nobody compared. ``fields``
    are the user fields that the first records name.
    """

    input: str
    destination: str
    limits: Limits
    read: int = 0
    sent: int = 0
    unchanged: int | None = None
    nameless: int = 0
    fields: set[str] = field(default_factory=set)
    reasons: Reasons = field(default_factory=Reasons)

    def take(self, item: Record | Rejection) -> None:
        """Count a record."""
        self.read += 1
        if isinstance(item, Rejection):
            record = orjson.loads(original_json(item.original))
            self.reasons.add("rejected", item.error, Example(item.position, item.details, record))
            return
        self.sent += 1
        if self.sent <= LOOKED_INTO:
            self.fields.update(orjson.loads(item.body).get("user_fields") or ())

    @property
    def rejected(self) -> int:
        """Records that would not be sent."""
        return self.read - self.sent - (self.unchanged or 0)

    @property
    def requests(self) -> int:
        """Requests that the sending would take, at least."""
        return math.ceil(self.sent / self.limits.users_per_request)

    @property
    def seconds(self) -> float:
        """How long the sending would take, when nothing is in its way."""
        return self.sent / self.limits.rate

    def to_dict(self) -> dict[str, Any]:
        """What ``--dry-run --json`` prints."""
        return {
            "dry_run": True,
            "input": self.input,
            "destination": self.destination or None,
            "records": {
                "read": self.read,
                "sent": self.sent,
                "unchanged": self.unchanged,
                "rejected": self.rejected,
                "nameless": self.nameless,
            },
            "requests": self.requests,
            "users_per_second": None if math.isinf(self.limits.rate) else self.limits.rate,
            "duration_seconds": round(self.seconds, 3),
            "reasons": [_reason(reason) for reason in self.reasons.ranked()],
        }


def _reason(reason: Reason) -> dict[str, Any]:
    examples = [example._asdict() for example in reason.examples]
    return {"count": reason.number, "error": reason.error, "details": reason.details, "examples": examples}


async def rehearse(
    rehearsal: Rehearsal,
    source: Source,
    intake_for: Callable[..., Intake],
    limit: int | None,
    *,
    sent: Sent | None = None,
) -> None:
    """Read the whole input and count; with ``sent``, leave out what has not changed. Raises InputError as the
    upload.
    """
    rehearsal.unchanged = None if sent is None else 0
    await source.open()
    intake = intake_for(tabular=source.tabular)
    if source.columns is not None:
        intake.check_columns(source.columns)
    async with aclosing(source.chunks()) as chunks:
        async for chunk in chunks:
            left = len(chunk.raws) if limit is None else limit - rehearsal.read
            shaped = intake.shape(chunk if left >= len(chunk.raws) else chunk.part(range(left)))
            for item in shaped if sent is None else _changed(rehearsal, shaped, sent):
                rehearsal.take(item)
            rehearsal.nameless = intake.nameless
            if limit is not None and rehearsal.read >= limit:
                return


def _changed(rehearsal: Rehearsal, shaped: list[Record | Rejection], sent: Sent) -> list[Record | Rejection]:
    """Count what users have already, and return the rest. Repeats within the input are compared with last time
    alone.
    """
    told = iter(sent.unchanged([item for item in shaped if isinstance(item, Record)]))
    rest = [item for item in shaped if isinstance(item, Rejection) or next(told) is None]
    same = len(shaped) - len(rest)
    rehearsal.read += same
    rehearsal.unchanged = (rehearsal.unchanged or 0) + same
    return rest


def words(rehearsal: Rehearsal, *, nothing: str = "Nothing was sent: this was a dry run") -> str:
    """What a person reads of it."""
    sent = rehearsal.sent
    to = f" to {rehearsal.destination}" if rehearsal.destination else ""
    lines = [
        f"{nothing} of {input_name(rehearsal.input)}{to}.",
        "",
        f"  {counted(rehearsal.read, 'record')} read",
        f"  {count(sent)} would be sent, in {counted(rehearsal.requests, 'request')}{_pace(rehearsal)}",
    ]
    if rehearsal.unchanged is not None:
        lines.append(f"  {count(rehearsal.unchanged)} are unchanged, and would be left out")
    if rehearsal.nameless:
        lines.append(f"  {count(rehearsal.nameless)} of them have no name: they update users, but create none")
    lines.append(f"  {count(rehearsal.rejected)} would be rejected" + (":" if rehearsal.rejected else ""))
    for reason in rehearsal.reasons.ranked()[:SHOWN]:
        lines += ["", f"  {counted(reason.number, 'record')}: {reason.error}"]
        lines += [f"    record {example.position}: {example.details}" for example in reason.examples]
    return "\n".join(lines) + "\n"


def _pace(rehearsal: Rehearsal) -> str:
    if math.isinf(rehearsal.limits.rate) or not rehearsal.sent:
        return ""
    return f": about {duration(rehearsal.seconds)} at {per_second(rehearsal.limits.rate)} users/s"
