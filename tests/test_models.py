from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.models import (
    Counts,
    JobResults,
    JobStatus,
    Outcome,
    OutcomeKind,
    Report,
    Requests,
    Row,
    Rows,
    RunStatus,
    WorkflowAction,
)

COUNTS = st.builds(Counts, **{field.name: st.integers(0, 10**9) for field in fields(Counts)})


@given(COUNTS)
def test_the_account_always_balances(counts: Counts) -> None:
    """What was read is what was settled and what is pending, whatever the numbers."""
    told = counts.to_dict()
    assert told["read"] == sum(told[kind] for kind in OutcomeKind)


def test_the_account_names_every_outcome() -> None:
    """The summary has a number for each outcome and for what was read, in the order of the contract."""
    assert list(Counts().to_dict()) == ["read", *OutcomeKind]


@pytest.mark.parametrize("kind", list(OutcomeKind))
def test_an_outcome_is_good_when_zendesk_holds_the_record(kind: OutcomeKind) -> None:
    """Created, updated, unchanged and merged are accepted; rejected, failed and pending are not."""
    good = {OutcomeKind.CREATED, OutcomeKind.UPDATED, OutcomeKind.UNCHANGED, OutcomeKind.MERGED}
    assert Outcome(0, kind, None, None, None, {}).ok == (kind in good)


@pytest.mark.parametrize(
    ("status", "finished"),
    [("queued", False), ("working", False), ("completed", True), ("failed", True), ("killed", True), ("new", False)],
)
def test_a_job_is_finished_when_zendesk_says_so(status: str, finished: bool) -> None:
    """A status that nobody has heard of yet is not taken for an end."""
    assert JobStatus("V3-1", status).finished == finished


def test_the_summary_has_the_keys_of_the_contract() -> None:
    """Schedulers read these keys; none may be missing, and none may be renamed."""
    action = WorkflowAction("Authorization error", ("Open the credentials",), "zendesk-async resume r")
    report = Report(
        "r", RunStatus.NEEDS_ACTION, "acme", "audience.csv", Counts(read=3), Requests(posts=1), action=action
    )
    assert list(report.to_dict()) == [
        "run_id",
        "status",
        "destination",
        "input",
        "records",
        "requests",
        "users_per_second",
        "started_at",
        "finished_at",
        "duration_seconds",
        "action",
    ]
    assert list(report.to_dict()["requests"]) == ["posts", "polls", "other", "retries", "rate_limited"]
    assert report.to_dict()["action"] == {
        "name": "Authorization error",
        "steps": ["Open the credentials"],
        "resume": "zendesk-async resume r",
    }


def test_a_summary_without_action_says_null() -> None:
    """Nothing to do is null, not an empty object."""
    assert Report("r", RunStatus.COMPLETED, "acme", "-", Counts()).to_dict()["action"] is None


def test_results_of_a_job_are_objects_for_whoever_looks() -> None:
    """As a list of them is: by index, by slice, equal to that list, as many as there are users."""
    results = JobResults(b'[{"id":1},{"id":2},{"id":3}]', [object()] * 3)
    assert len(results) == 3
    assert results[-1] == {"id": 3}
    assert results[:2] == [{"id": 1}, {"id": 2}]
    assert results == [{"id": 1}, {"id": 2}, {"id": 3}]
    assert results != [{"id": 1}]
    assert results != 3
    assert repr(results) == "<JobResults of 3 users>"


def test_rows_are_made_when_somebody_wants_them() -> None:
    """One, some of them, or all in turn; under the same header."""
    rows = Rows(("a", "b"), [["1", "2"], ["3", "4"], ["5", "6"]])
    assert rows[1] == Row(("a", "b"), ["3", "4"])
    assert rows[-1].mapping == {"a": "5", "b": "6"}
    assert list(rows[1:]) == [rows[1], rows[2]]
    assert all(type(row) is Row for row in rows)
    assert (len(rows), len(rows[:0])) == (3, 0)
    assert repr(rows) == "<3 rows of a, b>"


def test_a_row_has_as_many_cells_as_columns() -> None:
    """What follows a lost delimiter must never stand under a wrong name."""
    with pytest.raises(ValueError, match="shorter"):
        _ = Row(("a", "b"), ["1"]).mapping
