from __future__ import annotations

import random
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from tests.state.made import Settled, outcomes_of, refused
from zendesk_async.models import OutcomeKind, Rejection
from zendesk_async.state.encoding import KINDS
from zendesk_async.state.outcomes import (
    Entry,
    SettledRow,
    in_order,
    pack_merged,
    pack_settlement,
    positions_of,
    reject_rows,
    unpack_merged,
    unpack_settlement,
)

FATES = st.dictionaries(st.integers(0, 500), st.sampled_from(KINDS), min_size=1, max_size=60)


@given(FATES, st.randoms(use_true_random=False))
def test_a_settlement_comes_back(fates: dict[int, OutcomeKind], rng: random.Random) -> None:
    """Kind, user and carrier of every record survive, in the order in which they were settled."""
    carriers = {at: rng.randrange(600) for at, kind in fates.items() if kind is OutcomeKind.MERGED}
    outcomes = outcomes_of(fates, carriers)
    runs, row = pack_settlement(outcomes)
    assert positions_of(runs) == list(fates)
    assert unpack_settlement(row) == [
        Entry(at, kind, user_id, carriers.get(at))
        for (at, kind), user_id in zip(fates.items(), outcomes.user_ids, strict=True)
    ]


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500))), st.integers(0, 500))
def test_merged_pairs_come_back(merged: list[tuple[int, int]], first: int) -> None:
    """Who carried whom is known again after a crash."""
    assert unpack_merged(first, pack_merged(first, merged)) == merged


@given(st.lists(st.integers(0, 400), min_size=1, unique=True), st.integers(1, 9), st.randoms(use_true_random=False))
def test_outcomes_come_by_position(positions: list[int], size: int, rng: random.Random) -> None:
    """Batches overlap and finish in any order; their outcomes are told in the order of the input, each once."""
    batches = [positions[at : at + size] for at in range(0, len(positions), size)]
    rows = [pack_settlement(outcomes_of(dict.fromkeys(batch, OutcomeKind.UPDATED)))[1] for batch in batches]
    rng.shuffle(rows)
    told = [entry.position for entry in in_order(sorted(rows, key=lambda row: row.first))]
    assert told == sorted(positions)


def test_only_what_lies_ahead_is_held() -> None:
    """Telling a long run in order takes no more memory than what was in flight together."""
    taken = 0

    def rows() -> list[SettledRow]:
        tens = (range(first, first + 10) for first in range(0, 1_000, 10))
        return [pack_settlement(outcomes_of(dict.fromkeys(ten, OutcomeKind.UPDATED)))[1] for ten in tens]

    def counted() -> Iterator[SettledRow]:
        nonlocal taken
        for row in rows():
            taken += 1
            yield row

    entries = in_order(counted())
    assert next(entries).position == 0
    assert taken == 2


def test_what_was_refused_keeps_its_words_and_its_original() -> None:
    """A refusal is explained with Zendesk's own words, beside the record as it was read."""
    failed = refused([4, 9])
    assert list(reject_rows(failed)) == [
        (4, "failed", "UserUpdateError", "no 4", b'{"n":4}'),
        (9, "failed", "UserUpdateError", "no 9", b'{"n":9}'),
    ]
    broken = Rejection(3, "MalformedJson", "line 4: \udcff", "{oops")
    rejected = Settled([broken], [OutcomeKind.REJECTED], [None], {0: (broken.error, broken.details)}, {})
    assert list(reject_rows(rejected)) == [(3, "rejected", "MalformedJson", "line 4: \\udcff", b'"{oops"')]
