"""What tells one input from another. Reads files: it runs in a thread."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from zendesk_async.audience.original import original_json
from zendesk_async.errors import InputError
from zendesk_async.models import Broken, Raw

__all__ = ["of_file", "of_first"]

WHOLE = 268_435_456
"""Bytes up to which a file is read whole: a fraction of a second."""

SAMPLES = 16
SAMPLE = 65_536  # bytes
STEP = 1_048_576  # bytes read at once

DIGEST = 16  # bytes


def of_file(path: str, name: str) -> str:
    """Tell a file by its content; a large one by its size, the time of its last change, and samples.

    Raises InputError when it cannot be read.
    """
    digest = hashlib.sha256(usedforsecurity=False)  # which processors help with
    try:
        with Path(path).open("rb") as file:
            for part in _parts(file):
                digest.update(part)
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror or error}.") from None
    return f"file:{digest.hexdigest()[: 2 * DIGEST]}"


def _parts(file: BinaryIO) -> Iterator[bytes]:
    stat = os.fstat(file.fileno())
    if stat.st_size <= WHOLE:
        yield from iter(lambda: file.read(STEP), b"")
        return
    yield f"{stat.st_size} {stat.st_mtime_ns}".encode()
    for sample in range(SAMPLES):
        file.seek((stat.st_size - SAMPLE) * sample // (SAMPLES - 1))
        yield file.read(SAMPLE)


def of_first(raw: Raw | None) -> str:
    """Tell an input that cannot be read twice by its first record; None when it has none."""
    if raw is None:
        return "head:"
    first = original_json(raw.text if isinstance(raw, Broken) else raw)
    return f"head:{hashlib.blake2b(first, digest_size=DIGEST).hexdigest()}"
