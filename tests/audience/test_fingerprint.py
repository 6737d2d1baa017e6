from __future__ import annotations

import os
from pathlib import Path

import pytest

from zendesk_async.audience import fingerprint
from zendesk_async.audience.fingerprint import of_file, of_first
from zendesk_async.errors import InputError
from zendesk_async.models import Broken


def of(path: Path) -> str:
    return of_file(str(path), path.name)


def test_a_file_is_told_by_its_content(tmp_path: Path) -> None:
    """A copy under another name is the same input; a changed byte makes another."""
    first, copy, other = (tmp_path / name for name in "abc")
    first.write_bytes(b"x" * 3_000_000)
    copy.write_bytes(b"x" * 3_000_000)
    other.write_bytes(b"x" * 2_999_999 + b"y")
    assert of(first) == of(copy) != of(other)
    assert of(first).startswith("file:")


def test_a_large_file_is_told_by_samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its size, the time of its last change, its beginning and its end all count; the whole is not read."""
    monkeypatch.setattr(fingerprint, "WHOLE", 1_000)
    monkeypatch.setattr(fingerprint, "SAMPLE", 10)
    path = tmp_path / "large"

    def written(content: bytes, changed: int = 1) -> str:
        path.write_bytes(content)
        os.utime(path, ns=(changed, changed))
        return of(path)

    content = b"x" * 10_000
    same = written(content)
    assert same == written(content)
    assert same != written(content, changed=2)
    assert same != written(content + b"x")
    assert same != written(b"y" + content[1:])
    assert same != written(content[:-1] + b"y")
    assert same == written(content[:300] + b"y" + content[301:])


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    """It may go between two looks."""
    with pytest.raises(InputError, match="gone cannot be read"):
        of(tmp_path / "gone")


def test_a_stream_is_told_by_its_first_record() -> None:
    """All that is known of it before it is read."""
    line = of_first(b'{"a":1}')
    assert line.startswith("head:")
    assert line != of_first(b'{"a":2}')
    assert of_first({"a": 1}) == line
    assert of_first(Broken("x", "InvalidCSV", "")) != of_first(None) == "head:"
