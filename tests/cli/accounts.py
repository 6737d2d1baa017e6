"""Reports to be rendered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from zendesk_async.cli.reasons import Example, Reason
from zendesk_async.models import Counts, Report, Requests, RunStatus, WorkflowAction

ACTION = WorkflowAction(
    "Authorization error",
    ("Ask the account's owner whether bulk imports are enabled.", "Then go on."),
    "zendesk-async resume 20261124-023511-abcd",
)

REASON = Reason(
    480,
    "failed",
    "UserUpdateError",
    "Email: … is not properly formatted",
    [Example(41, "Email: x is not properly formatted", {"email": "x"})],
)

DONE = Report(
    run_id="20261124-023511-abcd",
    status=RunStatus.COMPLETED,
    destination="acme",
    input="audience.csv",
    records=Counts(read=12_345, created=100, updated=12_200, merged=45),
    requests=Requests(posts=124, polls=62, other=1),
    users_per_second=99.34,
    started_at="2026-11-24T02:35:11+00:00",
    finished_at="2026-11-24T02:37:14+00:00",
    duration_seconds=123.4,
)


def report(**changes: Any) -> Report:
    """A finished upload, changed as wanted."""
    return replace(DONE, **changes)
