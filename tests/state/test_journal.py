from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.state.made import INFO, Settled, accepted, outcomes_of, record, refused
from zendesk_async.errors import JournalError
from zendesk_async.models import Counts, OutcomeKind, Record, Requests, RunStatus, WorkflowAction
from zendesk_async.state.encoding import KINDS
from zendesk_async.state.journal import Journal
from zendesk_async.state.positions import Positions
from zendesk_async.state.reading import JournalReader

NOTHING = Settled([], [], [], {}, {})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.journal"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    with Journal.create(path, INFO) as journal:
        yield journal


def again(journal: Journal) -> Journal:
    """The same journal after the process has ended properly."""
    journal.close()
    return Journal.open(journal.path)


# -- one run, one process ----------------------------------------------------------------------------------------


def test_a_run_is_worked_on_by_one_process(path: Path, journal: Journal) -> None:
    """Whoever comes second is told who has it, and may still look."""
    with pytest.raises(JournalError, match=f"run {INFO.run_id} is being worked on by process {os.getpid()}"):
        Journal.open(path)
    with pytest.raises(JournalError, match="another process is working with the journal"):
        Journal.create(path, INFO)
    with JournalReader.open(path) as reader:
        assert reader.process() == os.getpid()
    again(journal).close()


@pytest.mark.parametrize("content", ["", "no journal"])
def test_a_failed_opening_leaves_nothing_locked(path: Path, content: str) -> None:
    """What cannot be opened holds no lock, makes no lock file, and is not changed."""
    with pytest.raises(JournalError, match="there is no journal"):
        Journal.open(path)
    path.write_text(content, "utf-8")
    with pytest.raises(JournalError, match="not a journal"):
        Journal.open(path)
    assert path.read_text("utf-8") == content
    assert [found.name for found in path.parent.iterdir()] == [path.name]


def test_a_refused_creation_gives_the_right_back(path: Path, journal: Journal) -> None:
    """After trying in vain to begin a run anew, one can still go on with it."""
    journal.close()
    with pytest.raises(JournalError, match="already"):
        Journal.create(path, INFO)
    Journal.open(path).close()


def test_a_discarded_journal_makes_room(path: Path, journal: Journal) -> None:
    """A journal that is no longer wanted goes with all its personal data, and another may begin at its path."""
    journal.settled(None, accepted([0]), read=1)
    journal.discard()
    assert [found.name for found in path.parent.iterdir()] == ["x.journal.lock"]
    with Journal.create(path, INFO) as new:
        assert new.counts() == Counts()


# -- the account -------------------------------------------------------------------------------------------------


def test_a_batch_is_submitted_and_settled(journal: Journal) -> None:
    """From acceptance by Zendesk to its last word, every step is in the account."""
    seq = journal.submitted(range(10), "V3-a", read=25)
    assert journal.counts() == Counts(read=25)
    assert [batch.seq for batch in journal.submitted_batches()] == [seq]
    journal.settled(seq, accepted(range(10)), read=30)
    assert journal.counts() == Counts(read=30, created=10)
    assert journal.submitted_batches() == []
    assert journal.positions_settled() == Positions([(0, 10)])


def test_a_batch_may_be_settled_in_parts(journal: Journal) -> None:
    """A job that leaves some records open keeps its batch open until the last of them."""
    seq = journal.submitted([5, 6, 7], "V3-a", merged=[(1, 6)], read=10)
    journal.settled(seq, NOTHING, read=10)
    journal.settled(seq, outcomes_of({1: OutcomeKind.MERGED, 6: OutcomeKind.UPDATED}, {1: 6}), read=10)
    assert [batch.positions for batch in journal.submitted_batches()] == [[5, 6, 7]]
    journal.settled(seq, accepted([5, 7]), read=10)
    assert journal.submitted_batches() == []


def test_an_abandoned_batch_is_pending_again(journal: Journal) -> None:
    """A lost job gives back its unsettled records, and only these; they may go out again under another."""
    seq = journal.submitted([0, 1, 2], "V3-lost", read=3)
    journal.settled(seq, accepted([1]), read=3)
    journal.abandoned(seq)
    assert journal.submitted_batches() == []
    assert journal.counts() == Counts(read=3, created=1)
    other = journal.submitted([0, 2], "V3-new", attempt=2, read=3)
    assert other != seq
    journal.settled(other, accepted([0, 2]), read=3)
    assert journal.counts().pending == 0
    journal.abandoned(other)
    assert journal.counts().pending == 0


def test_numbers_of_batches_are_never_used_twice(journal: Journal) -> None:
    """A late word on an old batch can never be taken for one on a new batch, in whatever process."""
    first = journal.submitted([0], "a", read=1)
    journal.abandoned(first)
    with again(journal) as reopened:
        second = reopened.submitted([0], "b", read=1)
        reopened.settled(second, accepted([0]), read=1)
        third = reopened.submitted([1], "c", read=2)
        assert len({first, second, third}) == 3
        with pytest.raises(JournalError, match=f"batch {first} has not so many"):
            reopened.settled(first, accepted([5]), read=6)


def test_a_record_is_settled_once(journal: Journal) -> None:
    """The second outcome of a record is refused, wherever it comes from, and changes nothing."""
    journal.settled(None, accepted(range(10)), read=10)
    before = journal.counts()
    for twice in (accepted([9, 10]), accepted([20, 21, 20]), refused([0]), accepted([3])):
        with pytest.raises(JournalError, match="has its outcome already"):
            journal.settled(None, twice, read=30)
    assert journal.counts() == before
    with again(journal) as reopened:
        with pytest.raises(JournalError, match="has its outcome already"):
            reopened.settled(None, accepted([9]), read=10)
        reopened.settled(None, accepted([10, 20, 21]), read=22)
        assert list(reopened.rejects()) == []
        assert reopened.counts() == Counts(read=22, created=13)


def test_more_than_was_sent_cannot_come_back(journal: Journal) -> None:
    """A batch of two has two outcomes at most."""
    seq = journal.submitted([0, 1], "a", read=5)
    with pytest.raises(JournalError, match="has not so many records"):
        journal.settled(seq, accepted([0, 1, 2]), read=5)
    journal.settled(seq, accepted([0, 1]), read=5)
    assert journal.counts() == Counts(read=5, created=2)


def test_read_never_falls_behind(journal: Journal) -> None:
    """Whatever was said to be read was read, and so was every record that something became of."""
    journal.submitted([50], "a", read=10)
    assert journal.counts().read == 51
    journal.settled(None, accepted([70]), read=0)
    assert journal.counts().read == 71
    journal.spool(71, [b"{}"] * 9, range(72, 81))
    assert journal.counts().read == 80
    journal.submitted([0], "b", read=5)
    journal.abandoned(2)
    assert journal.counts().read == 80
    assert journal.total() is None
    journal.input_ended(90)
    with again(journal) as reopened:
        assert (reopened.counts().read, reopened.total()) == (90, 90)


def test_the_job_of_a_settled_record_can_be_looked_up(journal: Journal) -> None:
    """Zendesk Support asks for the job: ``docs/journal.md`` shows how to find it."""
    journal.settled(journal.submitted(range(100), "V3-abc", read=100), accepted(range(100)), read=100)
    journal.settled(None, refused([100], OutcomeKind.REJECTED), read=101)
    sql = "SELECT job_id FROM settled WHERE first <= ? AND ? < first + count"
    assert journal._db.rows(sql, (41, 41)) == [("V3-abc",)]
    assert journal._db.rows(sql, (100, 100)) == [(None,)]


# -- the run -----------------------------------------------------------------------------------------------------


def test_requests_add_up_over_processes(journal: Journal) -> None:
    """Each process counts its own; the run has the sum, and is as long as its processes were at work."""
    journal.note(Requests(posts=5, polls=9), 10.0, now=0)
    journal.finish(RunStatus.INTERRUPTED, "t1")
    with again(journal) as reopened:
        reopened.reopen()
        assert reopened.requests() == Requests(posts=5, polls=9)
        reopened.note(Requests(posts=2, retries=1), 2.5, now=1_000)
        reopened.note(Requests(posts=3, retries=1), 3.0, now=1_000.5)
        reopened.finish(RunStatus.COMPLETED, "t2")
        assert reopened.requests() == Requests(posts=8, polls=9, retries=1)
        assert reopened.report().duration_seconds == 13.0


def test_a_note_is_written_once_a_second(journal: Journal) -> None:
    """Noting costs nothing: between two writes lies a second, and the first is at once."""
    written = []
    for tenth in range(25):
        journal.note(Requests(posts=tenth), 0.0, now=100 + tenth / 10)
        written.append(journal.requests().posts)
    assert written == [0] * 10 + [10] * 10 + [20] * 5
    journal.finish(RunStatus.COMPLETED, "t")
    assert journal.requests().posts == 24


def test_a_run_can_be_reopened(journal: Journal) -> None:
    """Going on forgets how the run had ended, and nothing else."""
    journal.settled(None, accepted([0]), read=3)
    journal.finish(RunStatus.NEEDS_ACTION, "t", WorkflowAction("Act", ("one",), "resume"), "why \udcff")
    assert journal.report().message == "why \\udcff"
    with again(journal) as reopened:
        reopened.reopen()
        report = reopened.report()
        assert (report.status, report.finished_at, report.action, report.message) == (RunStatus.RUNNING, None, None, "")
        assert report.records == Counts(read=3, created=1)
        reopened.finish(RunStatus.COMPLETED, "")
        assert reopened.report().finished_at is None


# -- the spool ---------------------------------------------------------------------------------------------------


def test_what_is_spooled_twice_is_kept_once(journal: Journal) -> None:
    """The same pipe once more comes in other portions: what is known is left out, what is new is kept."""
    journal.spool(0, [b"a", b"b", b"c"], [1, 2, 3])
    with again(journal) as reopened:
        reopened.spool(0, [b"a"], [1])
        reopened.spool(1, [b"b", b"c", b"d", b"e"], [2, 3, 4, 5])
        reopened.spool(5, [], [])
        assert [(chunk.start, chunk.raws, list(chunk.lines)) for chunk in reopened.spooled()] == [
            (0, [b"a", b"b", b"c"], [1, 2, 3]),
            (3, [b"d", b"e"], [4, 5]),
        ]
        assert reopened.counts().read == 5


def test_settled_records_are_not_kept(path: Path, journal: Journal) -> None:
    """A customer's data leaves the file with the outcome: it is overwritten, not just forgotten."""
    secret = b'{"name": "Anna-Livia Plurabelle", "email": "alp@example.com"}'
    rng = random.Random(5)
    noise = [b'{"%x": 1}' % rng.getrandbits(500) for _ in range(50)]
    journal.spool(0, [*noise, secret], range(1, 52))
    payload = next(journal._db.pages("SELECT start, payload FROM kept WHERE start > ? ORDER BY start LIMIT ?"))[1]
    journal.settled(None, accepted(range(51)), read=51)
    assert list(journal.spooled()) == []
    assert [known.size for known in journal.spool_digests()] == [51]
    journal.close()
    content = path.read_bytes()
    assert payload[200:260] not in content
    assert secret[10:40] not in content


# -- failure -----------------------------------------------------------------------------------------------------


def test_a_full_disk_changes_nothing(journal: Journal) -> None:
    """What could not be written was not remembered either: with room again, it goes on where it stood."""
    seq = journal.submitted(range(100), "a", read=100)
    journal.spool(100, [b"{}"], [101])
    pages = journal._db.row("PRAGMA page_count")[0]
    journal._db.rows(f"PRAGMA max_page_count = {pages}")
    big = [Record(at, b"", (), b'"%s"' % (b"x" * 9_000)) for at in range(100)]
    failed = Settled(big, [OutcomeKind.FAILED] * 100, [None] * 100, dict.fromkeys(range(100), ("E", "d")), {})
    for _ in range(2):
        with pytest.raises(JournalError, match="the disk is full"):
            journal.settled(seq, failed, read=100)
        with pytest.raises(JournalError, match="the disk is full"):
            journal.spool(101, [random.Random(1).randbytes(50_000)], [102])
    assert journal.counts() == Counts(read=101)
    assert len(journal.submitted_batches()) == 1
    journal._db.rows("PRAGMA max_page_count = 100000")
    journal.settled(seq, failed, read=100)
    journal.spool(101, [b"{}"], [102])
    assert journal.counts() == Counts(read=102, failed=100)
    assert [chunk.start for chunk in journal.spooled()] == [100, 101]


def test_a_closed_journal_says_so(journal: Journal) -> None:
    """Using a journal after its end is a JournalError, in every method."""
    journal.close()
    journal.close()
    for use in (
        lambda: journal.submitted([0], "a", read=1),
        lambda: journal.settled(None, accepted([0]), read=1),
        lambda: journal.finish(RunStatus.COMPLETED, "t"),
        journal.counts,
        journal.reopen,
    ):
        with pytest.raises(JournalError, match="closed"):
            use()


# -- size --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("scattered", "most"), [(False, 3.5), (True, 9.0)])
def test_a_journal_is_small(path: Path, journal: Journal, scattered: bool, most: float) -> None:
    """Fewer than twelve bytes a record, its user's id included, even where ids and outcomes follow no order."""
    rng = random.Random(3)
    count = 100_000
    for start in range(0, count, 100):
        kinds = [OutcomeKind.UPDATED] * 100
        ids = [6_164_068_886_042 + 128 * at for at in range(start, start + 100)]
        if scattered:
            kinds = rng.choices([OutcomeKind.CREATED, OutcomeKind.UPDATED], k=100)
            ids = [rng.randrange(360_000_000_000, 30_000_000_000_000) for _ in range(100)]
        seq = journal.submitted(range(start, start + 100), f"V3-{rng.getrandbits(128):032x}", read=start + 5_000)
        records = [record(at, b"") for at in range(start, start + 100)]
        journal.settled(seq, Settled(records, kinds, ids, {}, {}), read=start + 5_000)
    journal.close()
    assert path.stat().st_size / count < most


# -- any sequence of events --------------------------------------------------------------------------------------


class JournalMachine(RuleBasedStateMachine):
    """Drives a journal and a naive model through the same events, with crashes of memory (reopening) in between."""

    @initialize()
    def begin(self) -> None:
        self.directory = tempfile.TemporaryDirectory()
        self.path = Path(self.directory.name) / "x.journal"
        self.journal = Journal.create(self.path, INFO)
        self.fates: dict[int, OutcomeKind] = {}
        self.carriers: dict[int, int] = {}
        self.live: dict[int, tuple[list[int], list[tuple[int, int]]]] = {}
        self.free: list[int] = []
        self.read = 0
        self.spooled = 0

    def teardown(self) -> None:
        if hasattr(self, "journal"):
            self.journal.close()
            self.directory.cleanup()

    def fate(self, data: st.DataObject, positions: list[int]) -> dict[int, OutcomeKind]:
        kinds = data.draw(st.lists(st.sampled_from(KINDS), min_size=len(positions), max_size=len(positions)))
        return dict(zip(positions, kinds, strict=True))

    def settle(self, seq: int | None, fates: dict[int, OutcomeKind]) -> None:
        carriers = {at: at + 1 for at, kind in fates.items() if kind is OutcomeKind.MERGED}
        self.journal.settled(seq, outcomes_of(fates, carriers), read=self.read)
        self.fates |= fates
        self.carriers |= carriers

    @rule(count=st.integers(1, 30), spool=st.booleans())
    def read_more(self, count: int, spool: bool) -> None:
        start, self.read = self.read, self.read + count
        self.free += range(start, self.read)
        if spool and self.spooled == start:
            self.journal.spool(start, [b"%d" % at for at in range(start, self.read)], range(start + 1, self.read + 1))
            self.spooled = self.read

    @precondition(lambda self: self.free)
    @rule(data=st.data(), shuffled=st.booleans())
    def submit(self, data: st.DataObject, shuffled: bool) -> None:
        count = data.draw(st.integers(1, len(self.free)))
        if shuffled:
            self.free = data.draw(st.permutations(self.free))
        taken, self.free = self.free[:count], self.free[count:]
        carried = data.draw(st.integers(0, (count - 1) // 2))
        positions = taken[carried:]
        merged = [(at, data.draw(st.sampled_from(positions))) for at in taken[:carried]]
        seq = self.journal.submitted(positions, f"job {count}", merged=merged, attempt=count, read=self.read)
        assert seq not in self.live
        self.live[seq] = (positions, merged)

    def left(self, seq: int) -> list[int]:
        positions, merged = self.live[seq]
        return [at for at in (*positions, *(folded for folded, _ in merged)) if at not in self.fates]

    @precondition(lambda self: self.live)
    @rule(data=st.data(), whole=st.booleans())
    def settle_batch(self, data: st.DataObject, whole: bool) -> None:
        seq = data.draw(st.sampled_from(sorted(self.live)))
        left = data.draw(st.permutations(self.left(seq)))
        part = left if whole else left[: data.draw(st.integers(0, len(left)))]
        if part:
            self.settle(seq, self.fate(data, part))
        if not self.left(seq):
            del self.live[seq]

    @precondition(lambda self: self.live)
    @rule(data=st.data())
    def abandon(self, data: st.DataObject) -> None:
        seq = data.draw(st.sampled_from(sorted(self.live)))
        self.journal.abandoned(seq)
        self.free += self.left(seq)
        del self.live[seq]

    @precondition(lambda self: self.free)
    @rule(data=st.data())
    def reject(self, data: st.DataObject) -> None:
        count = data.draw(st.integers(1, len(self.free)))
        taken, self.free = self.free[:count], self.free[count:]
        self.settle(None, dict.fromkeys(taken, OutcomeKind.REJECTED))

    @precondition(lambda self: self.fates)
    @rule(data=st.data())
    def settle_again(self, data: st.DataObject) -> None:
        twice = data.draw(st.sampled_from(sorted(self.fates)))
        with pytest.raises(JournalError):
            self.journal.settled(None, accepted([self.read + 5, twice]), read=self.read)

    @rule()
    def reopen(self) -> None:
        self.journal.close()
        self.journal = Journal.open(self.path)

    @invariant()
    def balanced(self) -> None:
        if not hasattr(self, "journal"):
            return
        counts = self.journal.counts()
        told = {kind: list(self.fates.values()).count(kind) for kind in KINDS}
        assert {kind: getattr(counts, kind) for kind in KINDS} == told
        assert counts.settled == len(self.fates)
        assert counts.read <= self.read
        assert counts.read >= max([*self.fates, *(at for seq in self.live for at in self.left(seq)), -1]) + 1

    @invariant()
    def equal(self) -> None:
        if not hasattr(self, "journal"):
            return
        with JournalReader.open(self.path) as reader:
            settled = reader.positions_settled()
            assert [at for start, stop in settled.ranges() for at in range(start, stop)] == sorted(self.fates)
            batches = {batch.seq: (batch.positions, batch.merged) for batch in reader.submitted_batches()}
            assert batches == self.live
            for outcome in reader.outcomes():
                assert outcome.outcome is self.fates[outcome.position]
                assert (outcome.user_id or 1_000 + outcome.position) == 1_000 + outcome.position
            refusals = [at for at, kind in self.fates.items() if kind in {OutcomeKind.FAILED, OutcomeKind.REJECTED}]
            assert len(list(reader.rejects())) == len(refusals)
            kept = {at: raw for chunk in reader.spooled() for at, raw in enumerate(chunk.raws, chunk.start)}
            assert all(raw == b"%d" % at for at, raw in kept.items())
            assert set(range(self.spooled)) - set(self.fates) <= set(kept)


TestJournal = JournalMachine.TestCase
TestJournal.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
