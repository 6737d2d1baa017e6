"""Runs of the past, as journals in a state directory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from tests.zendesk import record, user
from zendesk_async.models import OutcomeKind, Rejection, RunStatus, WorkflowAction
from zendesk_async.state import Journal, RunInfo, RunStore
from zendesk_async.upload.settling import Settled

UPDATED, FAILED, REJECTED = OutcomeKind.UPDATED, OutcomeKind.FAILED, OutcomeKind.REJECTED


def begun(state: Path, run_id: str, **changes: Any) -> Journal:
    """A run that has begun: its journal, open."""
    values: dict[str, Any] = {
        "run_id": run_id,
        "destination": "acme",
        "base_url": "http://127.0.0.1:9",
        "input": "audience.ndjson",
        "format": "ndjson",
        "fingerprint": "file:1",
        "intake_digest": "none",
        "started_at": "2026-11-24T02:35:11+00:00",
        "options": {"input": "/data/audience.ndjson"},
    }
    return RunStore(state).create(RunInfo(**values | changes))


def settle(journal: Journal, updated: int = 2, failed: int = 1, rejected: int = 1) -> None:
    """Settle some records: those that Zendesk accepted first, then those it did not, then those that were not sent."""
    sent = [record(position) for position in range(updated + failed)]
    refused = [
        Rejection(updated + failed + at, "InvalidEmail", f"line {at}: no e-mail", orjson.dumps(user(at)))
        for at in range(rejected)
    ]
    kinds = [UPDATED] * updated + [FAILED] * failed + [REJECTED] * rejected
    words = dict.fromkeys(range(updated, updated + failed), ("UserUpdateError", "Email: is not properly formatted"))
    words |= {updated + failed + at: (each.error, each.details) for at, each in enumerate(refused)}
    ids = [*range(1_000, 1_000 + updated), *[None] * (failed + rejected)]
    journal.settled(None, Settled([*sent, *refused], kinds, ids, words, {}), read=len(kinds))


def past(
    state: Path,
    run_id: str = "r-1",
    status: RunStatus = RunStatus.COMPLETED_WITH_FAILURES,
    action: WorkflowAction | None = None,
    **changes: Any,
) -> None:
    """A run that has ended: two updated, one failed, one rejected."""
    journal = begun(state, run_id, **changes)
    settle(journal)
    journal.finish(status, "2026-11-24T02:37:14+00:00", action)
    journal.close()
