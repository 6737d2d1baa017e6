from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.errors import JournalError
from zendesk_async.models import Broken, Chunk, Raw, Rows
from zendesk_async.state.ledger import SpoolDigest
from zendesk_async.state.positions import Positions
from zendesk_async.state.spool import Kept, SpoolCheck, digest, pack_lines, pack_raws, unpack_lines, unpack_raws

TEXT = st.text(st.characters())
BYTES = st.binary(max_size=20)
OBJECTS = st.dictionaries(TEXT, st.integers() | TEXT | st.none() | st.booleans(), max_size=4)
BROKEN = st.builds(Broken, TEXT, TEXT, TEXT)
ROW = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=4), min_size=2, max_size=2)
RAWS = st.lists(BYTES | OBJECTS | BROKEN, min_size=1, max_size=12)
UNIFORM = st.one_of([st.lists(kind, min_size=1, max_size=12) for kind in (BYTES, OBJECTS, BROKEN)])


@given(RAWS | UNIFORM)
def test_records_come_back_as_they_were_read(raws: list[Raw]) -> None:
    """Lines to the byte, objects with all their digits, broken lines with their reason."""
    told, payload = pack_raws(raws)
    assert unpack_raws(payload, len(raws)) == raws
    assert told == digest(raws)


def test_what_json_does_not_know_comes_back_as_its_text() -> None:
    """A program may hand over dates and the like: they come back as the JSON that they would have been sent as."""
    raws: list[Any] = [{"when": dt.date(2026, 1, 2)}, {(1, 2): "\N{HIRAGANA LETTER A}"}]
    told = [{"when": "2026-01-02"}, "{(1, 2): '\N{HIRAGANA LETTER A}'}".encode()]
    assert unpack_raws(pack_raws(raws)[1], 2) == told
    assert unpack_raws(pack_raws([*raws, b"\xff"])[1], 3) == [*told, b"\xff"]


@given(st.lists(ROW, min_size=1, max_size=9), st.lists(BROKEN, max_size=1))
def test_rows_come_back_under_their_header(cells: list[list[str]], broken: list[Broken]) -> None:
    """As rows, whose digest is the same whoever holds them; among broken lines as the mappings that they are."""
    rows = Rows(("a", "b"), cells)
    told, payload = pack_raws(rows)
    found = unpack_raws(payload, len(rows))
    assert isinstance(found, Rows)
    assert (found.columns, found.cells) == (rows.columns, cells)
    assert told == digest(rows) == digest(list(rows)) == digest(found)
    raws: list[Raw] = [*rows, *broken]
    assert unpack_raws(pack_raws(raws)[1], len(raws)) == [*(row.mapping for row in rows), *broken]
    with pytest.raises(ValueError, match="more or fewer"):
        unpack_raws(payload, len(rows) + 1)


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=30))
def test_line_numbers_come_back(lines: list[int]) -> None:
    """An error message after a crash names the same line as before it."""
    assert list(unpack_lines(pack_lines(lines), len(lines))) == lines
    row = range(lines[0], lines[0] + len(lines))
    assert unpack_lines(pack_lines(row), len(row)) == row
    assert len(pack_lines(row)) <= 3


@given(BYTES, st.integers(1, 5))
def test_strange_bytes_are_refused(payload: bytes, count: int) -> None:
    """A damaged spool costs a ValueError, and gives no record that was never read."""
    with pytest.raises(ValueError, match="decompress"):
        unpack_raws(payload, count)
    with pytest.raises(ValueError, match=r"records|line"):
        unpack_raws(pack_raws([b"{}"] * (count + 1))[1], count)
    with pytest.raises(ValueError, match="lines"):
        unpack_lines(pack_lines([5, 9, 11]), 2)


def test_kept_records_are_small() -> None:
    """Keeping what was read costs a fraction of what was read."""
    raws = [
        orjson.dumps({"external_id": str(n), "name": f"Customer {n}", "email": f"c{n}@example.com"}) for n in range(999)
    ]
    _, payload = pack_raws(raws)
    assert len(payload) * 4 < sum(map(len, raws))


# -- what is kept ------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(1, 6), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_a_chunk_is_let_go_with_the_last_of_its_records(sizes: list[int], rng: Any) -> None:
    """Each chunk is given up exactly once, and not before everything in it is settled."""
    starts = [sum(sizes[:at]) for at in range(len(sizes))]
    kept = Kept(zip(starts, sizes, strict=True), sum(sizes))
    positions, left = Positions(), dict(zip(starts, sizes, strict=True))
    for at in rng.sample(range(sum(sizes)), sum(sizes)):
        positions.add(at, at + 1)
        spent = kept.spent([(at, at + 1)], positions)
        assert all(positions.covers(start, start + left.pop(start)) for start in spent)
        assert not [start for start, size in left.items() if positions.covers(start, start + size)]
    assert left == {}
    assert kept.end == sum(sizes)


# -- the same input once more ------------------------------------------------------------------------------------


def spooled(sizes: Sequence[int], raws: Sequence[Raw]) -> list[SpoolDigest]:
    cuts = [sum(sizes[:at]) for at in range(len(sizes) + 1)]
    return [SpoolDigest(start, stop - start, digest(raws[start:stop])) for start, stop in pairwise(cuts)]


def lines_of(count: int) -> list[bytes]:
    return [b'{"n":%d}' % n for n in range(count)]


def fed(check: SpoolCheck, raws: Sequence[Raw], size: int) -> None:
    for at in range(0, len(raws), size):
        check.feed(raws[at : at + size])


@given(st.lists(st.integers(1, 7), max_size=8), st.integers(1, 9), st.integers(0, 5), RAWS)
def test_the_same_input_is_recognised_however_it_is_cut(
    sizes: list[int], size: int, more: int, pattern: list[Raw]
) -> None:
    """A pipe comes in other portions the second time: only the records count."""
    raws = (pattern * 60)[: sum(sizes)]
    check = SpoolCheck(spooled(sizes, raws))
    assert check.complete == (not sizes)
    fed(check, [*raws, *lines_of(more)], size)
    assert check.complete
    assert (check.differs, check.checked) == (None, sum(sizes))


@given(st.lists(st.integers(1, 7), min_size=1, max_size=8), st.integers(1, 9), st.data())
def test_a_difference_is_found_in_its_chunk(sizes: list[int], size: int, data: st.DataObject) -> None:
    """One changed record, anywhere in what was read before, makes it another input."""
    raws = lines_of(sum(sizes))
    expected = spooled(sizes, raws)
    changed = data.draw(st.integers(0, len(raws) - 1))
    raws[changed] = b"changed"
    check = SpoolCheck(expected)
    fed(check, [*raws, *lines_of(20)], size)
    assert check.differs == max(known.start for known in expected if known.start <= changed)
    assert not check.complete
    assert check.checked == check.differs


def test_an_input_that_ends_early_is_not_complete() -> None:
    """Fewer records than before is no agreement, even if all of them are the same."""
    check = SpoolCheck(spooled([4, 4], lines_of(8)))
    assert check.feed(lines_of(7)) is None
    assert not check.complete
    assert check.checked == 4
    assert repr(check) == "<SpoolCheck 4 records, the same>"


@given(st.lists(st.integers(1, 7), max_size=6), st.integers(1, 9), st.integers(0, 20))
def test_only_what_is_new_is_given_on(sizes: list[int], size: int, more: int) -> None:
    """Nothing that was spooled comes a second time, nothing new is lost, and every record keeps position and line."""
    known = sum(sizes)
    raws = lines_of(known + more)
    check = SpoolCheck(spooled(sizes, raws))
    new: list[tuple[int, Raw, int]] = []
    for at in range(0, len(raws), size):
        part = raws[at : at + size]
        chunk = check.new_part(Chunk(at, part, range(at + 1, at + 1 + len(part))))
        if chunk is not None:
            new += zip(range(chunk.start, chunk.start + len(chunk.raws)), chunk.raws, chunk.lines, strict=True)
    assert new == [(at, raws[at], at + 1) for at in range(known, known + more)]


def test_another_input_is_refused() -> None:
    """Two inputs are never mixed into one run."""
    check = SpoolCheck(spooled([2, 2], lines_of(4)))
    assert check.new_part(Chunk(0, lines_of(2), [1, 2])) is None
    with pytest.raises(JournalError, match="another input: it differs at record 2 or soon after"):
        check.new_part(Chunk(2, [b"x", b"y"], [3, 4]))
