"""Records of an input that cannot be read again: as bytes to be kept, as digests to be compared. Pure.

A run over a pipe can be taken up in two ways, and both need what was read: without the pipe, what is not settled is
fed again from the spool; with the same pipe once more, ``SpoolCheck`` says whether it is the same.
"""

from __future__ import annotations

import hashlib
import json
import sys
from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import msgspec

from zendesk_async.errors import JournalError
from zendesk_async.models import Broken, Chunk, Raw, Row, Rows
from zendesk_async.state.encoding import Runs, pack_numbers, unpack_numbers
from zendesk_async.state.lines import to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from zendesk_async.state.ledger import SpoolDigest
    from zendesk_async.state.positions import Positions

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["Kept", "SpoolCheck", "digest", "pack_lines", "pack_raws", "unpack_lines", "unpack_raws"]

LEVEL = 1  # customer records: a third of their size, at 0.6 us each; zlib's lowest level takes four times as long
DIGEST = 16  # bytes

_LINES, _ROWS, _VALUES = b"l", b"r", b"v"

_cells = msgspec.json.Encoder()


def digest(raws: Sequence[Raw]) -> bytes:
    """The digest of records that follow one another."""
    return _digested(_text(raws)).digest()


def _digested(text: bytes) -> hashlib.blake2b:
    return hashlib.blake2b(text, digest_size=DIGEST)


def _text(raws: Sequence[Raw]) -> bytes:
    """Records as text, each with its line break."""
    if isinstance(raws, Rows):
        return _cells.encode_lines(raws.cells)
    try:
        return b"\n".join(raws) + b"\n"  # type: ignore[arg-type]  # not all bytes: TypeError
    except TypeError:
        return b"".join([_bytes(raw) + b"\n" for raw in raws])


def _bytes(raw: Raw) -> bytes:
    if isinstance(raw, bytes):
        return raw
    if isinstance(raw, Row):
        return _cells.encode(raw.cells)
    return raw.text.encode("utf-8", "surrogatepass") if isinstance(raw, Broken) else to_json(raw)


def pack_raws(raws: Sequence[Raw]) -> tuple[bytes, bytes]:
    """Write records: their digest, and what they were read as, compressed.

    Rows of a table are written under their header, a mapping becomes the JSON that it is.
    """
    text = _text(raws)
    return _digested(text).digest(), _packed(raws, text)


def _packed(raws: Sequence[Raw], text: bytes) -> bytes:
    if isinstance(raws, Rows):
        return zstd.compress(_ROWS + _cells.encode(raws.columns) + b"\n" + text, LEVEL)
    types = {type(raw) for raw in raws}
    if types == {bytes} and text.count(b"\n") == len(raws):
        return zstd.compress(_LINES + text, LEVEL)
    if not types & {bytes, Row, Broken}:
        return zstd.compress(_VALUES + text, LEVEL)
    return zstd.compress(_VALUES + b"\n".join([to_json(_value(raw)) for raw in raws]), LEVEL)


def _value(raw: Raw) -> Any:
    """A record as JSON that tells its type: a line is a string, a mapping an object, what was broken an array."""
    if isinstance(raw, bytes):
        return raw.decode("latin-1")
    if isinstance(raw, Row):
        return raw.mapping
    return list(raw) if isinstance(raw, Broken) else raw


def unpack_raws(packed: bytes, count: int) -> Sequence[Raw]:
    """Read what ``pack_raws`` wrote of ``count`` records. Raises ValueError when it did not."""
    try:
        payload = zstd.decompress(packed)
    except zstd.ZstdError as error:
        raise ValueError("records that do not decompress") from error
    kind, texts = payload[:1], payload[1:].removesuffix(b"\n").split(b"\n")
    header = texts.pop(0) if kind == _ROWS else b""
    if len(texts) != count:
        raise ValueError("more or fewer records than were counted")
    if kind == _ROWS:
        return Rows(tuple(json.loads(header)), list(map(json.loads, texts)))
    return [_raw(json.loads(text)) for text in texts] if kind == _VALUES else texts


def _raw(value: Any) -> Raw:
    if isinstance(value, str):
        try:
            return value.encode("latin-1")
        except UnicodeEncodeError:  # no line, then, but a mapping that no JSON can hold
            return value.encode("utf-8", "surrogatepass")
    return value if isinstance(value, dict) else Broken(*value)


def pack_lines(lines: Sequence[int]) -> bytes:
    """Write line numbers; nothing but the first when each record has one line."""
    first, count = lines[0], len(lines)
    if lines[-1] - first == count - 1 and list(lines) == list(range(first, first + count)):
        return pack_numbers([first])
    return pack_numbers([first, *(after - before for before, after in pairwise(lines))])


def unpack_lines(packed: bytes, count: int) -> Sequence[int]:
    """Read what ``pack_lines`` wrote, for ``count`` records."""
    numbers = unpack_numbers(packed)
    if len(numbers) == 1:
        return range(numbers[0], numbers[0] + count)
    if len(numbers) != count:
        raise ValueError("more or fewer lines than records")
    lines = [numbers[0]]
    for more in numbers[1:]:
        lines.append(lines[-1] + more)
    return lines


class Kept:
    """The spooled chunks of which something is not settled. ``end`` is the position after all that was ever spooled."""

    def __init__(self, chunks: Iterable[tuple[int, int]] = (), end: int = 0) -> None:
        self._starts: list[int] = []
        self._stops: dict[int, int] = {}
        for start, count in chunks:
            self.add(start, count)
        self.end = end

    def __repr__(self) -> str:
        return f"<Kept {len(self._starts)} chunks of {self.end} records>"

    def add(self, start: int, count: int) -> None:
        """Keep a chunk, the one that follows on the last."""
        self._starts.append(start)
        self._stops[start] = self.end = start + count

    def spent(self, runs: Runs, settled: Positions) -> list[int]:
        """Let go of the chunks at these runs that are settled to the last record; return where they start."""
        touched = {chunk for run in runs for chunk in self._at(*run)} if self._starts else ()
        spent = sorted(start for start in touched if settled.covers(start, self._stops[start]))
        for start in spent:
            self._starts.remove(start)
            del self._stops[start]
        return spent

    def _at(self, start: int, stop: int) -> list[int]:
        starts = self._starts
        return starts[max(0, bisect_right(starts, start) - 1) : bisect_left(starts, stop)]


class SpoolCheck:
    """Compares an input that is read anew with what was read of it before, in chunks of any size.

    ``checked`` is the position up to which the two are the same; ``differs`` where the first spooled chunk begins
    that is not the same, None as long as all are; ``complete`` says that all of them have been compared and are the
    same.
    """

    def __init__(self, digests: Iterable[SpoolDigest]) -> None:
        self._digests = iter(digests)
        self.checked = 0
        self.differs: int | None = None
        self._expect()

    def __repr__(self) -> str:
        found = "the same" if self.differs is None else f"different from {self.differs}"
        return f"<SpoolCheck {self.checked} records, {found}>"

    @property
    def complete(self) -> bool:
        """Whether there is nothing more to compare, and no difference was found."""
        return self._expected is None and self.differs is None

    def feed(self, raws: Sequence[Raw]) -> int | None:
        """Compare the next records of the input; return ``differs``. What comes after the spooled ones is just new."""
        self._compared(raws)
        return self.differs

    def new_part(self, chunk: Chunk) -> Chunk | None:
        """Compare a chunk, and give what of it was never read before; None when all of it was.

        Raises JournalError when the input is not the one that was read before.
        """
        new = self._compared(chunk.raws)
        if self.differs is not None:
            raise JournalError(f"this is another input: it differs at record {self.differs} or soon after")
        known = len(chunk.raws) - len(new)
        return Chunk(chunk.start + known, new, chunk.lines[known:]) if new else None

    def _compared(self, raws: Sequence[Raw]) -> Sequence[Raw]:
        """Compare records as far as any were spooled; give the rest."""
        while raws and self._expected is not None and self.differs is None:
            part, raws = raws[: self._left], raws[self._left :]
            self._hash.update(_text(part))
            self._left -= len(part)
            if not self._left:
                self._compare(self._expected)
        return raws

    def _compare(self, expected: SpoolDigest) -> None:
        if self._hash.digest() != expected.digest:
            self.differs = expected.start
            return
        self.checked = expected.start + expected.size
        self._expect()

    def _expect(self) -> None:
        self._expected = next(self._digests, None)
        self._left = self._expected.size if self._expected else 0
        self._hash = _digested(b"")
