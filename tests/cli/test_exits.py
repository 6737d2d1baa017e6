from __future__ import annotations

import signal

import pytest

from zendesk_async import errors
from zendesk_async.cli.exits import Exit, of_error, of_signal, of_status
from zendesk_async.errors import NeedsAction, UsageError, ZendeskAsyncError
from zendesk_async.models import RunStatus, WorkflowAction

ACTION = WorkflowAction("Authorization error", ("Ask.",))
ERRORS = [getattr(errors, name) for name in errors.__all__]


def example(kind: type[ZendeskAsyncError]) -> ZendeskAsyncError:
    return kind("no", ACTION) if issubclass(kind, NeedsAction) else kind("no")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (RunStatus.COMPLETED, 0),
        (RunStatus.COMPLETED_WITH_FAILURES, 1),
        (RunStatus.NEEDS_ACTION, 3),
        (RunStatus.STOPPED, 4),
        (RunStatus.RUNNING, 4),
        (RunStatus.INTERRUPTED, 130),
    ],
)
def test_every_status_has_its_exit(status: RunStatus, expected: int) -> None:
    """The contract's table, and no status without a line in it."""
    assert of_status(status) == expected


def test_no_status_was_forgotten() -> None:
    """A status added to the model gets an exit, or this fails."""
    assert {of_status(status) for status in RunStatus} <= set(Exit)


def test_the_signal_that_came_is_the_one_that_is_told() -> None:
    """Shells know 130 as Ctrl-C and 143 as a request to end."""
    assert of_status(RunStatus.INTERRUPTED, signal.SIGTERM) == 143
    assert of_signal(signal.SIGINT) == 130


def test_a_run_that_finished_all_the_same_was_not_interrupted() -> None:
    """The signal came after the last record: everything is accepted, and 0 says so."""
    assert of_status(RunStatus.COMPLETED, signal.SIGINT) == 0


@pytest.mark.parametrize("kind", ERRORS)
def test_every_error_has_its_exit(kind: type[ZendeskAsyncError]) -> None:
    """By consequence: correct the call, act, or resume."""
    expected = 3 if issubclass(kind, NeedsAction) else 2 if issubclass(kind, UsageError) else 4
    assert of_error(example(kind)) == expected


@pytest.mark.parametrize("kind", [kind for kind in ERRORS if issubclass(kind, UsageError)])
def test_2_is_never_said_when_something_was_sent(kind: type[ZendeskAsyncError]) -> None:
    """2 promises that nothing was sent: a disk that fills up half-way stops the upload instead."""
    assert of_error(example(kind), sent=True) == 4
