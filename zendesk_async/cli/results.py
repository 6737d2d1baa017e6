"""The file of ``--results``: one line for each record that has its outcome, in the order in which they were settled.

Each settlement is one write: who looks at the file while the upload goes on sees whole lines. What a killed process
left undone is put right when the run goes on (``mending.py``).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self

from zendesk_async.errors import Stopped, UsageError
from zendesk_async.state.lines import line

if TYPE_CHECKING:
    from zendesk_async.models import Outcome

__all__ = ["Results", "unwritable"]


class Results:
    """Writes outcomes to a file. Raises UsageError when it cannot be opened, Stopped when it cannot be written on."""

    def __init__(self, path: Path, *, anew: bool) -> None:
        self.path = path
        self._anew = anew and (path.is_file() or not path.exists())
        try:
            self._file: IO[bytes] = path.open("ab", buffering=0)
        except OSError as error:
            raise UsageError(f"The results cannot be written to {path}: {error.strerror}.") from None

    def __repr__(self) -> str:
        return f"<Results {self.path}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, outcomes: Iterable[Outcome]) -> None:
        """Add outcomes that came into being together. What was there before a new run goes with the first of them."""
        self.add(b"".join(map(line, outcomes)))

    def add(self, lines: bytes) -> None:
        """Add lines, as ``write`` does."""
        text = memoryview(lines)
        try:
            if self._anew:
                self._file.truncate(0)
                self._anew = False
            while text:
                text = text[self._file.write(text) :]
        except OSError as error:
            raise unwritable(self.path, error) from None

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def unwritable(path: Path, error: OSError) -> Stopped:
    """What to raise when the file cannot be written any more: the upload goes on when it can."""
    return Stopped(f"The results cannot be written to {path}: {error.strerror}.")
