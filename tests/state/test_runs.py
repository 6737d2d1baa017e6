from __future__ import annotations

import re
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.state.made import INFO, accepted
from zendesk_async.errors import JournalError
from zendesk_async.models import RunStatus
from zendesk_async.state.runs import RunStore, new_run_id

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
Ended = Callable[..., str]


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "state")


@pytest.fixture
def ended(store: RunStore) -> Ended:
    """Make a run that ended with a status, minutes after noon."""

    def end(run_id: str, status: RunStatus = RunStatus.COMPLETED, minutes: int = 0, **facts: Any) -> str:
        started_at = (NOON + timedelta(minutes=minutes)).isoformat()
        with store.create(replace(INFO, run_id=run_id, started_at=started_at, **facts)) as journal:
            journal.settled(None, accepted(range(3)), read=3)
            journal.finish(status, "later")
        return run_id

    return end


@given(st.datetimes(min_value=datetime(2020, 1, 1)), st.datetimes(min_value=datetime(2020, 1, 1)), st.randoms())  # noqa: DTZ001
def test_names_of_runs_sort_by_time(one: datetime, other: datetime, random: Random) -> None:
    """A list of names is a list in order of time, to the second."""
    one, other = one.replace(tzinfo=UTC, microsecond=0), other.replace(tzinfo=UTC, microsecond=0)
    names = sorted([(new_run_id(one, random), one), (new_run_id(other, random), other)])
    assert names[0][1] <= names[1][1]


def test_names_of_runs_are_unlike_and_can_be_typed() -> None:
    """Runs that begin together are told apart; the time is that of Greenwich wherever one is."""
    random = Random(1)
    names = {new_run_id(NOON, random) for _ in range(100)}
    assert len(names) == 100
    assert all(re.fullmatch(r"20261123-120000-[a-z2-9]{4}", name) for name in names)
    there = NOON.astimezone(timezone(timedelta(hours=9)))
    assert new_run_id(there, Random(1)) == new_run_id(NOON, Random(1))
    assert new_run_id(NOON) != new_run_id(NOON)


def test_a_run_is_kept_under_its_name(store: RunStore, tmp_path: Path) -> None:
    """One file per run, in a directory that only its owner can enter."""
    with store.create(INFO) as journal:
        assert journal.path == store.path(INFO.run_id) == tmp_path / "state" / "runs" / f"{INFO.run_id}.journal"
        assert journal.info == INFO
    assert stat.S_IMODE((tmp_path / "state" / "runs").stat().st_mode) == 0o700
    with pytest.raises(JournalError, match="already"):
        store.create(INFO)
    assert repr(store) == f"<RunStore {tmp_path / 'state' / 'runs'}>"


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "-x", "a b", "x" * 101, "é", "x\n"])
def test_a_name_cannot_lead_elsewhere(store: RunStore, name: str) -> None:
    """``--run-id`` is a name, not a path."""
    with pytest.raises(JournalError, match="cannot name a run"):
        store.create(replace(INFO, run_id=name))


def test_a_run_is_found_by_the_beginning_of_its_name(store: RunStore, ended: Ended) -> None:
    """As much of a name as tells it from the others is enough, and a whole name is never ambiguous."""
    for name in ("nightly", "nightly-2", "backfill"):
        ended(name)
    assert store.find("back") == "backfill"
    assert store.find("nightly") == "nightly"
    with pytest.raises(JournalError, match="'night' may be any of nightly, nightly-2"):
        store.find("night")


def test_an_unknown_run_names_what_may_be_meant(store: RunStore, ended: Ended) -> None:
    """A slip of the finger is answered with the nearest names, anything else with the newest."""
    with pytest.raises(JournalError, match="there is no run 'x': none has been started here"):
        store.find("x")
    for minute in range(5):
        ended(f"20261123-12000{minute}-aaaa", minutes=minute)
    with pytest.raises(JournalError, match=r"no run '20261123-120003-aaab'; there is 20261123-120003-aaaa"):
        store.read("20261123-120003-aaab")
    with pytest.raises(JournalError, match=r"there is 20261123-120004-aaaa, 20261123-120003-aaaa"):
        store.open("qqq")
    with pytest.raises(JournalError, match="no run ''"):
        store.find("")


def test_runs_are_listed_newest_first(store: RunStore, ended: Ended) -> None:
    """By when they began, not by what they are called."""
    assert store.runs() == []
    for name, minutes in (("b", 1), ("c", 3), ("a", 2)):
        ended(name, minutes=minutes)
    runs = store.runs()
    assert [run.run_id for run in runs] == ["c", "a", "b"]
    assert all(run.report and run.report.records.created == 3 and run.problem == "" for run in runs)


def test_a_broken_journal_does_not_hide_the_others(store: RunStore, ended: Ended) -> None:
    """The list shows what is wrong with the one and everything of the rest."""
    ended("good")
    store.path("text").write_text("this is no journal", "utf-8")
    store.path("empty").write_bytes(b"")
    store.path("directory").mkdir()
    store.path("good").with_name("notes.txt").write_text("not even named like one", "utf-8")
    store.path("good").with_name(".hidden.journal").write_text("nor this", "utf-8")
    problems = {run.run_id: run.problem for run in store.runs()}
    assert problems.pop("good") == ""
    assert set(problems) == {"text", "empty", "directory"}
    assert all(str(store.path(name)) in problem for name, problem in problems.items())
    assert not [run for run in store.runs() if run.problem and (run.unfinished or run.started_at == "")]


def test_the_last_run_and_the_last_unfinished(store: RunStore, ended: Ended) -> None:
    """``resume --last`` means the newest that can be resumed; ``show --last`` would mean the newest."""
    assert store.last() is None
    ended("old", RunStatus.INTERRUPTED, 1)
    ended("older", RunStatus.STOPPED, 0)
    ended("new", RunStatus.COMPLETED_WITH_FAILURES, 2)
    last, unfinished = store.last(), store.last(unfinished=True)
    assert last is not None
    assert unfinished is not None
    assert (last.run_id, unfinished.run_id) == ("new", "old")


@pytest.mark.parametrize("status", list(RunStatus))
def test_what_is_not_completed_can_be_resumed(store: RunStore, ended: Ended, status: RunStatus) -> None:
    """A run that was killed still says that it is running: that can be resumed as well."""
    ended("x", status)
    done = status in {RunStatus.COMPLETED, RunStatus.COMPLETED_WITH_FAILURES}
    assert [run.unfinished for run in store.runs()] == [not done]


def test_an_unfinished_run_is_found_by_what_it_is_of(store: RunStore, ended: Ended) -> None:
    """The same input, for the same account, shaped in the same way; if there are several, the newest."""
    mine = {"fingerprint": "f", "destination": "acme", "intake_digest": "i"}
    ended("first", RunStatus.STOPPED, 0, **mine)
    ended("second", RunStatus.STOPPED, 1, **mine)
    ended("done", RunStatus.COMPLETED, 2, **mine)
    for minute, other in enumerate(mine):
        ended(f"other-{other}", RunStatus.STOPPED, 3 + minute, **mine | {other: "another"})
    found = store.unfinished_for("f", "acme", "i")
    assert found is not None
    assert found.run_id == "second"
    assert store.unfinished_for("f", "acme", "j") is None


def test_a_run_at_work_is_seen_at_work(store: RunStore) -> None:
    """A list tells a run that goes on from one that was killed, which says of itself that it is running."""
    journal = store.create(INFO)
    (run,) = store.runs()
    assert run.process is not None
    journal.close()
    (run,) = store.runs()
    assert run.report is not None
    assert (run.process, run.report.status) == (None, RunStatus.RUNNING)


def test_a_run_is_opened_to_go_on_and_read_to_look(store: RunStore, ended: Ended) -> None:
    """Both take the beginning of a name; only going on needs the run for oneself."""
    ended("nightly")
    with store.open("night", full=True) as journal, store.read("night") as reader:
        journal.settled(None, accepted([7]), read=8)
        assert reader.counts().created == 4
        with pytest.raises(JournalError, match="run nightly is being worked on by process"):
            store.open("nightly")
