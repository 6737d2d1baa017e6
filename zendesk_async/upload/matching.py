"""Join what Zendesk said of each user to the record it was said of. Pure.

Rules of this file, with their source (zendesk-api-facts 2.2 and 2.3):

- Results come in the order of the request; the n-th result is the n-th record's.
- A failed item's ``id`` is its index in the request, never a user.
- An item failed if its status is "Failed", or it has an ``error``, or ``success`` is false.
- A job's own status says nothing of its records: "completed" may hold failures, and "failed" may hold results.
- Without one result for each record, or with results that belong to other records, nothing is known of any: the batch
  is sent again, which an upsert permits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from zendesk_async.models import JobStatus, OutcomeKind, Record

__all__ = ["Match", "match"]

COLLISION = "collision"  # "Database collision": two writes met (zendesk-api-facts 1.6, 409); again, alone, it will pass


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


_ACCEPTED = {"Created": OutcomeKind.CREATED, "Updated": OutcomeKind.UPDATED}


def match(records: Sequence[Record], job: JobStatus) -> Match:
    """Give each record its verdict, or say that it must be sent again."""
    results = job.results
    if results is None or len(results) != len(records):
        return _unknown(records, job)
    verdicts = Match([], [], [], {}, [], "")
    for record, item in zip(records, results, strict=True):
        kind = _ACCEPTED.get(item.get("status", ""))
        if kind is None or "error" in item:
            kind = _read(item)
        if not _same_user(record, item):
            return _unknown(records, job)
        if kind is OutcomeKind.FAILED and COLLISION in str(item.get("details", "")).lower():
            verdicts.again.append(record)
            continue
        verdicts.kinds.append(kind)
        verdicts.user_ids.append(None if kind is OutcomeKind.FAILED else item.get("id"))
        if kind is OutcomeKind.FAILED:
            verdicts.failures[len(verdicts.records)] = _words(item)
        verdicts.records.append(record)
    return verdicts._replace(reason="Zendesk reported a database collision" if verdicts.again else "")


def _read(item: dict[str, Any]) -> OutcomeKind:
    """Classify an item that is not plainly Created or Updated."""
    failed = item.get("status") == "Failed" or "error" in item or item.get("success") is False
    return OutcomeKind.FAILED if failed else OutcomeKind.UPDATED


def _same_user(record: Record, item: dict[str, Any]) -> bool:
    """Whether a result can be this record's. An e-mail proves nothing: Zendesk answers with the primary one (facts
    1.3).
    """
    told = item.get("external_id")
    first = record.keys[0]
    return not isinstance(told, str) or first[0] != "x" or first[2:] == told.lower()


def _words(item: dict[str, Any]) -> tuple[str, str]:
    return str(item.get("error") or "Failed"), str(item.get("details") or item.get("message") or "")


def _unknown(records: Sequence[Record], job: JobStatus) -> Match:
    found = (
        "no results" if job.results is None else f"{len(job.results)} results that do not match {len(records)} records"
    )
    said = f": {job.message}" if job.message else ""
    return Match([], [], [], {}, list(records), f"job {job.id} ended as {job.status} with {found}{said}")
