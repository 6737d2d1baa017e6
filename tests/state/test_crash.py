"""What a kill -9 at any moment leaves behind: a real process, really killed, again and again over one journal."""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import pytest

from tests.source import ROOT
from tests.state.made import INFO, accepted
from zendesk_async.errors import JournalError
from zendesk_async.state.database import LOG_PAGES
from zendesk_async.state.encoding import KINDS
from zendesk_async.state.journal import Journal
from zendesk_async.state.reading import JournalReader

KILLS = 8


@dataclass
class Told:
    """What the killed processes had been told by the journal. ``left`` are each batch's records without outcome."""

    read: int = 0
    settled: dict[int, str] = field(default_factory=dict)
    left: dict[int, set[int]] = field(default_factory=dict)
    lines: int = 0

    def hear(self, output: bytes) -> None:
        """Take in what a process said; a line that the kill cut off was not said."""
        for line in output.decode().splitlines(keepends=True):
            if line.endswith("\n"):
                self.lines += 1
                self._hear(*line.split())

    def _hear(self, event: str, *words: str) -> None:
        match event:
            case "read":
                self.read = int(words[0])
            case "submitted":
                self.left[int(words[0])] = {int(word) for word in words[1:]}
            case "abandoned":
                del self.left[int(words[0])]
            case "settled":
                positions = [int(word) for word in words[1:]]
                assert not self.settled.keys() & positions  # nothing was settled twice, by whichever process
                self.settle(dict.fromkeys(positions, words[0]))

    def settle(self, outcomes: Mapping[int, str]) -> None:
        """Take note of outcomes; a batch that has them all is over."""
        self.settled |= outcomes
        self.left = {seq: left for seq, records in self.left.items() if (left := records.difference(outcomes))}


def hammer(path: Path, seed: int, seconds: float) -> bytes:
    """Run the hammer, kill it after so many seconds of work, and return what it said."""
    command = [sys.executable, "-m", "tests.state.hammer", str(path), str(seed)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, bufsize=0) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=seconds)
        process.kill()
        return process.communicate()[0]


def check_against(path: Path, told: Told) -> None:
    """See that the journal balances and holds all that was told; what was done and could not be told is learnt."""
    with JournalReader.open(path) as reader:
        counts = reader.counts()
        outcomes = {outcome.position: str(outcome.outcome) for outcome in reader.outcomes()}
        settled = reader.positions_settled()
        batches = {batch.seq: set(batch.positions) for batch in reader.submitted_batches()}
        rejects = [orjson.loads(line)["position"] for line in reader.rejects()]
        kept = {at for chunk in reader.spooled() for at in range(chunk.start, chunk.start + len(chunk.raws))}
    assert {kind: getattr(counts, kind) for kind in KINDS} == {
        kind: list(outcomes.values()).count(kind) for kind in KINDS
    }
    assert counts.read >= told.read
    assert counts.pending == counts.read - len(outcomes)
    assert [at for start, stop in settled.ranges() for at in range(start, stop)] == sorted(outcomes)
    assert {at: outcomes.get(at) for at in told.settled} == told.settled
    assert rejects == sorted(at for at, kind in outcomes.items() if kind in {"failed", "rejected"})
    assert set(range(counts.read)).difference(outcomes) <= kept
    told.settle(outcomes)
    left = {seq: records.difference(outcomes) for seq, records in batches.items()}
    assert {seq: left.get(seq, records) for seq, records in told.left.items()} == told.left
    assert len(told.left.keys() ^ left.keys()) <= 1  # the one that was given up, or accepted, and could not be told
    told.left = left


def test_a_kill_loses_nothing_that_was_told(tmp_path: Path) -> None:
    """After every kill: the account balances, what was told is there, nothing is settled twice, and the run goes on."""
    path, told, rng = tmp_path / "x.journal", Told(), random.Random()
    for seed in range(KILLS):
        told.hear(hammer(path, seed, rng.uniform(0, 0.15)))
        check_against(path, told)
    assert told.lines > KILLS * 3
    log = path.with_name("x.journal-wal")
    assert not log.exists() or log.stat().st_size < 4 * LOG_PAGES * 4_096
    Journal.open(path).close()
    check_against(path, told)
    assert not log.exists()


def test_a_killed_process_holds_no_lock(tmp_path: Path) -> None:
    """While it lives nobody else may go on with its run; the moment it is dead, anybody may."""
    path = tmp_path / "x.journal"
    command = [sys.executable, "-m", "tests.state.hammer", str(path), "1"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        with pytest.raises(JournalError, match=f"is being worked on by process {process.pid}"):
            Journal.open(path)
        process.kill()
        process.stdout.read()
    Journal.open(path).close()


def test_a_kill_at_birth_leaves_a_whole_journal_or_none(tmp_path: Path) -> None:
    """Killed while it makes the file, a process leaves one that works, or a place where a new one can be made."""
    rng = random.Random()
    for attempt in range(5):
        path = tmp_path / f"{attempt}.journal"
        command = [sys.executable, "-m", "tests.state.hammer", str(path), "1"]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
            while not path.exists():
                time.sleep(0.0005)
            time.sleep(rng.uniform(0, 0.004))
            process.kill()
        try:
            journal = Journal.open(path)
        except JournalError:
            journal = Journal.create(path, INFO)
        journal.settled(None, accepted([journal.counts().read]), read=0)
        assert journal.counts().created >= 1
        journal.close()
