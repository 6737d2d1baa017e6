"""The answers that an upload waits for most often, read with as few objects as they need. Pure.

A job of a hundred users says a hundred times nearly the same. Where all it says is that each was created or updated,
msgspec reads just that, and checks it on the way; the objects that the answer is made of come into being if somebody
asks. Anything else (a failure, a form of answer that is not known) is left to ``wire``, which is tolerant.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from zendesk_async.models import JobResults, JobStatus

__all__ = ["Accepted", "read_job", "read_jobs"]


class Accepted(msgspec.Struct, gc=False):
    """A user who was created or updated (zendesk-api-facts 2.2). No ``error`` and no ``success`` is said of him."""

    id: int
    status: Literal["Created", "Updated"]
    external_id: str | msgspec.UnsetType = msgspec.UNSET
    error: msgspec.UnsetType | None = msgspec.UNSET
    success: msgspec.UnsetType | None = msgspec.UNSET


class _Job(msgspec.Struct, gc=False):
    id: str
    status: str
    total: int | None = None
    progress: int | None = None
    message: str | None = None
    results: msgspec.Raw = msgspec.Raw(b"null")


class _Many(msgspec.Struct):
    job_statuses: list[_Job]


class _One(msgspec.Struct):
    job_status: _Job


_many: Callable[[bytes], _Many] = msgspec.json.Decoder(_Many).decode
_one: Callable[[bytes], _One] = msgspec.json.Decoder(_One).decode
_accepted: Callable[[bytes], list[Accepted]] = msgspec.json.Decoder(list[Accepted]).decode


def read_jobs(body: bytes) -> list[JobStatus] | None:
    """Read ``{"job_statuses": […]}``; None where it takes more tolerance."""
    try:
        return list(map(_status, _many(body).job_statuses))
    except ValueError:
        return None


def read_job(body: bytes) -> JobStatus | None:
    """Read ``{"job_status": {…}}``; None where it takes more tolerance."""
    try:
        return _status(_one(body).job_status)
    except ValueError:
        return None


def _status(job: _Job) -> JobStatus:
    """Raises ValueError."""
    if not job.id or not job.status:
        raise ValueError("a job without a name, or without a status")
    told = bytes(job.results)
    results = None if told == b"null" else JobResults(told, _accepted(told))
    return JobStatus(job.id, job.status, job.total, job.progress, job.message or None, results)
