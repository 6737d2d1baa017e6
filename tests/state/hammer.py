"""A process that journals as fast as it can until it is killed: python -m tests.state.hammer JOURNAL SEED.

It says on standard output what the journal has returned from, and nothing before: who reads that knows what must be
there.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.state.made import INFO, outcomes_of
from zendesk_async.models import OutcomeKind
from zendesk_async.state.encoding import KINDS
from zendesk_async.state.journal import Journal


def say(*words: object) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


class Hammer:
    def __init__(self, journal: Journal, rng: random.Random) -> None:
        self.journal = journal
        self.rng = rng
        self.read = journal.counts().read
        settled = journal.positions_settled()
        self.live = {batch.seq: [*batch.positions] for batch in journal.submitted_batches()}
        for positions in self.live.values():
            positions[:] = [position for position in positions if position not in settled]
        flying = {position for positions in self.live.values() for position in positions}
        gaps = (position for gap in settled.gaps(self.read) for position in range(*gap))
        self.free = [position for position in gaps if position not in flying]

    def read_more(self) -> None:
        start, self.read = self.read, self.read + self.rng.randrange(1, 200)
        self.journal.spool(start, [b'{"n":%d}' % at for at in range(start, self.read)], range(start + 1, self.read + 1))
        say("read", self.read)
        self.free += range(start, self.read)

    def submit(self) -> None:
        if self.rng.random() < 0.2:
            self.rng.shuffle(self.free)
        count = self.rng.randrange(1, 101)
        positions, self.free = self.free[:count], self.free[count:]
        if positions:
            seq = self.journal.submitted(positions, f"V3-{self.rng.getrandbits(128):032x}", read=self.read)
            say("submitted", seq, *positions)
            self.live[seq] = positions

    def settle(self) -> None:
        seq = self.rng.choice(list(self.live))
        positions = self.live.pop(seq)
        if self.rng.random() < 0.1:
            self.rest(seq, positions)
        else:
            self.fate(seq, positions)

    def rest(self, seq: int, positions: list[int]) -> None:
        """Settle half of a batch, and give the other half up."""
        half = len(positions) // 2
        self.fate(seq, positions[:half])
        self.journal.abandoned(seq)
        say("abandoned", seq)
        self.free += positions[half:]

    def reject(self) -> None:
        self.fate(None, [self.free.pop() for _ in range(min(len(self.free), self.rng.randrange(5)))])

    def fate(self, seq: int | None, positions: Sequence[int]) -> None:
        if positions:
            kind = self.rng.choice([OutcomeKind.CREATED, OutcomeKind.UPDATED, *KINDS])
            self.journal.settled(seq, outcomes_of(dict.fromkeys(positions, kind)), read=self.read)
            say("settled", kind, *positions)

    def run(self) -> None:
        while True:
            if len(self.free) < 500:
                self.read_more()
            self.submit()
            if len(self.live) > 10:
                self.settle()
            self.reject()


def main(path: Path, seed: int) -> None:
    journal = Journal.open(path) if path.exists() else Journal.create(path, INFO)
    say("open")
    Hammer(journal, random.Random(seed)).run()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
