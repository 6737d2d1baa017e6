"""What can go wrong, grouped by what it means for the person who asked.

ZendeskAsyncError
├── UsageError                nothing was sent; correct the call and start again (exit status 2)
│   ├── ConfigError           zendesk.toml, environment, options
│   ├── InputError            the input cannot be read, or does not fit the template
│   └── JournalError          another input under this run, a run in use, an unknown run
├── NeedsAction               a person must act; the upload can be resumed (exit status 3)
│   ├── AuthorizationError    403
│   └── InvalidCredentials    401, or an anonymous answer
├── Stopped                   stopped before the end; the upload can be resumed (exit status 4)
│   ├── Unreachable           Zendesk did not answer within our patience
│   └── TooManyFailed         --max-failed reached
└── ApiError                  one answer from Zendesk, or its absence
    ├── RateLimited           429: wait, then again
    ├── TooManyJobs           the account's job slots are taken: back-pressure, no attempt spent
    ├── ServerError           5xx and 409: again, later
    ├── ConnectionLost        no answer: perhaps processed, perhaps not; sending again is safe (upsert)
    ├── Refused               400, 413, 422: this very request will never be accepted
    └── NotFound              404

What Zendesk says of a single record is no exception: it is an outcome, a value.

``retriable`` is an attribute of the class: may the same request be made again, unchanged?
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from zendesk_async.models import WorkflowAction

__all__ = [
    "ApiError",
    "AuthorizationError",
    "ConfigError",
    "ConnectionLost",
    "InputError",
    "InvalidCredentials",
    "JournalError",
    "NeedsAction",
    "NotFound",
    "RateLimited",
    "Refused",
    "ServerError",
    "Stopped",
    "TooManyFailed",
    "TooManyJobs",
    "Unreachable",
    "UsageError",
    "ZendeskAsyncError",
]


class ZendeskAsyncError(Exception):
    """The root of everything this package raises on purpose."""


class UsageError(ZendeskAsyncError):
    """Nothing was sent: the call, the configuration or the input must be corrected first."""


class ConfigError(UsageError):
    """``zendesk.toml``, the environment or an option does not make sense."""


class InputError(UsageError):
    """The input cannot be read, or its columns do not fit the template."""


class JournalError(UsageError):
    """The journal belongs to another input, is in use by another process, or is not there."""


class NeedsAction(ZendeskAsyncError):
    """Zendesk turned us away: a person must act, then the upload can be resumed."""

    def __init__(self, message: str, action: WorkflowAction) -> None:
        super().__init__(message)
        self.action = action


class AuthorizationError(NeedsAction):
    """403: known, but not allowed (permission, scope, IP list, data imports not enabled)."""


class InvalidCredentials(NeedsAction):
    """401, or 200 with an anonymous user: Zendesk does not know us."""


class Stopped(ZendeskAsyncError):
    """The upload ended before its input did; it can be resumed."""


class Unreachable(Stopped):
    """Zendesk did not answer usefully within the patience configured."""


class TooManyFailed(Stopped):
    """More records were rejected or failed than ``max_failed`` permits."""


class ApiError(ZendeskAsyncError):
    """One answer from Zendesk that is not success, or no answer at all.

    ``status`` is the HTTP status (0 when there was no answer), ``title`` Zendesk's own error name,
    ``request_id`` what Zendesk Support asks for.
    """

    retriable: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        title: str = "",
        retry_after: float | None = None,
        request_id: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.title = title
        self.retry_after = retry_after
        self.request_id = request_id


class RateLimited(ApiError):
    """429: ``retry_after`` is Zendesk's floor in seconds, None when it named none."""

    retriable = True


class TooManyJobs(ApiError):
    """The account has as many jobs queued or running as it may (30, shared with other integrations)."""

    retriable = True


class ServerError(ApiError):
    """5xx, or 409 "Database collision": temporary by Zendesk's own documentation."""

    retriable = True


class ConnectionLost(ApiError):
    """No answer came. The request may have been processed; the call is an upsert, so repeating is safe.

    ``sent`` is False when not a byte of the request's body left, so that it surely was not processed.
    """

    retriable = True

    def __init__(self, message: str, *, sent: bool = True) -> None:
        super().__init__(message)
        self.sent = sent


class Refused(ApiError):
    """400, 413 or 422 for the request as a whole: it will be refused again however often it is sent."""


class NotFound(ApiError):
    """404: a job that Zendesk no longer keeps, or a subdomain that does not exist."""
