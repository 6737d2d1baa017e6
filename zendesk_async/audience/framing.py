"""Cut blocks of bytes at the ends of lines, with bounded memory whatever the bytes are. Pure.

Where blocks begin and end makes no difference to the lines; nor, therefore, to the positions of records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from zendesk_async.models import Broken

__all__ = ["BOM", "LONGEST", "Overlong", "too_long", "whole_lines"]

LONGEST = 1_048_576
"""Bytes of one line. Longer ones are not kept: the input may have no line ends at all."""

KEPT = 1_000  # bytes of an overlong line, to recognise it by

BOM = b"\xef\xbb\xbf"


class Overlong(NamedTuple):
    """A line of more than ``LONGEST`` bytes, of which only the beginning was kept."""

    head: bytes


def too_long(line: Overlong) -> Broken:
    """What an overlong line is to the one who asks what became of it."""
    text = line.head.decode("utf-8", "backslashreplace")
    return Broken(f"{text}…", "TooLong", f"the line has more than {LONGEST:,} bytes")


def whole_lines(blocks: Iterable[bytes]) -> Iterator[bytes | Overlong]:
    """Give what arrives in pieces of whole lines. Each piece ends with a line break; the last of all need not.

    A byte order mark at the beginning is left out.
    """
    pieces = _pieces(blocks)
    first = next(pieces, b"")
    if isinstance(first, bytes):
        first = first.removeprefix(BOM)
    if first:
        yield first
    yield from pieces


def _pieces(blocks: Iterable[bytes]) -> Iterator[bytes | Overlong]:
    tail = bytearray()  # of a line whose end has not come; only its beginning, once it is overlong
    overlong = False
    for block in blocks:
        start = 0
        if overlong:
            start = block.find(b"\n") + 1
            if not start:
                continue
            yield Overlong(bytes(tail))
            tail.clear()
        cut = max(start, block.rfind(b"\n") + 1)
        if cut > start:
            yield from _bounded(bytes(tail) + block[start:cut] if tail else block[start:cut])
            tail.clear()
        tail += block[cut:]
        overlong = len(tail) > LONGEST
        if overlong:
            del tail[KEPT:]
    if overlong:
        yield Overlong(bytes(tail))
    elif tail:
        yield bytes(tail)


def _bounded(piece: bytes) -> Iterator[bytes | Overlong]:
    """Take out the overlong lines, of which there is none in a short piece."""
    if len(piece) <= LONGEST:
        yield piece
        return
    for line in piece.removesuffix(b"\n").split(b"\n"):
        yield Overlong(line[:KEPT]) if len(line) > LONGEST else line + b"\n"
