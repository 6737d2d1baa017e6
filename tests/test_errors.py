from __future__ import annotations

import inspect
import re

import pytest

from zendesk_async import errors
from zendesk_async.errors import (
    ApiError,
    ConnectionLost,
    NeedsAction,
    NotFound,
    RateLimited,
    Refused,
    ServerError,
    Stopped,
    TooManyJobs,
    UsageError,
    ZendeskAsyncError,
)
from zendesk_async.models import WorkflowAction

CLASSES = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == errors.__name__]


def test_the_drawing_of_the_tree_is_the_tree() -> None:
    """The module's docstring shows every class under its parent."""
    drawn: list[tuple[int, str]] = [
        (match.start(1) // 4, match[1])
        for line in (errors.__doc__ or "").splitlines()
        if (match := re.match(r"^[├└│─ ]*(\w+)", line)) and match[1] in errors.__all__
    ]
    parents: dict[int, str] = {}
    for depth, name in drawn:
        parents[depth] = name
        parent = parents[depth - 1] if depth else "Exception"
        assert [base.__name__ for base in getattr(errors, name).__bases__] == [parent]
    assert {name for _, name in drawn} == set(errors.__all__) == {kind.__name__ for kind in CLASSES}


def test_everything_raised_on_purpose_has_one_root() -> None:
    """``except ZendeskAsyncError`` catches all of it."""
    assert all(issubclass(kind, ZendeskAsyncError) for kind in CLASSES)


@pytest.mark.parametrize("kind", [RateLimited, TooManyJobs, ServerError, ConnectionLost])
def test_what_is_temporary_is_retriable(kind: type[ApiError]) -> None:
    """The same request may be made again after these."""
    assert kind.retriable


@pytest.mark.parametrize("kind", [ApiError, Refused, NotFound])
def test_what_is_final_is_not_retriable(kind: type[ApiError]) -> None:
    """The same request will never be accepted after these."""
    assert not kind.retriable


def test_consequences_do_not_overlap() -> None:
    """An error has one consequence: correct the call, act, resume, or look at the answer."""
    kinds = (UsageError, NeedsAction, Stopped, ApiError)
    assert all(sum(issubclass(kind, parent) for parent in kinds) <= 1 for kind in CLASSES)


def test_a_lost_connection_says_whether_anything_left() -> None:
    """Without other knowledge the request may have been processed."""
    assert ConnectionLost("gone").sent
    assert not ConnectionLost("refused", sent=False).sent


def test_an_answer_keeps_what_zendesk_support_asks_for() -> None:
    """Status, title and request id travel with the error."""
    error = ServerError("Service unavailable", status=503, title="ServiceUnavailable", retry_after=7, request_id="abc")
    assert (str(error), error.status, error.title) == ("Service unavailable", 503, "ServiceUnavailable")
    assert (error.retry_after, error.request_id) == (7, "abc")


def test_what_needs_a_person_says_what_to_do() -> None:
    """The action comes with the error."""
    action = WorkflowAction("Authorization error", ("Open the credentials",))
    assert NeedsAction("403", action).action is action
