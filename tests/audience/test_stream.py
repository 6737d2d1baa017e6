from __future__ import annotations

import gzip
import io
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from backports import zstd

from zendesk_async.audience.stream import BLOCK, Ahead, Stream
from zendesk_async.errors import InputError

PLAIN = b"".join(b'{"external_id":"%d"}\n' % number for number in range(20_000))
NOISE = random.Random(0).randbytes(200_000)

PACKINGS: list[Callable[[bytes], bytes]] = [bytes, gzip.compress, zstd.compress]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[bytes], Stream]]:
    """Write bytes to a file and give a Stream of it."""
    streams: list[Stream] = []

    def open_it(content: bytes) -> Stream:
        path = tmp_path / str(len(streams))
        path.write_bytes(content)
        streams.append(Stream(io.FileIO(path), "audience"))
        return streams[-1]

    yield open_it
    for stream in streams:
        stream.close()


Opened = Callable[[bytes], Stream]


@pytest.mark.parametrize("pack", PACKINGS)
def test_packed_or_not_the_bytes_are_the_same(opened: Opened, pack: Callable[[bytes], bytes]) -> None:
    """What is packed by gzip or zstd is read through, by its first bytes and not by a name."""
    packed = pack(PLAIN)
    stream = opened(packed)
    assert b"".join(stream.blocks()) == PLAIN
    assert stream.taken == len(packed)


@pytest.mark.parametrize("pack", PACKINGS)
def test_looking_takes_nothing(opened: Opened, pack: Callable[[bytes], bytes]) -> None:
    """The format is found out before reading begins, and nothing is missing afterwards."""
    stream = opened(pack(PLAIN))
    assert stream.peek(4).startswith(PLAIN[:4])
    assert b"\n" in stream.peek_line(1_000)
    assert b"".join(stream.blocks()) == PLAIN


@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress])
def test_parts_that_were_packed_one_by_one_are_read_together(opened: Opened, pack: Callable[[bytes], bytes]) -> None:
    """Many exports are made of such parts, put end to end."""
    assert b"".join(opened(pack(PLAIN) + pack(PLAIN)).blocks()) == PLAIN + PLAIN


@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress])
@pytest.mark.parametrize("kept", [0.3, 0.9, -1])
def test_packed_data_that_ends_too_early_is_told(opened: Opened, pack: Callable[[bytes], bytes], kept: float) -> None:
    """Half a download must not pass for a whole one; what could be unpacked comes first."""
    packed = pack(NOISE)
    found = b""
    with pytest.raises(InputError, match=r"audience is incomplete.*Fetch it again"):
        for block in opened(packed[: int(len(packed) * kept) if kept > 0 else -1]).blocks():
            found += block
    assert NOISE.startswith(found)
    assert len(found) > len(NOISE) * abs(kept) * 0.3


@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress])
def test_packed_data_that_is_damaged_is_told(opened: Opened, pack: Callable[[bytes], bytes]) -> None:
    """With its name, and what to do."""
    packed = bytearray(pack(PLAIN))
    packed[6:14] = b"\xff" * 8
    with pytest.raises(InputError, match=r"audience is (damaged|incomplete)"):
        list(opened(bytes(packed)).blocks())


def test_a_bomb_is_unpacked_in_pieces(opened: Opened) -> None:
    """A small file of zeros must not fill the memory at once."""
    stream = opened(gzip.compress(bytes(50_000_000)))
    assert max(len(block) for block in stream.blocks()) <= BLOCK


def test_a_pipe_gives_what_it_has() -> None:
    """What was written is there, without waiting for a block to be full."""
    reader, writer = os.pipe()
    stream = Stream(io.FileIO(reader), "standard input")
    os.write(writer, b'{"a":1}\n')
    blocks = stream.blocks()
    assert next(blocks) == b'{"a":1}\n'
    os.write(writer, b"x")
    assert next(blocks) == b"x"
    os.close(writer)
    assert list(blocks) == []
    stream.close()


def test_a_packed_pipe_gives_what_it_has() -> None:
    """Also through gzip, as far as the packer has written it out."""
    reader, writer = os.pipe()
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb") as packer:
        packer.write(b'{"a":1}\n')
        packer.flush()
        first = packed.getvalue()
        stream = Stream(io.FileIO(reader), "standard input")
        os.write(writer, first)
        assert next(iter(stream.blocks())) == b'{"a":1}\n'
    os.close(writer)
    stream.close()


def test_a_first_line_may_come_in_pieces() -> None:
    """It is looked at when it is whole, or all there is, or as long as a line may be."""
    pieces = iter([b"\n", b" \n a", b"b\nc", b"d"])
    assert Ahead(lambda _: next(pieces, b"")).peek_line(100) == b"\n \n ab\nc"
    assert Ahead(lambda _: b"").peek_line(100) == b""
    assert len(Ahead(lambda _: b"xxxx").peek_line(10)) == 12


def test_what_fails_to_read_is_told() -> None:
    """A disk or network that fails is named, and no traceback shown."""

    class Failing(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(InputError, match="audience cannot be read: Input/output error"):
        Stream(Failing(), "audience").peek(4)
