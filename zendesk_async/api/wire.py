"""JSON and headers to values, and back. Pure: no network, no clock.

Rules of this file:

- Zendesk's bodies are read tolerantly: an error may be JSON in any of four envelopes, plain text or HTML, whatever
  the status says (zendesk-api-facts 1.6, 3.4, 3.6). Only a body that claims success must be what it claims.
- No URL is ever taken from a body: jobs are asked for by id on our own base URL.
- TooManyJobs is recognised by its name, because its HTTP status is not documented.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

import orjson

from zendesk_async.errors import ApiError, NotFound, RateLimited, Refused, ServerError, TooManyJobs
from zendesk_async.models import JobStatus

__all__ = [
    "Budget",
    "access_token",
    "budget",
    "free_job_slots",
    "job_status",
    "job_statuses",
    "next_cursor",
    "problem",
    "retry_after",
    "user_id",
    "users_body",
]

Headers = Mapping[str, str]

_EXCERPT = 300  # characters of an unexpected body that a message may quote


def users_body(bodies: Iterable[bytes]) -> bytes:
    """Join user objects, each already JSON, into the body of ``create_or_update_many``."""
    return b'{"users":[' + b",".join(bodies) + b"]}"


def job_status(body: bytes) -> JobStatus:
    """Read ``{"job_status": {…}}``.

    Raises ServerError when the body is anything else: a proxy's page with status 200 is no acceptance.
    """
    return _job(_member(body, "job_status", dict))


def job_statuses(body: bytes) -> list[JobStatus]:
    """Read ``{"job_statuses": […]}``. Raises ServerError when the body is anything else."""
    return [_job(item) for item in _member(body, "job_statuses", list)]


def next_cursor(body: bytes) -> str | None:
    """The cursor of the next page of a list, None on the last one."""
    meta = _json(body).get("meta")
    if not isinstance(meta, dict) or not meta.get("has_more"):
        return None
    cursor = meta.get("after_cursor")
    return cursor if isinstance(cursor, str) else None


def access_token(body: bytes, default_life: float) -> tuple[str, float]:
    """Read the answer of ``/oauth/tokens``: the token, "" when there is none, and its life in seconds."""
    value = _json(body)
    life = value.get("expires_in")
    return _text(value.get("access_token")), float(life) if isinstance(life, int | float) and life > 0 else default_life


def user_id(body: bytes) -> int | None:
    """The id in ``{"user": {…}}``; None for the anonymous user, whose id is null or absent."""
    user = _json(body).get("user")
    found = user.get("id") if isinstance(user, dict) else None
    return found if isinstance(found, int) else None


def _json(body: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}


def _member(body: bytes, key: str, kind: type) -> Any:
    value = _json(body).get(key)
    if isinstance(value, kind):
        return value
    raise ServerError(f"Zendesk's answer holds no {key}: {_excerpt(body)}", status=200)


def _job(item: Any) -> JobStatus:
    if not isinstance(item, dict) or not item.get("id"):
        raise ServerError("Zendesk's answer holds a job without an id", status=200)
    results = item.get("results")
    return JobStatus(
        id=str(item["id"]),
        status=str(item.get("status") or "queued"),
        total=item.get("total"),
        progress=item.get("progress"),
        message=item.get("message"),
        results=results if isinstance(results, list) else None,
    )


# -- errors ------------------------------------------------------------------------------------------------------


def problem(status: int, headers: Headers, body: bytes) -> ApiError:
    """Turn an answer that is not success into the error that says what may be done about it."""
    title, message = _describe(body)
    kind = _kind(status, title)
    words = f"{title}: {message}" if title and message else title or message or "no explanation given"
    return kind(
        f"HTTP {status}, {words}",
        status=status,
        title=title,
        retry_after=retry_after(headers),
        request_id=headers.get("x-request-id", ""),
    )


def _kind(status: int, title: str) -> type[ApiError]:
    if title == "TooManyJobs":
        return TooManyJobs
    if status == 429:
        return RateLimited
    if status in {408, 409, 425} or status >= 500:
        return ServerError
    if status == 404:
        return NotFound
    if status in {400, 413, 422}:
        return Refused
    return ApiError


def _describe(body: bytes) -> tuple[str, str]:
    """Title and message from any of Zendesk's four envelopes, or from text."""
    value = _json(body)
    error = value.get("error")
    if isinstance(error, dict):
        return _text(error.get("title")), _text(error.get("message"))
    if isinstance(error, str):
        return error, _text(value.get("description") or value.get("message")) + _details(value.get("details"))
    errors = value.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        return _text(errors[0].get("code")), _text(errors[0].get("title") or errors[0].get("detail"))
    return "", _excerpt(body)


def _details(details: Any) -> str:
    return f" {orjson.dumps(details).decode()}" if details else ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _excerpt(body: bytes) -> str:
    return " ".join(body[: 4 * _EXCERPT].decode("utf-8", "replace").split())[:_EXCERPT]


# -- headers -----------------------------------------------------------------------------------------------------


def retry_after(headers: Headers) -> float | None:
    """Seconds to wait as Retry-After says: whole, decimal or an HTTP date. None when absent or not understood.

    A date is held against the answer's own Date header, so that our clock may be wrong.
    """
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        return _until(value, headers.get("date"))
    return seconds if 0 <= seconds < 86_400 else None


def _until(value: str, answered: str | None) -> float | None:
    try:
        when = parsedate_to_datetime(value)
        now = parsedate_to_datetime(answered) if answered else datetime.now(UTC)
        return min(86_400.0, max(0.0, (when - now).total_seconds()))
    except (TypeError, ValueError):
        return None


class Budget(NamedTuple):
    """The account's requests per minute, as an answer's headers tell: ``reset`` is seconds, None when not told."""

    limit: int
    remaining: int
    reset: float | None


_ERAS: Sequence[tuple[str, str, str]] = (
    ("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"),
    ("rate-limit", "rate-limit-remaining", "rate-limit-reset"),
    ("x-rate-limit", "x-rate-limit-remaining", ""),
)
"""Header names by era, newest first (zendesk-api-facts 3.5)."""


def budget(headers: Headers) -> Budget | None:
    """Read the account's request budget, whichever era the headers are of."""
    for limit, remaining, reset in _ERAS:
        if limit in headers:
            try:
                told = headers.get(reset) if reset else None
                return Budget(int(headers[limit]), int(headers[remaining]), float(told) if told else None)
            except (KeyError, ValueError):
                continue
    return None


def free_job_slots(headers: Headers) -> int | None:
    """Read how many more jobs the account may have (``zendesk-ratelimit-inflight-jobs: total=30; remaining=29; …``)."""
    told = headers.get("zendesk-ratelimit-inflight-jobs")
    if told is None:
        return None
    for part in told.split(";"):
        name, _, value = part.strip().partition("=")
        if name == "remaining" and value.isdigit():
            return int(value)
    return None
