from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.audience import framing
from zendesk_async.audience.framing import BOM, LONGEST, Overlong, too_long, whole_lines

TEXTS = st.lists(
    st.sampled_from([b"a", b"bb\n", b"\n", b"\r\n", b"x" * 9, b"y" * 30 + b"\n", b"z" * 8 + b"\n"]), max_size=20
)


def shattered(data: bytes, sizes: Iterable[int]) -> list[bytes]:
    """Cut data into blocks of these sizes, and what is left into one more."""
    blocks = []
    for size in sizes:
        blocks.append(data[:size])
        data = data[size:]
    return [block for block in [*blocks, data] if block]


def lines_of(pieces: Iterable[bytes | Overlong]) -> list[bytes | Overlong]:
    lines: list[bytes | Overlong] = []
    for piece in pieces:
        lines += [piece] if isinstance(piece, Overlong) else piece.splitlines(keepends=True)
    return lines


@given(TEXTS, st.lists(st.integers(1, 12)))
def test_where_blocks_end_makes_no_difference(texts: list[bytes], sizes: list[int]) -> None:
    """The same bytes give the same lines, however a pipe delivers them: positions depend on it."""
    data = b"".join(texts)
    assert b"".join(line for line in whole_lines(shattered(data, sizes)) if isinstance(line, bytes)) == data
    assert lines_of(whole_lines(shattered(data, sizes))) == lines_of(whole_lines([data] if data else []))


@given(TEXTS, st.lists(st.integers(1, 12)))
def test_nor_does_it_for_lines_that_are_too_long(texts: list[bytes], sizes: list[int]) -> None:
    """Which line is too long depends on the line alone."""
    data = b"".join(texts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(framing, "LONGEST", 8)
        patch.setattr(framing, "KEPT", 4)
        lines = lines_of(whole_lines(shattered(data, sizes)))
    *expected, last = data.split(b"\n")
    expected += [last] if last else []
    told = [line if isinstance(line, Overlong) else line.removesuffix(b"\n") for line in lines]
    assert told == [Overlong(line[:4]) if len(line) > 8 else line for line in expected]


@given(st.lists(st.integers(1, 4), max_size=4))
def test_a_byte_order_mark_is_left_out(sizes: list[int]) -> None:
    """Spreadsheets write one; it would become part of the first column's name."""
    assert b"".join(map(bytes, whole_lines(shattered(BOM + b"a,b\n", sizes)))) == b"a,b\n"  # type: ignore[arg-type]
    assert list(whole_lines([BOM])) == []


def test_memory_is_bounded_without_any_line_end() -> None:
    """A gigabyte of zeros costs no gigabyte."""
    block = b"0" * 65_536

    def endless() -> Iterable[bytes]:
        yield from (block for _ in range(1_000))

    (line,) = whole_lines(endless())
    assert isinstance(line, Overlong)
    assert len(line.head) < 10_000


def test_pieces_come_as_soon_as_their_line_ends() -> None:
    """A slow pipe's record must not wait for the next one."""
    given_so_far = []

    def slow() -> Iterable[bytes]:
        for block in (b"a\nb", b"c\n", b"d"):
            given_so_far.append(block)
            yield block

    pieces = whole_lines(slow())
    assert next(pieces) == b"a\n"
    assert given_so_far == [b"a\nb"]
    assert next(pieces) == b"bc\n"
    assert next(pieces) == b"d"


def test_an_overlong_line_is_told_by_its_beginning() -> None:
    """Enough is kept to find it again."""
    broken = too_long(Overlong(b"abc\xff"))
    assert (broken.text, broken.error) == ("abc\\xff…", "TooLong")
    assert f"{LONGEST:,}" in broken.details
