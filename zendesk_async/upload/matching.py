"""Join what Zendesk said of each user to the record it was said of. Pure.

Rules of this file, with their source (zendesk-api-facts 2.2 and 2.3):

- Results come in the order of the request; the n-th result is the n-th record's.
- A failed item's ``id`` is its index in the request, never a user.
- An item failed if its status is "Failed", or it has an ``error``, or ``success`` is false. One that says nothing of the
  kind was accepted if it names a status, an id or a success: the documented shapes have no "Created". One that says
  nothing at all is no verdict, and its record is sent again.
- A job's own status says nothing of its records: "completed" may hold failures, and "failed" may hold results.
- Without one result for each record, or with results that belong to other records, nothing is known of any: the batch
  is sent again, which an upsert permits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson

from zendesk_async.models import JobStatus, OutcomeKind, Record

__all__ = ["Match", "match"]

COLLISION = ("database collision", "databaseconflict")
"""Two writes met (zendesk-api-facts 1.6, 409); again, alone, it will pass."""


class Match(NamedTuple):
    """Verdicts of one job. ``kinds``, ``user_ids`` and ``failures`` go with ``records``; ``again`` has no verdict.

    ``failures`` maps the index in ``records`` to Zendesk's error and details. ``reason`` says why ``again`` is not
    empty.
    """

    records: list[Record]
    kinds: list[OutcomeKind]
    user_ids: list[int | None]
    failures: dict[int, tuple[str, str]]
    again: list[Record]
    reason: str


CREATED, UPDATED, FAILED = OutcomeKind.CREATED, OutcomeKind.UPDATED, OutcomeKind.FAILED


def match(records: Sequence[Record], job: JobStatus) -> Match:
    """Give each record its verdict, or say that it must be sent again."""
    results = job.results
    if results is None or len(results) != len(records) or _misplaced(records, results):
        return _unknown(records, job)
    verdicts = Match([], [], [], {}, [], "")
    for record, item in zip(records, results, strict=True):
        kind = _kind(item)
        if kind is None:
            verdicts.again.append(record)
            continue
        if kind is FAILED:
            verdicts.failures[len(verdicts.records)] = _words(item)
            verdicts.user_ids.append(None)
        else:
            verdicts.user_ids.append(_user_id(item))
        verdicts.kinds.append(kind)
        verdicts.records.append(record)
    return verdicts
