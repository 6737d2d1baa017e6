from __future__ import annotations

import subprocess
import sys

import pytest

from tests.source import ROOT
from tests.state.made import INFO, Settled, accepted, outcomes_of, refused
from zendesk_async import state
from zendesk_async.models import Counts, OutcomeKind, Requests, RunStatus, WorkflowAction
from zendesk_async.state.nojournal import NoJournal


def test_it_counts_like_a_journal() -> None:
    """Without a journal the account balances all the same."""
    ledger = NoJournal()
    seq = ledger.submitted(range(10), "job", read=20)
    ledger.settled(seq, accepted(range(6)), read=20)
    ledger.settled(seq, outcomes_of({6: OutcomeKind.UNCHANGED, 7: OutcomeKind.FAILED, 8: OutcomeKind.UPDATED}), read=21)
    ledger.settled(None, refused([30], OutcomeKind.REJECTED), read=22)
    ledger.settled(seq, Settled([], [], [], {}, {}), read=22)
    assert ledger.counts() == Counts(read=31, created=6, updated=1, unchanged=1, rejected=1, failed=1)
    ledger.spool(31, [b"{}"] * 4, range(4))
    ledger.spool(35, [], [])
    assert ledger.counts().read == 35
    assert ledger.total() is None
    ledger.input_ended(40)
    assert (ledger.counts().read, ledger.total()) == (40, 40)


def test_batches_have_numbers_of_their_own() -> None:
    """Two batches are never taken for one another."""
    ledger = NoJournal()
    assert [ledger.submitted([at], "job", read=0) for at in range(3)] == [1, 2, 3]


def test_it_costs_no_database() -> None:
    """The names of this room can be imported, and an upload without a journal can run, without loading SQLite."""
    heavy = {"sqlite3", "backports.zstd", "compression.zstd"}
    code = (
        f"import sys; from zendesk_async.state import NoJournal; NoJournal(); print(sorted({heavy} & {{*sys.modules}}))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert told.stdout == "[]\n"
    assert {getattr(state, name).__name__ for name in state.__all__} == set(state.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Jurnal'"):
        getattr(state, "Jurnal")  # noqa: B009 - mypy rightly objects to the plain attribute


def test_nothing_is_kept_that_grows() -> None:
    """There is nothing to resume and nothing to show: memory stays flat however long the upload is."""
    ledger = NoJournal()
    seq = ledger.submitted(range(10), "job", read=10)
    ledger.abandoned(seq)
    ledger.spool(10, [b"{}"], [11])
    ledger.settled(None, refused(range(5)), read=11)
    assert not ledger.positions_settled()
    assert [*ledger.submitted_batches(), *ledger.spooled(), *ledger.spool_digests(), *ledger.rejects()] == []


def test_what_it_gives_away_is_not_its_own() -> None:
    """Who asks for the counts gets today's, not a window on tomorrow's."""
    ledger = NoJournal()
    counts = ledger.counts()
    ledger.settled(None, accepted([0]), read=1)
    assert counts == Counts()


def test_it_reports_like_a_journal() -> None:
    """The report names the run, its end and what it cost."""
    ledger = NoJournal(INFO)
    assert ledger.report().status is RunStatus.RUNNING
    ledger.settled(None, accepted(range(30)), read=30)
    ledger.note(Requests(posts=3, polls=2), 2.0, now=1.0)
    action = WorkflowAction("Authorization error", ("look",), "zendesk-async resume x")
    ledger.finish(RunStatus.NEEDS_ACTION, "2026-11-23T15:00:00+00:00", action, "not allowed")
    report = ledger.report()
    assert (report.run_id, report.destination, report.input) == (INFO.run_id, "acme", "audience.csv")
    assert (report.status, report.finished_at) == (RunStatus.NEEDS_ACTION, "2026-11-23T15:00:00+00:00")
    assert (report.action, report.message) == (action, "not allowed")
    assert (report.requests, report.users_per_second) == (Requests(posts=3, polls=2), 15.0)
    assert ledger.requests() == report.requests
    ledger.reopen()
    assert (ledger.report().status, ledger.report().finished_at) == (RunStatus.RUNNING, None)
    ledger.close()
    assert repr(ledger) == "<NoJournal 30 of 30 records>"
