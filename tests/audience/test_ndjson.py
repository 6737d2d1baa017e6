from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.audience.test_framing import shattered
from zendesk_async.audience.framing import LONGEST
from zendesk_async.audience.ndjson import MOST, ndjson_chunks
from zendesk_async.models import Broken, Chunk, Raw, Row

LINES = st.lists(st.sampled_from([b'{"a":1}', b"", b"  ", b"\r", b'{"b":2}\r', b" {} ", b"x" * 20]), max_size=30)


def flat(chunks: list[Chunk]) -> list[tuple[int, int, Raw]]:
    """Every record with its position and line, whatever the chunks; a row as a mapping."""
    return [
        (chunk.start + index, line, raw.mapping if isinstance(raw, Row) else raw)
        for chunk in chunks
        for index, (raw, line) in enumerate(zip(chunk.raws, chunk.lines, strict=True))
    ]


@given(LINES, st.booleans(), st.lists(st.integers(1, 30)))
def test_lines_are_the_same_however_they_arrive(lines: list[bytes], ended: bool, sizes: list[int]) -> None:
    """Records, positions and line numbers follow from the bytes alone, and positions leave no gap."""
    data = b"\n".join(lines) + b"\n" * ended
    found = flat(list(ndjson_chunks(shattered(data, sizes))))
    expected = [(number, line.strip()) for number, line in enumerate(lines, 1) if line.strip()]
    assert found == [(position, number, line) for position, (number, line) in enumerate(expected)]


def test_a_last_line_needs_no_end() -> None:
    """What is complete is a record, also without a line break after it."""
    assert flat(list(ndjson_chunks([b'{"a":1}\n{"b":', b"2}"]))) == [(0, 1, b'{"a":1}'), (1, 2, b'{"b":2}')]


def test_an_overlong_line_is_a_record_of_its_own() -> None:
    """It has a position and a line number like any other, and those after it are right."""
    long = b"x" * (LONGEST + 1)
    found = flat(list(ndjson_chunks([b"{}\n", long[:5], long[5:] + b"\n{}\n"])))
    assert [(position, line) for position, line, _ in found] == [(0, 1), (1, 2), (2, 3)]
    assert isinstance(found[1][2], Broken)


def test_chunks_are_bounded() -> None:
    """A block of very short lines must not hold up the loop."""
    chunks = list(ndjson_chunks([b"{}\n" * (2 * MOST + 1)]))
    assert [len(chunk.raws) for chunk in chunks] == [MOST, MOST, 1]
    assert [chunk.start for chunk in chunks] == [0, MOST, 2 * MOST]
    assert list(chunks[1].lines[:2]) == [MOST + 1, MOST + 2]


def test_nothing_gives_nothing() -> None:
    """An empty input has no records, and no chunk without records ever comes."""
    assert list(ndjson_chunks([])) == []
    assert list(ndjson_chunks([b"\n\n", b" \n"])) == []
