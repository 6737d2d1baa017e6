from __future__ import annotations

from typing import Any

import orjson
import pytest

from tests.zendesk import record, user
from zendesk_async.models import Counts, OutcomeKind, Record, Rejection, Row
from zendesk_async.state import NoJournal
from zendesk_async.state.lines import line
from zendesk_async.upload.batching import Batch
from zendesk_async.upload.channel import Channel
from zendesk_async.upload.guard import Guard
from zendesk_async.upload.matching import Match
from zendesk_async.upload.settling import Settled, Settler

CREATED, FAILED = OutcomeKind.CREATED, OutcomeKind.FAILED


class Room:
    """A settler with everything around it."""

    def __init__(self, most: int = 1_000) -> None:
        self.guard = Guard()
        self.told: Channel[Settled] = Channel(100)
        self.overs = 0
        self.settler = Settler(
            NoJournal(), self.guard, self.told, lambda counts: counts.failed + counts.rejected > most, self._over
        )

    def _over(self) -> None:
        self.overs += 1

    def outcomes(self) -> list[tuple[int, str, str | None, str | None]]:
        told = [outcome for settled in self.told.empty() for outcome in settled.outcomes()]
        return [(outcome.position, str(outcome.outcome), outcome.error, outcome.details) for outcome in told]


def match(records: list[Any], failures: dict[int, tuple[str, str]]) -> Match:
    kinds = [FAILED if index in failures else CREATED for index in range(len(records))]
    ids = [None if index in failures else 1_000 + index for index in range(len(records))]
    return Match(records, kinds, ids, failures, [], "")


def test_a_batch_is_counted_told_and_released() -> None:
    """Settling a batch gives each record its outcome and frees its users."""
    room = Room()
    records = [record(n) for n in range(3)]
    for one in records:
        assert room.guard.claim(one)
    room.settler.reading(3)
    room.settler.settle(Batch(records, {}), match(records, {1: ("UserUpdateError", "Name: Email: no")}), None)
    assert room.outcomes() == [
        (0, "created", None, None),
        (1, "failed", "UserUpdateError", "Name: Email: no"),
        (2, "created", None, None),
    ]
    assert room.settler.counts == Counts(read=3, created=2, failed=1)
    assert room.guard.quiet


@pytest.mark.parametrize("fails", [False, True])
def test_the_carriers_outcome_holds_for_those_it_carries(fails: bool) -> None:
    """Folded records are merged when their carrier was accepted, and fail with its words when it was not."""
    room = Room()
    carrier = record(7, user(1))
    room.guard.claim(carrier)
    room.settler.reading(8)
    failures = {0: ("UserUpdateError", "no")} if fails else {}
    folded = {7: [record(2, user(1)), record(5, user(1))]}
    room.settler.settle(Batch([carrier], folded), match([carrier], failures), None)
    merged = ("failed", "UserUpdateError", "no") if fails else ("merged", None, "carried by record 7")
    last = ("failed", "UserUpdateError", "no") if fails else ("created", None, None)
    assert room.outcomes() == [(2, *merged), (5, *merged), (7, *last)]
    counts = room.settler.counts
    assert (counts.failed, counts.merged, counts.created) == ((3, 0, 0) if fails else (0, 2, 1))
    assert counts.pending == 5
    assert room.guard.quiet


def test_rejections_have_outcomes() -> None:
    """What is never sent is told like everything else."""
    room = Room()
    room.settler.reading(1)
    room.settler.reject([Rejection(0, "InvalidEmail", "line 1: no", b"{}")])
    assert room.outcomes() == [(0, "rejected", "InvalidEmail", "line 1: no")]
    assert room.settler.counts.pending == 0


@pytest.mark.parametrize(
    ("failures", "carriers", "ids"),
    [({}, {}, [5, 6]), ({}, {}, [5, None]), ({1: ("E", "d")}, {}, [5, None]), ({}, {0: 7}, [5, 6])],
)
def test_lines_say_what_the_outcomes_say(
    failures: dict[int, tuple[str, str]], carriers: dict[int, int], ids: list[int | None]
) -> None:
    """Whether there is something particular to be told of one of them or not."""
    kinds = [OutcomeKind.MERGED if carriers else CREATED, FAILED if failures else OutcomeKind.UPDATED]
    records: list[Record | Rejection] = [record(1), Rejection(2, "E", "d", Row(("email",), ["ü"]))]
    settled = Settled(records, kinds, ids, failures, carriers)
    assert settled.lines() == b"".join(map(line, settled.outcomes()))
    assert [orjson.loads(told)["position"] for told in settled.lines().splitlines()] == [1, 2]


def test_a_row_is_told_under_its_header() -> None:
    """Whoever listens gets a mapping, as of any other record."""
    room = Room()
    room.settler.reject([Rejection(0, "E", "d", Row(("email", "name"), ["a@b", ""])), Rejection(1, "E", "d", b"{}")])
    (settled,) = room.told.empty()
    assert [outcome.record for outcome in settled.outcomes()] == [{"email": "a@b", "name": ""}, b"{}"]


def test_too_many_failures_are_called_out() -> None:
    """Whoever set a limit on failures hears when it is passed, not when it is reached."""
    room = Room(most=2)
    room.settler.reject([Rejection(n, "E", "d", b"{}") for n in range(2)])
    assert room.overs == 0
    room.settler.reject([Rejection(2, "E", "d", b"{}")])
    assert room.overs == 1


def test_outcomes_are_journaled_even_when_nobody_listens() -> None:
    """After the reader has gone the account is kept all the same."""
    room = Room()
    room.told.close()
    room.settler.reject([Rejection(0, "E", "d", b"{}")])
    assert room.settler.counts.rejected == 1
