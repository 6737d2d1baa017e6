"""What is asked of Zendesk, and what it answers. Pure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from zendesk_async.models import Requests

__all__ = ["Answer", "ByTurns", "Request"]


class Answer(NamedTuple):
    """What Zendesk answered. Header names compare ignoring case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Request(NamedTuple):
    """What to ask, and how to account for it.

    ``kind`` is "posts", "polls" or "other". ``users`` is how many users it carries. ``sending`` is called with True
    when the request is about to leave, and with False when that attempt failed and another will be made; an attempt
    that failed before anything could leave is not told of. ``in_doubt`` is awaited before another attempt when the
    failed one may have been processed all the same.
    """

    method: str
    path: str
    kind: str
    tally: Requests
    body: bytes | None = None
    users: int = 0
    sending: Callable[[bool], None] = lambda _: None
    in_doubt: Callable[[], Awaitable[object]] | None = None
    patience: float | None = None

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.path.partition('?')[0]} of {self.users} users>"


class ByTurns:
    """Pass on what ``Request.sending`` is to hear: only what changes. ``leaving`` is what it heard last."""

    def __init__(self, tell: Callable[[bool], None]) -> None:
        self._tell = tell
        self.leaving = False

    def __call__(self, leaving: bool) -> None:  # noqa: FBT001 - the shape of Request.sending
        """Say that an attempt leaves, or that it failed."""
        if leaving is not self.leaving:
            self.leaving = leaving
            self._tell(leaving)
