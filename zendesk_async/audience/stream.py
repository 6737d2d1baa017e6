"""Bytes of a file or a pipe, unpacked. Everything here may block: it runs in a thread.

What is packed is told by its first bytes, not by its name: a ``.gz`` that a server has already unpacked is read too.
Reads are unbuffered, on the descriptor itself: a buffered standard input has a lock that Python wants back before it
exits.
"""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, cast

from zendesk_async.errors import InputError

__all__ = ["BLOCK", "Ahead", "Stream"]

BLOCK = 131_072  # bytes asked for at once: larger ones come from the system anew, page by page, each time

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"


class Ahead:
    """Reads on, and lets one look ahead. ``taken`` counts the bytes that were read, not those only looked at."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._seen = b""
        self.taken = 0

    def read(self, size: int) -> bytes:
        """Give up to ``size`` bytes as soon as there are any; none at the end."""
        if self._seen:
            block, self._seen = self._seen[:size], self._seen[size:]
        else:
            block = self._read(size)
        self.taken += len(block)
        return block

    def peek(self, size: int) -> bytes:
        """Look at the first ``size`` bytes or more; fewer only at the end."""
        return self._look(lambda seen: len(seen) >= size)

    def peek_line(self, longest: int) -> bytes:
        """Look at the first line that is not blank, or more; at ``longest`` bytes where there is no line end."""
        return self._look(lambda seen: b"\n" in seen.lstrip() or len(seen) >= longest)

    def _look(self, enough: Callable[[bytes], bool]) -> bytes:
        while not enough(self._seen) and (block := self._read(BLOCK)):
            self._seen += block
        return self._seen


class Stream:
    """An input as bytes, whatever it was packed with. Raises InputError, which names it, for whatever goes wrong."""

    def __init__(self, raw: io.RawIOBase, name: str) -> None:
        self._raw = raw
        self._name = name
        self._packed = Ahead(cast("Callable[[int], bytes]", raw.read))
        self._damage: tuple[type[Exception], ...] = (zlib.error, gzip.BadGzipFile)
        self._plain: Ahead | None = None

    @property
    def taken(self) -> int:
        """Bytes read, as they are stored."""
        return self._packed.taken

    def peek(self, size: int) -> bytes:
        """Look at the first bytes, unpacked."""
        return self._reading(lambda: self._unpacked().peek(size))

    def peek_line(self, longest: int) -> bytes:
        """Look at the first line, unpacked."""
        return self._reading(lambda: self._unpacked().peek_line(longest))

    def blocks(self) -> Iterator[bytes]:
        """Read to the end, in pieces as they become available."""
        while block := self._reading(lambda: self._unpacked().read(BLOCK)):
            yield block

    def close(self) -> None:
        """Close what was opened."""
        self._raw.close()

    def _unpacked(self) -> Ahead:
        if self._plain is None:
            self._plain = self._unpack()
        return self._plain

    def _unpack(self) -> Ahead:
        start = self._packed.peek(len(_ZSTD))
        file = cast("BinaryIO", self._packed)  # reading is all that either of them does with it
        if start.startswith(_GZIP):
            return Ahead(gzip.GzipFile(fileobj=file, mode="rb").read1)
        if not start.startswith(_ZSTD):
            return self._packed
        if sys.version_info >= (3, 14):
            from compression import zstd
        else:
            from backports import zstd
        self._damage = (*self._damage, zstd.ZstdError)
        return Ahead(zstd.ZstdFile(file, "rb").read1)

    def _reading(self, read: Callable[[], bytes]) -> bytes:
        try:
            return read()
        except EOFError:
            raise InputError(
                f"{self._name} is incomplete: its compressed data ends too early. Fetch it again."
            ) from None
        except self._damage as error:
            raise InputError(f"{self._name} is damaged: {error}. Fetch it again.") from None
        except OSError as error:
            raise InputError(f"{self._name} cannot be read: {error.strerror or error}.") from None
