"""JSON and headers to values, and back. Pure: no network, no clock.

Rules of this file:

- Zendesk's bodies are read tolerantly: an error may be JSON in any of four envelopes, plain text or HTML, whatever
  the status says (zendesk-api-facts 1.6, 3.4, 3.6). Only a body that claims success must be what it claims.
- No URL is ever taken from a body: jobs are asked for by id on our own base URL.
- TooManyJobs is recognised by its name, because its HTTP status is not documented.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

import orjson

from zendesk_async.api.jobs import read_job, read_jobs
from zendesk_async.errors import ApiError, NotFound, RateLimited, Refused, ServerError, TooManyJobs
from zendesk_async.models import JobStatus

__all__ = [
    "Budget",
    "access_token",
    "budget",
    "field_keys",
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
_DAY = 86_400.0
_TITLE = re.compile(rb"<title>(.*?)</title>", re.IGNORECASE | re.DOTALL)


def users_body(bodies: Iterable[bytes]) -> bytes:
    """Join user objects, each already JSON, into the body of ``create_or_update_many``."""
    return b'{"users":[' + b",".join(bodies) + b"]}"


def job_status(body: bytes) -> JobStatus:
    """Read ``{"job_status": {…}}``.

    Raises ServerError when the body is anything else: a proxy's page with status 200 is no acceptance.
    """
    return read_job(body) or _job(_member(body, "job_status", dict))


def job_statuses(body: bytes) -> list[JobStatus]:
    """Read ``{"job_statuses": […]}``. Raises ServerError when the body is anything else."""
    jobs = read_jobs(body)
    return [_job(item) for item in _member(body, "job_statuses", list)] if jobs is None else jobs


def next_cursor(body: bytes) -> str | None:
    """The cursor of the next page of a list, None on the last one."""
    meta = _json(body).get("meta")
    if not isinstance(meta, dict) or not meta.get("has_more"):
        return None
    return _text(meta.get("after_cursor")) or None


def field_keys(body: bytes) -> list[str]:
    """The keys of the active fields in ``{"user_fields": […]}``. Raises ServerError when the body is anything else."""
    fields = _member(body, "user_fields", list)
    active = [field for field in fields if isinstance(field, dict) and field.get("active", True)]
    return [key for field in active if (key := _text(field.get("key")))]


def access_token(body: bytes, default_life: float) -> tuple[str, float]:
    """Read the answer of ``/oauth/tokens``: the token, "" when there is none, and its life in seconds."""
    value = _json(body)
    life = value.get("expires_in")
    return _text(value.get("access_token")), float(life) if isinstance(life, int | float) and life > 0 else default_life


def user_id(body: bytes) -> int | None:
    """The id in ``{"user": {…}}``; None for the anonymous user, whose id is null or absent.

    Raises ServerError when the body is anything else: a page that wants a log-in says nothing of our credentials.
    """
    return _count(_member(body, "user", dict).get("id"))


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
    return JobStatus(
        id=str(item["id"]),
        status=str(item.get("status") or "queued"),
        total=_count(item.get("total")),
        progress=_count(item.get("progress")),
        message=_text(item.get("message")) or None,
        results=_results(item.get("results")),
    )


def _results(value: Any) -> list[dict[str, Any]] | None:
    """One object for each user, or nothing at all: other jobs have ``{"success": true}`` here (facts 2.2)."""
    return value if isinstance(value, list) and all(isinstance(item, dict) for item in value) else None


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) else None


# -- errors ------------------------------------------------------------------------------------------------------


def problem(status: int, headers: Headers, body: bytes, now: float) -> ApiError:
    """Turn an answer that is not success into the error that says what may be done about it. ``now`` is Unix time."""
    title, message = _describe(body)
    if 300 <= status < 400:
        message = (
            f"redirected to {headers.get('location', 'nowhere').partition('?')[0]}, and redirects are not followed"
        )
    request_id = headers.get("x-request-id", "")
    return _kind(status, title)(
        f"HTTP {status}, {_sentence(title, message) or 'no explanation given'}{_for_support(status, request_id)}",
        status=status,
        title=title,
        retry_after=retry_after(headers, now),
        request_id=request_id,
    )


def _sentence(*parts: str) -> str:
    return ": ".join(part for part in parts if part)


def _for_support(status: int, request_id: str) -> str:
    """What Zendesk Support asks for after a fault on their side (facts 3.6)."""
    return f" (request {request_id})" if status >= 500 and request_id else ""


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
    """Title and message from any of Zendesk's four envelopes, from OAuth's, or from text."""
    value = _json(body)
    error, errors = value.get("error"), value.get("errors")
    found = ("", "")
    if isinstance(error, dict):
        found = _text(error.get("title")), _text(error.get("message"))
    elif isinstance(error, str):
        found = error, _explanation(value) + _details(value.get("details"))
    elif isinstance(errors, list) and errors and isinstance(errors[0], dict):
        found = _text(errors[0].get("code")), _sentence(_text(errors[0].get("title")), _text(errors[0].get("detail")))
    return found if any(found) else ("", _excerpt(body))


def _explanation(value: dict[str, Any]) -> str:
    return _text(value.get("description") or value.get("error_description") or value.get("message"))


def _details(details: Any) -> str:
    return f" {orjson.dumps(details).decode()}" if details else ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _excerpt(body: bytes) -> str:
    """The words of a page or a text, without what a terminal would obey."""
    title = _TITLE.search(body)
    text = (title[1] if title else body)[: 4 * _EXCERPT].decode("utf-8", "replace")
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:_EXCERPT]


# -- headers -----------------------------------------------------------------------------------------------------


def retry_after(headers: Headers, now: float) -> float | None:
    """Seconds to wait as Retry-After says: whole, decimal or an HTTP date. None when absent or not understood.

    A date is held against the answer's own Date header, so that our clock may be wrong; ``now``, Unix time, stands in
    for one that is missing. Never more than a day.
    """
    value = headers.get("retry-after", "").strip()
    seconds = _number(value)
    if seconds is None:
        until, since = _moment(value), _moment(headers.get("date", ""))
        seconds = None if until is None else max(0.0, until - (now if since is None else since))
    return None if seconds is None else min(_DAY, seconds)


def _number(text: str) -> float | None:
    """A number that can be waited for: not negative, and not the "nan" that Python's float would let pass."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number < math.inf else None


def _moment(text: str) -> float | None:
    try:
        when = parsedate_to_datetime(text)
        return when.replace(tzinfo=when.tzinfo or UTC).timestamp()
    except (TypeError, ValueError, OverflowError):
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
                return Budget(int(headers[limit]), int(headers[remaining]), _number(headers.get(reset, "")))
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
        if name == "remaining" and value.isdecimal():
            return int(value)
    return None
