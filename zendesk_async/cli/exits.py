"""Exit statuses: what a scheduler learns of an upload without reading a word. Pure.

=========  ==========================================================================================
0          every record was accepted
1          finished, and some records were rejected or failed
2          usage or configuration: nothing was sent
3          needs action (401, 403)
4          stopped before the end, resumable
130, 143   stopped by SIGINT, SIGTERM: what Zendesk had accepted was seen through, the rest is pending
=========  ==========================================================================================
"""

from __future__ import annotations

import signal
from enum import IntEnum

from zendesk_async.errors import NeedsAction, UsageError
from zendesk_async.models import RunStatus

__all__ = ["Exit", "of_error", "of_signal", "of_status"]


class Exit(IntEnum):
    """The statuses that ``zendesk-async`` ends with."""

    OK = 0
    SOME_FAILED = 1
    USAGE = 2
    NEEDS_ACTION = 3
    STOPPED = 4
    INTERRUPTED = 130
    TERMINATED = 143


_BY_STATUS = {
    RunStatus.COMPLETED: Exit.OK,
    RunStatus.COMPLETED_WITH_FAILURES: Exit.SOME_FAILED,
    RunStatus.NEEDS_ACTION: Exit.NEEDS_ACTION,
    RunStatus.STOPPED: Exit.STOPPED,
    RunStatus.RUNNING: Exit.STOPPED,
}


def of_status(status: RunStatus, received: signal.Signals | None = None) -> Exit:
    """The exit status of a run that ended so; ``received`` is the signal that stopped it, if one did."""
    if status is RunStatus.INTERRUPTED:
        return of_signal(received)
    return _BY_STATUS[status]


def of_signal(received: signal.Signals | None) -> Exit:
    """128 and the signal's number, as shells have it."""
    return Exit.TERMINATED if received == signal.SIGTERM else Exit.INTERRUPTED


def of_error(error: BaseException, *, sent: bool = False) -> Exit:
    """The exit status for what ended a command. ``sent``: Zendesk had got something by then, so 2 would not be true."""
    if isinstance(error, NeedsAction):
        return Exit.NEEDS_ACTION
    if isinstance(error, UsageError) and not sent:
        return Exit.USAGE
    return Exit.STOPPED
