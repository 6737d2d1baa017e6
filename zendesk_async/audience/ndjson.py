"""NDJSON: one JSON object per line. Pure.

A line is stripped and handed on as the bytes it is; whether it holds an object is found out when it is shaped. Blank
lines are no records, but they count as lines.
"""

from __future__ import annotations

import io
from collections.abc import Generator, Iterable, Sequence

from zendesk_async.audience.framing import Overlong, too_long, whole_lines
from zendesk_async.models import Chunk

__all__ = ["MOST", "ndjson_chunks"]

MOST = 1_000
"""Records in one chunk."""


def ndjson_chunks(blocks: Iterable[bytes]) -> Generator[Chunk, None, None]:
    """Cut blocks of bytes into chunks of lines, a chunk or more for every block in which a line ends."""
    position, line = 0, 1
    for piece in whole_lines(blocks):
        if isinstance(piece, Overlong):
            yield Chunk(position, [too_long(piece)], [line])
            position, line = position + 1, line + 1
            continue
        raws, lines, line = _split(piece, line)
        for at in range(0, len(raws), MOST):
            yield Chunk(position + at, raws[at : at + MOST], lines[at : at + MOST])
        position += len(raws)


def _split(piece: bytes, line: int) -> tuple[list[bytes], Sequence[int], int]:
    """The lines of a piece that are not blank, their numbers, and that of the line after them."""
    raws = list(map(bytes.strip, io.BytesIO(piece)))  # finds line breaks in half the time that ``split`` takes
    after = line + len(raws)
    if all(raws):
        return raws, range(line, after), after
    return list(filter(None, raws)), [number for number, raw in enumerate(raws, line) if raw], after
