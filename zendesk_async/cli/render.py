"""What a person reads when a command has ended. Pure: values in, text out.

It says what happened, what is safe, and the one command to run next; nothing is shouted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zendesk_async.cli.invocation import command_line
from zendesk_async.cli.numbers import count, counted, duration, per_second
from zendesk_async.models import Counts, Report, RunStatus

if TYPE_CHECKING:
    from zendesk_async.cli.reasons import Reason

__all__ = ["action_steps", "as_json", "headline", "input_name", "next_commands", "runs_table", "summary"]

SHOWN = 5  # reasons in a summary
ALWAYS = ("read", "created", "updated")


def summary(report: Report, reasons: Sequence[Reason] = (), *, state: Path | None = None, alive: bool = False) -> str:
    """The account of a run. ``state`` is the ``--state`` that its commands need; ``alive``: it is at work now."""
    parts = [
        headline(report, alive=alive),
        f"  {input_name(report.input)} -> {report.destination}",
        _table(report.records),
        _pace(report),
        _why(reasons),
        action_steps(report),
        next_commands(report, state=state, alive=alive),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def input_name(name: str) -> str:
    """The input as a person calls it."""
    return "standard input" if name == "-" else name


def headline(report: Report, *, alive: bool = False) -> str:
    """One or two sentences that say what happened."""
    words = "is at work now." if alive else _happened(report)
    return f"Upload {report.run_id} {words}"


def _happened(report: Report) -> str:
    records = report.records
    if report.status is RunStatus.COMPLETED:
        accepted = "Zendesk accepted every record." if records.read else "the input holds no records."
        return f"has finished: {accepted}"
    if report.status is RunStatus.COMPLETED_WITH_FAILURES:
        lost = counted(records.rejected + records.failed, "record")
        return f"has finished; {lost} of {count(records.read)} did not make it."
    message = "" if report.status is RunStatus.INTERRUPTED else report.message
    return f"{_UNFINISHED[report.status]} {message}".rstrip()


_UNFINISHED = {
    RunStatus.NEEDS_ACTION: "cannot go on until somebody acts.",
    RunStatus.STOPPED: "stopped before its end.",
    RunStatus.INTERRUPTED: "was interrupted.",
    RunStatus.RUNNING: "was cut off: its process ended without a word.",
}


def _table(records: Counts) -> str:
    rows = [(name, number) for name, number in records.to_dict().items() if number or name in ALWAYS]
    width = max(len(count(number)) for _, number in rows)
    return "\n".join(f"  {name:<10}{count(number):>{width}}" for name, number in rows)


def _pace(report: Report) -> str:
    if not report.requests.posts:
        return ""
    asked = report.requests
    parts = [
        f"{per_second(report.users_per_second)} users/s for {duration(report.duration_seconds)}",
        counted(asked.posts, "request", "requests") + " of users",
        counted(asked.polls, "look", "looks") + " at jobs",
    ]
    parts += [counted(asked.retries, "retry", "retries")] if asked.retries else []
    parts += [f"{count(asked.rate_limited)} answered 429"] if asked.rate_limited else []
    return "  " + ", ".join(parts)


def _why(reasons: Sequence[Reason]) -> str:
    if not reasons:
        return ""
    shown = reasons[:SHOWN]
    width = max(len(count(reason.number)) for reason in shown)
    lines = [f"    {count(reason.number):>{width}}  {reason.error}: {reason.details}" for reason in shown]
    if len(reasons) > SHOWN:
        lines.append(f"    and {counted(len(reasons) - SHOWN, 'other reason')}")
    return "\n".join(["  Why:", *lines])


def action_steps(report: Report) -> str:
    """What a person must do, in steps; nothing when there is nothing to do."""
    if report.action is None:
        return ""
    steps = [f"  {number}. {step}" for number, step in enumerate(report.action.steps, 1)]
    return "\n".join([f"  {report.action.name}", *steps])


def next_commands(report: Report, *, state: Path | None = None, alive: bool = False) -> str:
    """The commands that make sense now, each with what it is for."""
    rows = list(_next(report, partial(command_line, run_id=report.run_id, state=state), alive=alive))
    width = max((len(purpose) for purpose, _ in rows), default=0)
    return "\n".join(f"  {purpose:<{width}}   {command}" for purpose, command in rows)


def _next(report: Report, command: Callable[[str], str], *, alive: bool) -> Iterable[tuple[str, str]]:
    unfinished = report.status in _UNFINISHED
    if unfinished and report.input == "-" and not report.records.read:
        yield "Nothing was read yet: pipe it in again", "… | zendesk-async upload -"
    elif unfinished and not alive:
        yield "Go on; nothing accepted is sent again", command("resume")
    if report.records.rejected or report.records.failed:
        yield "Look at what did not make it", f"{command('rejects')} > rejects.ndjson"
        if not unfinished:
            yield "Send those again", command("retry")


HEADER: tuple[str, ...] = (
    "RUN", "STATUS", "BEGAN (UTC)", "INPUT", "DESTINATION", "READ", "ACCEPTED", "NOT", "PENDING"
)  # fmt: skip


def runs_table(runs: Sequence[tuple[Report, bool]]) -> str:
    """Uploads, one a line; each with whether it is at work now."""
    if not runs:
        return "No uploads yet. To begin one: zendesk-async upload FILE\n"
    rows = [HEADER, *(_row(report, alive=alive) for report, alive in runs)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "".join(_aligned(row, widths) + "\n" for row in rows)


NUMBERS_FROM = 5  # the columns from here on are numbers, and stand to the right


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        f"{cell:>{width}}" if column >= NUMBERS_FROM else f"{cell:<{width}}"
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(cells).rstrip()


def _row(report: Report, *, alive: bool) -> tuple[str, ...]:
    records = report.records
    lost = records.rejected + records.failed
    return (
        report.run_id,
        state_of(report.status, alive=alive),
        report.started_at.replace("T", " ")[:16],
        input_name(report.input),
        report.destination,
        count(records.read),
        count(records.settled - lost),
        count(lost),
        count(records.pending),
    )


def state_of(status: RunStatus, *, alive: bool) -> str:
    """A run's status in a word or two; what never ended and is not at work was cut off."""
    if status is RunStatus.RUNNING:
        return "running" if alive else "cut off"
    return str(status).replace("_", " ")


def as_json(report: Report, *, alive: bool = False) -> dict[str, Any]:
    """The summary as JSON has it. A run that never ended and is not at work was interrupted, whatever by."""
    cut_off = report.status is RunStatus.RUNNING and not alive
    return (replace(report, status=RunStatus.INTERRUPTED) if cut_off else report).to_dict()
