"""Put a file of results right by the journal's account, before a run goes on.

The journal speaks first and the file follows, so a killed process may leave a torn line, or lines missing. And another
run may have written to the file meanwhile. So:

- a line stays when the journal says the same of that record, and it is the first line to do so;
- what is missing is added: the outcome from the journal, the original record from the input, which is read once more.
  Where that cannot be (a pipe) and the record has left the spool, its ``record`` is null.

Memory: nine bytes for each record read so far.
"""

from __future__ import annotations

import contextlib
from array import array
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import orjson

from zendesk_async.cli.results import Results, unwritable
from zendesk_async.models import Chunk, OutcomeKind, Record, Rejection

if TYPE_CHECKING:
    from zendesk_async.models import Outcome

__all__ = ["Expected", "add_missing", "drop_wrong"]

AT_ONCE = 500  # lines in one write
KINDS = tuple(OutcomeKind)
CODES: dict[object, int] = {str(kind): code for code, kind in enumerate(KINDS, 1)}


class Shaper(Protocol):
    """What turns a chunk into records: ``audience.Intake``."""

    def shape(self, chunk: Chunk) -> list[Record | Rejection]:
        """Check and shape the records of a chunk."""


class Expected:
    """Which lines a journal wants to see, and has not seen yet. ``outcomes`` are the journal's, ``read`` its count."""

    def __init__(self, outcomes: Iterable[Outcome], read: int) -> None:
        self._codes = bytearray(read)
        self._ids = array("Q", bytes(8 * read))
        self.missing = 0
        for outcome in outcomes:
            self._codes[outcome.position] = CODES[str(outcome.outcome)]
            self._ids[outcome.position] = outcome.user_id or 0
            self.missing += 1

    def __contains__(self, position: int) -> bool:
        return 0 <= position < len(self._codes) and self._codes[position] > 0

    def see(self, told: Any) -> bool:
        """Take note of a line; False when it is none that was wanted."""
        position = told.get("position") if isinstance(told, dict) else None
        if not isinstance(position, int) or position not in self:
            return False
        if self._codes[position] != CODES.get(told.get("outcome")) or self._ids[position] != (told.get("user_id") or 0):
            return False
        self._codes[position] = 0
        self.missing -= 1
        return True


def drop_wrong(path: Path, expected: Expected) -> None:
    """Leave in the file only what is expected of it. The file is replaced whole. Raises Stopped when it cannot be."""
    mended = path.with_name(path.name + ".mending")
    try:
        with path.open("rb") as lines, mended.open("wb") as kept:
            kept.writelines(line for line in lines if line.endswith(b"\n") and expected.see(_read(line)))
        mended.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            mended.unlink()
        raise unwritable(path, error) from None


def _read(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None


async def add_missing(
    results: Results, expected: Expected, outcomes: Iterable[Outcome], chunks: AsyncIterator[Chunk], shaper: Shaper
) -> None:
    """Write the lines still expected. ``outcomes`` are the journal's, ``chunks`` the input from its beginning."""
    lines: list[Outcome] = []
    async with aclosing(_originals(expected, chunks, shaper)) as originals:
        found = await anext(originals, None)
        for outcome in _still(expected, outcomes):
            while found is not None and found.position < outcome.position:
                found = await anext(originals, None)
            lines.append(_with_original(outcome, found))
            if len(lines) >= AT_ONCE:
                results.write(lines)
                lines.clear()
    results.write(lines)


def _with_original(outcome: Outcome, found: Record | Rejection | None) -> Outcome:
    if outcome.record is not None or found is None or found.position != outcome.position:
        return outcome
    return outcome._replace(record=found.original)


def _still(expected: Expected, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    return (outcome for outcome in outcomes if outcome.position in expected)


async def _originals(
    expected: Expected, chunks: AsyncIterator[Chunk], shaper: Shaper
) -> AsyncGenerator[Record | Rejection, None]:
    """The records as read whose lines are missing, by position."""
    async for chunk in chunks:
        positions = chunk.positions or range(chunk.start, chunk.start + len(chunk.raws))
        wanted = [index for index, position in enumerate(positions) if position in expected]
        if wanted:
            for item in shaper.shape(chunk.part(wanted)):
                yield item
