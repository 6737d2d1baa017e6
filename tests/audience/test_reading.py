from __future__ import annotations

import io
from contextlib import closing
from pathlib import Path

import pytest

from zendesk_async.audience.reading import read
from zendesk_async.errors import InputError


def raw(tmp_path: Path, content: bytes) -> io.FileIO:
    path = tmp_path / "audience"
    path.write_bytes(content)
    return io.FileIO(path)


@pytest.mark.parametrize(
    ("content", "found", "columns"),
    [
        (b'{"a":1}\n', "ndjson", None),
        (b"a,b\n1,2\n", "csv", ("a", "b")),
        (b"a;b\n1;2\n", "csv", ("a", "b")),
        (b"a\tb\n1\t2\n", "tsv", ("a", "b")),
        (b'{"' + b"a" * 2_000_000 + b'":1}', "ndjson", None),
    ],
)
def test_what_it_is_is_found_out(tmp_path: Path, content: bytes, found: str, columns: tuple[str, ...] | None) -> None:
    """Format and columns are known, and not a byte is missing from the records."""
    with closing(read(raw(tmp_path, content), "audience", "auto")) as reading:
        assert (reading.format, reading.columns) == (found, columns)
        (chunk,) = reading.chunks()
        assert len(chunk.raws) == 1
        assert reading.taken == len(content)


def test_what_is_refused_is_closed(tmp_path: Path) -> None:
    """A refusal leaves no descriptor behind."""
    file = raw(tmp_path, b"[1]")
    with pytest.raises(InputError):
        read(file, "audience", "auto")
    assert file.closed


def test_what_is_read_is_closed_in_the_end(tmp_path: Path) -> None:
    """So does reading to the end."""
    file = raw(tmp_path, b"{}")
    reading = read(file, "audience", "auto")
    assert not file.closed
    reading.close()
    assert file.closed
