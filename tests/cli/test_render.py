from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.accounts import ACTION, DONE, REASON, report
from zendesk_async.cli.reasons import Reason
from zendesk_async.cli.render import as_json, headline, next_commands, runs_table, summary
from zendesk_async.models import Counts, Report, Requests, RunStatus

WITH_FAILURES = report(
    status=RunStatus.COMPLETED_WITH_FAILURES,
    records=Counts(read=12_345, created=100, updated=11_765, failed=480),
    requests=Requests(posts=124, polls=62, retries=1, rate_limited=2),
)


def test_the_summary_of_a_good_night() -> None:
    """Short, aligned, calm; no line about what did not happen, and nothing to do next."""
    assert (
        summary(DONE)
        == """\
Upload 20261124-023511-abcd has finished: Zendesk accepted every record.

  audience.csv -> acme

  read      12,345
  created      100
  updated   12,200
  merged        45

  99.3 users/s for 2 min 3 s, 124 requests of users, 62 looks at jobs
"""
    )


def test_the_summary_of_a_night_with_failures() -> None:
    """It says how many, why, and which commands show and mend them."""
    assert (
        summary(WITH_FAILURES, [REASON])
        == """\
Upload 20261124-023511-abcd has finished; 480 records of 12,345 did not make it.

  audience.csv -> acme

  read      12,345
  created      100
  updated   11,765
  failed       480

  99.3 users/s for 2 min 3 s, 124 requests of users, 62 looks at jobs, 1 retry, 2 answered 429

  Why:
    480  UserUpdateError: Email: … is not properly formatted

  Look at what did not make it   zendesk-async rejects 20261124-023511-abcd > rejects.ndjson
  Send those again               zendesk-async retry 20261124-023511-abcd
"""
    )


def test_the_summary_of_what_needs_action_has_steps_and_the_way_back() -> None:
    """Who reads it at 3 a.m. needs no other page: what, why, steps, and the command that resumes."""
    text = summary(report(status=RunStatus.NEEDS_ACTION, action=ACTION, message="Zendesk does not permit this."))
    assert "cannot go on until somebody acts. Zendesk does not permit this." in text
    assert (
        "  Authorization error\n  1. Ask the account's owner whether bulk imports are enabled.\n  2. Then go on."
        in text
    )
    assert text.endswith("zendesk-async resume 20261124-023511-abcd\n")


def test_only_some_reasons_are_shown() -> None:
    """A summary is no report: five reasons, and how many more there are."""
    reasons = [Reason(10 - at, "failed", f"E{at}", "…", []) for at in range(8)]
    text = summary(WITH_FAILURES, reasons)
    assert "E4" in text
    assert "E5" not in text
    assert "and 3 other reasons" in text


@pytest.mark.parametrize("status", list(RunStatus))
def test_every_status_has_a_headline(status: RunStatus) -> None:
    """Each end is told in words of its own."""
    assert headline(report(status=status)).startswith("Upload 20261124-023511-abcd ")
    assert len({headline(report(status=each)) for each in RunStatus}) == len(RunStatus)


def test_an_empty_input_is_told_as_such() -> None:
    """Nothing to accept is not the same as everything accepted."""
    assert "holds no records" in headline(report(records=Counts()))


def test_a_run_at_work_is_not_to_be_resumed() -> None:
    """Two processes on one run would be refused: nobody is sent there."""
    running = report(status=RunStatus.RUNNING)
    assert "is at work now" in headline(running, alive=True)
    assert not next_commands(running, alive=True)
    assert "resume" in next_commands(running)


def test_commands_find_the_run_where_it_is() -> None:
    """A run in another state directory is found there, whatever its name."""
    stopped = report(status=RunStatus.STOPPED)
    assert next_commands(stopped, state=Path("/tmp/my runs")).endswith("--state '/tmp/my runs'")


def test_a_pipe_that_was_not_read_is_piped_in_again() -> None:
    """There is nothing to resume: a pipe cannot be read twice."""
    commands = next_commands(report(status=RunStatus.NEEDS_ACTION, input="-", records=Counts()))
    assert commands.endswith("zendesk-async upload -")
    assert "resume" not in commands


def test_an_unfinished_run_is_resumed_before_it_is_retried() -> None:
    """What has failed so far is shown; sending it again waits for the end."""
    commands = next_commands(report(status=RunStatus.STOPPED, records=Counts(read=2, failed=1)))
    assert "resume" in commands
    assert "rejects" in commands
    assert "retry" not in commands


def test_the_table_of_runs_is_aligned() -> None:
    """One line each, numbers to the right."""
    cut_off = report(run_id="short", status=RunStatus.RUNNING, records=Counts(read=5, failed=1))
    assert (
        runs_table([(DONE, False), (cut_off, False), (cut_off, True)])
        == """\
RUN                   STATUS     BEGAN (UTC)       INPUT         DESTINATION    READ  ACCEPTED  NOT  PENDING
20261124-023511-abcd  completed  2026-11-24 02:35  audience.csv  acme         12,345    12,345    0        0
short                 cut off    2026-11-24 02:35  audience.csv  acme              5         0    1        4
short                 running    2026-11-24 02:35  audience.csv  acme              5         0    1        4
"""
    )


def test_without_runs_the_table_says_how_to_begin() -> None:
    """An empty list is an invitation."""
    assert "zendesk-async upload" in runs_table([])


@pytest.mark.parametrize(
    ("given", "alive", "status"),
    [
        (DONE, False, "completed"),
        (report(status=RunStatus.RUNNING), True, "running"),
        (report(status=RunStatus.RUNNING), False, "interrupted"),
    ],
)
def test_json_knows_five_ends_and_running(given: Report, alive: bool, status: str) -> None:
    """What was killed was interrupted, as far as a program is concerned."""
    assert as_json(given, alive=alive)["status"] == status
