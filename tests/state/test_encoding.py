from __future__ import annotations

import contextlib
import random
from collections.abc import Sequence
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.models import Counts, OutcomeKind
from zendesk_async.state import encoding

NUMBERS = st.integers(-(2**62), 2**62)
POSITIONS = st.lists(st.integers(0, 300), min_size=1, max_size=120, unique=True)
KINDS = st.lists(st.sampled_from(encoding.KINDS), min_size=1, max_size=120)
IDS = st.lists(st.none() | st.integers(1, 2**63 - 1), min_size=1, max_size=120)


@given(st.lists(NUMBERS))
def test_numbers_come_back(numbers: list[int]) -> None:
    """What is written is read."""
    assert encoding.unpack_numbers(encoding.pack_numbers(numbers)) == numbers


@given(POSITIONS)
def test_positions_come_back_in_their_order(positions: list[int]) -> None:
    """Results go by the order of the request: it survives, whatever it was."""
    runs = encoding.runs_of(positions)
    first, packed = encoding.pack_runs(runs)
    assert [at for start, stop in runs for at in range(start, stop)] == positions
    assert first == min(positions)
    assert encoding.unpack_runs(first, len(positions), packed) == runs


@given(KINDS)
def test_kinds_come_back(kinds: list[OutcomeKind]) -> None:
    """What became of a record is never another's fate."""
    assert encoding.unpack_kinds(encoding.pack_kinds(kinds), len(kinds)) == kinds


@given(KINDS)
def test_the_tally_counts_every_kind(kinds: list[OutcomeKind]) -> None:
    """The account is the sum of what became of the records."""
    assert encoding.tally(kinds) == [kinds.count(kind) for kind in encoding.KINDS]


def test_kinds_stand_in_the_order_of_the_account() -> None:
    """A tally can be added to the columns of the account one by one."""
    assert [str(kind) for kind in encoding.KINDS] == [field.name for field in fields(Counts)][1:]


@given(IDS)
def test_user_ids_come_back(ids: list[int | None]) -> None:
    """A user's id is kept to the last digit, and its absence too."""
    assert encoding.unpack_ids(encoding.pack_ids(ids), len(ids)) == ids


@pytest.mark.parametrize("strange", ["7", 2**64, -5, 1.5, [1], {"id": 1}])
def test_what_is_no_user_id_is_none(strange: object) -> None:
    """Zendesk's answer is not trusted: an odd id costs that id, not the journal."""
    ids: Sequence[int | None] = [7, strange, 9]  # type: ignore[list-item]
    assert encoding.unpack_ids(encoding.pack_ids(ids), 3) == [7, None, 9]
    alone: Sequence[int | None] = [strange]  # type: ignore[list-item]
    assert encoding.unpack_ids(encoding.pack_ids(alone), 1) == [None]


def test_a_batch_is_small() -> None:
    """A hundred records in a row cost no byte of positions, and six for each id when these lie far apart."""
    rng = random.Random(7)
    row = list(range(5_000_000, 5_000_100))
    assert encoding.pack_runs(encoding.runs_of(row)) == (5_000_000, None)
    _, with_gaps = encoding.pack_runs(encoding.runs_of([at for at in row if at % 7]))
    assert with_gaps is not None
    assert len(with_gaps) <= 32
    scattered = encoding.pack_ids([rng.randrange(360_000_000_000, 30_000_000_000_000) for _ in row])
    assert scattered is not None
    assert len(scattered) <= 610
    neighbours = encoding.pack_ids([6_164_068_886_042 + 128 * n for n in range(100)])
    assert neighbours is not None
    assert len(neighbours) <= 210
    assert len(encoding.pack_kinds([OutcomeKind.CREATED] * 100)) == 1


@given(st.binary(max_size=40), st.integers(-5, 2**70), st.integers(-5, 2**70))
def test_strange_bytes_are_refused_or_read_but_never_expanded(packed: bytes, first: int, count: int) -> None:
    """A damaged journal costs a ValueError, not the memory of the machine."""
    try:
        runs = encoding.unpack_runs(first, count, packed)
    except ValueError:
        return
    assert sum(stop - start for start, stop in runs) == count
    assert min(start for start, _ in runs) == first


@given(st.binary(max_size=40) | st.none(), st.integers(1, 50))
def test_strange_kinds_and_ids_are_refused_or_read(packed: bytes | None, count: int) -> None:
    """One for each record, or a ValueError."""
    for unpack in (encoding.unpack_ids, lambda packed, count: encoding.unpack_kinds(packed or b"", count)):
        with contextlib.suppress(ValueError):
            assert len(unpack(packed, count)) == count
