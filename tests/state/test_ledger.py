from __future__ import annotations

import pytest

from zendesk_async.models import Counts, Requests, RunStatus
from zendesk_async.state.journal import Journal
from zendesk_async.state.ledger import Ledger, RunInfo, SubmittedBatch, account
from zendesk_async.state.nojournal import NoJournal
from zendesk_async.state.positions import Positions


def test_both_memories_keep_the_protocol() -> None:
    """An upload cannot tell a journal from none: both have all that ``Ledger`` asks for."""
    ledgers: list[type[Ledger]] = [Journal, NoJournal]  # mypy compares the signatures
    asked = {name for name in vars(Ledger) if not name.startswith("_")}
    for ledger in ledgers:
        assert not {name for name in asked - {"info"} if not callable(getattr(ledger, name, None))}


def test_a_run_is_named_and_the_rest_may_be_unknown() -> None:
    """An embedded upload names nothing but its run."""
    assert RunInfo(run_id="x").options == {}
    with pytest.raises(TypeError):
        RunInfo("x")  # type: ignore[call-arg]


def test_a_batch_counts_what_is_left_of_it() -> None:
    """The records that a batch carries along belong to it: it is over when they are settled too."""
    batch = SubmittedBatch(1, "job", [10, 11, 12], [(3, 11)], 1)
    assert batch.unsettled(Positions()) == 4
    assert batch.unsettled(Positions([(10, 13)])) == 1
    assert batch.unsettled(Positions([(10, 13), (3, 4)])) == 0


@pytest.mark.parametrize(("seconds", "rate"), [(10.0, 9.0), (0.0, 0.0)])
def test_the_rate_is_of_users_sent_while_at_work(seconds: float, rate: float) -> None:
    """Records that never went to Zendesk make an upload no faster, and a run of no time has no rate."""
    report = account(
        RunInfo(run_id="x"),
        Counts(read=200, created=40, updated=30, unchanged=7, merged=5, rejected=3, failed=20),
        Requests(),
        status=RunStatus.STOPPED,
        finished_at=None,
        active_seconds=seconds,
        action=None,
        message="",
    )
    assert report.users_per_second == rate
