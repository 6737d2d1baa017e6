from __future__ import annotations

import contextlib
import json
import random
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.state.made import INFO, Settled, accepted, outcomes_of, record, refused
from zendesk_async.errors import JournalError
from zendesk_async.models import (
    Chunk,
    Counts,
    Outcome,
    OutcomeKind,
    Rejection,
    Requests,
    RunStatus,
    WorkflowAction,
)
from zendesk_async.state.journal import Journal
from zendesk_async.state.ledger import SubmittedBatch
from zendesk_async.state.positions import Positions
from zendesk_async.state.reading import JournalReader

CREATED, UPDATED, MERGED, REJECTED, FAILED = (
    OutcomeKind.CREATED,
    OutcomeKind.UPDATED,
    OutcomeKind.MERGED,
    OutcomeKind.REJECTED,
    OutcomeKind.FAILED,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.journal"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    with Journal.create(path, INFO) as journal:
        yield journal


def read_everything(path: Path) -> None:
    """Ask a journal for all it has."""
    with JournalReader.open(path) as reader:
        reader.report()
        reader.counts()
        reader.requests()
        reader.total()
        reader.positions_settled()
        reader.submitted_batches()
        for many in (reader.rejects(), reader.outcomes(), reader.spooled(), reader.spool_digests()):
            list(many)


def eventful(path: Path) -> None:
    """A journal with something in every table."""
    with Journal.create(path, INFO) as journal:
        for start in range(0, 600, 20):
            raws = [b'{"n":%d}' % n for n in range(start, start + 20)]
            journal.spool(start, raws, range(start + 1, start + 21))
            sent = range(start + 2, start + 18)
            seq = journal.submitted(sent, f"job-{start}", merged=[(start, start + 5)], read=start)
            if start % 60:
                fates = dict.fromkeys(sent, CREATED) | {start: MERGED, start + 7: FAILED}
                journal.settled(seq, outcomes_of(fates, {start: start + 5}), read=start + 20)
            journal.settled(None, refused([start + 19], REJECTED), read=start + 20)
        journal.finish(RunStatus.NEEDS_ACTION, "later", WorkflowAction("Act", ("one", "two"), "resume"), "message")


# -- the sums ----------------------------------------------------------------------------------------------------


def test_what_a_run_is_comes_back(path: Path, journal: Journal) -> None:
    """Enough to go on without retyping: every fact, and options of any shape."""
    with JournalReader.open(path) as reader:
        assert reader.info == INFO
        assert repr(reader) == f"<JournalReader {INFO.run_id}>"
        assert reader.path == path


def test_a_file_name_that_is_no_text_survives(path: Path) -> None:
    """Names of files may hold any byte: the input is found again, and so is what the options say of it."""
    odd = "caf\udce9.csv"
    info = replace(INFO, input=odd, options={"input": odd, "much": 2**70})
    Journal.create(path, info).close()
    with JournalReader.open(path) as reader:
        assert reader.info == info


def test_a_new_run_is_running_and_empty(path: Path, journal: Journal) -> None:
    """A journal that was killed at once can be read and tells what is true: nothing happened yet."""
    with JournalReader.open(path) as reader:
        report = reader.report()
        assert (report.status, report.records, report.requests) == (RunStatus.RUNNING, Counts(), Requests())
        assert (report.started_at, report.finished_at, report.duration_seconds) == (INFO.started_at, None, 0.0)
        assert (report.action, report.message, reader.total()) == (None, "", None)
        assert len(reader.positions_settled()) == 0
        assert reader.submitted_batches() == []
        assert [*reader.rejects(), *reader.outcomes(), *reader.spooled(), *reader.spool_digests()] == []


def test_a_report_tells_how_it_ended(path: Path, journal: Journal) -> None:
    """Status, reason, what to do, what it cost: all that ``show`` prints."""
    journal.settled(None, accepted(range(50)), read=60)
    journal.note(Requests(1, 2, 3, 4, 5), 2.5, now=0)
    action = WorkflowAction("Authorization error", ("step one", "step two"), "zendesk-async resume x")
    journal.finish(RunStatus.NEEDS_ACTION, "2026-11-23T15:00:00+00:00", action, "Forbidden")
    with JournalReader.open(path) as reader:
        report = reader.report()
        assert reader.requests() == report.requests == Requests(1, 2, 3, 4, 5)
    assert (report.status, report.action, report.message) == (RunStatus.NEEDS_ACTION, action, "Forbidden")
    assert (report.records, report.records.pending) == (Counts(read=60, created=50), 10)
    assert (report.users_per_second, report.duration_seconds) == (20.0, 2.5)
    assert report.finished_at == "2026-11-23T15:00:00+00:00"


def test_a_reader_sees_what_the_writer_does(path: Path, journal: Journal) -> None:
    """``show`` of a run at work tells how it stands at this moment, not how it stood when it was opened."""
    with JournalReader.open(path) as reader:
        for settled in range(1, 4):
            journal.settled(None, accepted([settled]), read=10)
            assert reader.counts().created == settled
            assert len(reader.positions_settled()) == settled
        journal.submitted([7, 8], "job", read=30)
        assert reader.counts().read == 30
        assert [batch.job_id for batch in reader.submitted_batches()] == ["job"]


# -- record by record --------------------------------------------------------------------------------------------


def test_rejects_are_lines_by_position(path: Path, journal: Journal) -> None:
    """Each refused record with its words and its original, in the input's order whatever the order of the answers."""
    original = b'{"external_id": 9007199254740993000000, "name": "\xc3\xa9"}'
    failed = Settled([record(9, original)], [FAILED], [None], {0: ("UserUpdateError", "Email: x is wrong")}, {})
    journal.settled(None, failed, read=10)
    broken = Rejection(2, "MalformedJson", "line 3", '{"oops')
    row = Rejection(4, "MissingKey", "no external_id", {"Customer Id": "", "Größe": 1})
    words = {0: ("MalformedJson", "line 3"), 1: ("MissingKey", "no external_id")}
    journal.settled(None, Settled([broken, row], [REJECTED] * 2, [None] * 2, words, {}), read=10)
    with JournalReader.open(path) as reader:
        lines = list(reader.rejects())
    assert [json.loads(line) for line in lines] == [
        {"position": 2, "outcome": "rejected", "user_id": None}
        | {"error": "MalformedJson", "details": "line 3", "record": '{"oops'},
        {"position": 4, "outcome": "rejected", "user_id": None}
        | {"error": "MissingKey", "details": "no external_id", "record": {"Customer Id": "", "Größe": 1}},
        {"position": 9, "outcome": "failed", "user_id": None}
        | {"error": "UserUpdateError", "details": "Email: x is wrong", "record": json.loads(original)},
    ]
    assert original in lines[2]
    assert all(line.endswith(b"\n") and line.count(b"\n") == 1 for line in lines)


def test_outcomes_come_by_position_with_their_users(path: Path, journal: Journal) -> None:
    """A file of results that was lost can be written again: every outcome, its user, its words, its carrier."""
    journal.settled(None, outcomes_of({5: UPDATED, 1: MERGED, 3: CREATED}, {1: 5}), read=6)
    journal.settled(None, outcomes_of({4: REJECTED, 0: CREATED, 2: FAILED}), read=6)
    with JournalReader.open(path) as reader:
        assert list(reader.outcomes()) == [
            Outcome(0, CREATED, 1_000, None, None, None),
            Outcome(1, MERGED, 1_001, None, "carried by record 5", None),
            Outcome(2, FAILED, None, "Error", "no 2", b'{"n":2}'),
            Outcome(3, CREATED, 1_003, None, None, None),
            Outcome(4, REJECTED, None, "Error", "no 4", b'{"n":4}'),
            Outcome(5, UPDATED, 1_005, None, None, None),
        ]


def test_outcomes_are_those_of_the_moment_they_were_asked_for(path: Path, journal: Journal) -> None:
    """A run that goes on meanwhile neither doubles an outcome nor spoils their order."""
    journal.settled(None, refused(range(10, 20)), read=30)
    with JournalReader.open(path) as reader:
        outcomes = reader.outcomes()
        assert next(outcomes).position == 10
        journal.settled(None, refused(range(10)), read=30)
        journal.settled(None, refused(range(20, 30)), read=30)
        assert [outcome.position for outcome in outcomes] == list(range(11, 20))


def test_unfinished_batches_come_back_as_they_were_sent(path: Path, journal: Journal) -> None:
    """The positions of the request in its order, those already settled among them: results go by it."""
    journal.submitted([7, 5, 6, 9], "V3-a", merged=[(1, 5), (2, 5)], attempt=3, read=10)
    seq = journal.submitted([20, 21], "V3-b", read=22)
    done = journal.submitted([30, 31], "V3-c", read=32)
    journal.settled(seq, accepted([20]), read=40)
    journal.settled(done, accepted([30, 31]), read=40)
    with JournalReader.open(path) as reader:
        assert reader.submitted_batches() == [
            SubmittedBatch(1, "V3-a", [7, 5, 6, 9], [(1, 5), (2, 5)], 3),
            SubmittedBatch(2, "V3-b", [20, 21], [], 1),
        ]


def test_spooled_records_come_back_until_they_are_settled(path: Path, journal: Journal) -> None:
    """What cannot be read again is fed again from here: whole chunks, with positions and lines."""
    journal.spool(0, [b"a", b"b"], [1, 2])
    journal.spool(2, [b"c", b"d", b"e"], [3, 5, 9])
    journal.settled(None, accepted([0, 1, 3]), read=5)
    with JournalReader.open(path) as reader:
        (chunk,) = reader.spooled()
        assert chunk == Chunk(2, [b"c", b"d", b"e"], [3, 5, 9])
        assert [(known.start, known.size) for known in reader.spool_digests()] == [(0, 2), (2, 3)]


# -- damage ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE account SET status = 'dancing'",
        "UPDATE account SET action = '{'",
        "UPDATE account SET action = '[]'",
        "UPDATE account SET created = 10000",
        "UPDATE account SET created = 'many'",
        "DELETE FROM account",
        "UPDATE run SET options = '{'",
        "DELETE FROM run",
        "INSERT INTO run SELECT * FROM run",
        "UPDATE settled SET count = count + 1",
        "UPDATE settled SET count = 1000000000000000",
        "UPDATE settled SET first = -1",
        "UPDATE settled SET first = 'x'",
        "UPDATE settled SET runs = x'ff'",
        "UPDATE settled SET kinds = x'99'",
        "UPDATE settled SET kinds = 'text'",
        "UPDATE settled SET user_ids = x'0102'",
        "UPDATE settled SET carriers = x'7e02'",
        "DELETE FROM rejects",
        "UPDATE rejects SET outcome = 'lost'",
        "UPDATE submitted SET runs = x'ff'",
        "UPDATE submitted SET merged = x'02'",
        "UPDATE kept SET payload = x'0102'",
        "UPDATE kept SET lines = x'ff'",
        "DROP TABLE kept",
    ],
)
def test_damage_is_called_damage(path: Path, damage: str) -> None:
    """A row that cannot be is a JournalError when it is read: no traceback, no invented outcome."""
    eventful(path)
    read_everything(path)
    with contextlib.closing(sqlite3.connect(path)) as vandal, vandal:
        vandal.execute(damage)
    with pytest.raises(JournalError):
        read_everything(path)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("whole") / "x.journal"
    eventful(path)
    return path


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32), st.integers(1, 40), st.booleans())
def test_a_damaged_file_is_never_a_traceback(whole: Path, path: Path, seed: int, count: int, cut: bool) -> None:
    """Bytes flipped anywhere, or an end cut off: what can still be read is, the rest is a JournalError."""
    rng = random.Random(seed)
    damaged = bytearray(whole.read_bytes())
    for _ in range(count):
        damaged[rng.randrange(len(damaged))] = rng.randrange(256)
    if cut:
        del damaged[rng.randrange(len(damaged)) :]
    path.write_bytes(damaged)
    with contextlib.suppress(JournalError):
        read_everything(path)
    with contextlib.suppress(JournalError), Journal.open(path) as journal:
        journal.settled(journal.submitted([10_000], "job", read=0), accepted([10_000]), read=0)
    assert path.exists()


def test_a_journal_can_be_copied_while_it_is_written(path: Path, journal: Journal) -> None:
    """Whoever copies the file and its log together has a journal of that moment."""
    journal.settled(None, accepted(range(10)), read=10)
    for suffix in ("", "-wal"):
        shutil.copy(f"{path}{suffix}", path.with_name(f"copy.journal{suffix}"))
    with JournalReader.open(path.with_name("copy.journal")) as reader:
        assert reader.positions_settled() == Positions([(0, 10)])
