"""What the account says, in Zendesk's words: bodies, envelopes and headers.

Bodies were seen in recordings of real accounts or stand in Zendesk's documentation, unless marked [INF]: there is no
public recording of those, and they are the likeliest reading. ``docs/mock.md`` lists all with how far to trust them.
"""

from __future__ import annotations

import time
from email.utils import formatdate
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = [
    "Answer",
    "fault_answer",
    "forbidden",
    "gone",
    "imports_off",
    "in_flight_header",
    "is_of_edge",
    "json_answer",
    "limited",
    "rate_headers",
    "too_many_jobs",
    "too_many_values",
    "unauthenticated",
    "unknown_endpoint",
    "zulu",
]


class Answer(NamedTuple):
    """One answer. The sender waits ``delay`` seconds first.

    ``lost``: send nothing, cut the connection. ``chunks``, when not None, is the body, to be sent bit by bit.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    delay: float = 0.0
    lost: bool = False
    chunks: Iterator[bytes] | None = None


_JSON = "application/json; charset=utf-8"
_TEXT = "text/plain; charset=utf-8"
_HTML = "text/html; charset=utf-8"
_EDGE = {"server": "cloudflare"}


def json_answer(status: int, body: Any, headers: dict[str, str] | None = None) -> Answer:
    """An answer of JSON; ``body`` may be JSON already."""
    encoded = body if isinstance(body, bytes) else orjson.dumps(body)
    return Answer(status, {"content-type": _JSON, **(headers or {})}, encoded)


def gone() -> Answer:
    """404 for a record that is not there."""
    return json_answer(404, {"error": "RecordNotFound", "description": "Not found"})


def unknown_endpoint() -> Answer:
    """404 for a path that means nothing."""
    return json_answer(404, {"error": "InvalidEndpoint", "description": "Not found"})


def unauthenticated() -> Answer:
    """401 for a wrong API token, and for nobody where somebody is wanted."""
    return json_answer(401, {"error": "Couldn't authenticate you"})


def forbidden() -> Answer:
    """403 for somebody who may not do this; the middle of the sentence is elided in the only source [INF]."""
    text = "You do not have access to this page. Please contact the account owner of this help desk for further help."
    return json_answer(403, {"error": {"title": "Forbidden", "message": text}})


def imports_off() -> Answer:
    """403 for an account without bulk imports: the status is documented, the body a third party's claim."""
    return json_answer(403, {"error": "Forbidden", "message": "Data imports are not enabled"})


def too_many_values(what: str) -> Answer:
    """400 for more than 100 of something."""
    return json_answer(400, {"error": "TooManyValues", "description": f"Maximum 100 {what} per call"})


def too_many_jobs(live: Sequence[str]) -> Answer:
    """429 with the jobs that hold the places. The body is documented; its status is not [INF]."""
    text = "Too many UserBulkUpdateJobV2 jobs are currently queued or running. Try again later."
    return json_answer(429, {"error": "TooManyJobs", "description": text, "current_job_ids": list(live)})


def in_flight_header(total: int, live: int) -> str:
    """The value of ``zendesk-ratelimit-inflight-jobs``."""
    return f"total={total}; remaining={max(0, total - live)}; resets=60"


def rate_headers(era: str, limit: int, remaining: int, resets: int) -> dict[str, str]:
    """The rate headers of an era, as recordings of 2023 and 2024 have them; of none, none."""
    if era == "none":
        return {}
    prefix = "rate-limit" if era == "2023" else "ratelimit"
    return {
        "x-rate-limit": str(limit),
        "x-rate-limit-remaining": str(remaining),
        f"{prefix}-limit" if era == "2024" else prefix: str(limit),
        f"{prefix}-remaining": str(remaining),
        f"{prefix}-reset": str(resets),
    }


def limited(style: str, retry_after: float) -> Answer:
    """429 in one of the three styles seen; that of the edge has neither Retry-After nor rate headers."""
    if style == "edge":
        return Answer(429, {"content-type": _TEXT, **_EDGE}, b"error code: 1015")
    after = {"retry-after": f"{retry_after:g}"}
    if style == "json":
        text = "Number of allowed API requests per minute exceeded"
        return json_answer(429, {"error": "APIRateLimitExceeded", "description": text}, after)
    return Answer(429, {"content-type": _TEXT, **after}, b"Number of allowed API requests per minute exceeded")


def _html(status: int, title: str) -> Answer:
    page = f"<html><head><title>{status} {title}</title></head><body><h1>{status} {title}</h1></body></html>"
    return Answer(status, {"content-type": _HTML, **_EDGE}, page.encode())


def _text(status: int, text: str) -> Answer:
    return Answer(status, {"content-type": _TEXT}, text.encode())


_INVALID = {"title": "Invalid attribute", "message": "You passed an invalid value for the users attribute."}

_FAULTY: dict[str, Answer] = {
    "400": json_answer(400, {"error": _INVALID}),
    "401": unauthenticated(),
    "403": forbidden(),
    "403-imports": imports_off(),
    "409": json_answer(409, {"error": "DatabaseConflict", "description": "Database collision"}),
    "500": json_answer(500, {"error": "InternalServerError"}),
    "500-text": _text(500, "Internal Server Error"),
    "502": _html(502, "Bad Gateway"),
    "503": json_answer(503, {"error": "ServiceUnavailable"}),
    "503-bare": _html(503, "Service Unavailable"),
    "504": _html(504, "Gateway Time-out"),
    "too-many-jobs": too_many_jobs(["14b1939441cb2e96d0c0835ede22ce03"]),
}


def fault_answer(kind: str, wall: float, retry_after: float) -> Answer | None:
    """The answer that a fault gives instead of the true one; None for faults that do not answer."""
    if kind.startswith("429"):
        return limited({"429": "text", "429-json": "json", "429-edge": "edge"}[kind], retry_after)
    name = kind.removesuffix("-decimal").removesuffix("-date")
    answer = _FAULTY.get(name)
    if answer is None or name != "503":
        return answer
    after = {"503": f"{retry_after:.0f}", "503-decimal": f"{retry_after:.2f}"}.get(kind)
    date = formatdate(wall + retry_after, usegmt=True)
    return answer._replace(headers={**answer.headers, "retry-after": after or date})


def is_of_edge(answer: Answer) -> bool:
    """Whether an answer comes from what stands before Zendesk: it bears none of Zendesk's own headers."""
    return "server" in answer.headers


def zulu(wall: float) -> str:
    """A moment as Zendesk writes it: ``2023-09-18T23:26:25Z``."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(wall))
