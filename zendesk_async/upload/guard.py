"""Keep the records of one user apart and in order. Pure, and shared by all uploads of a client.

Zendesk runs jobs in parallel and promises nothing about a user who is in two of them. So a user's keys (external id,
e-mail) have an owner from the moment a record of his is put into a batch until that batch is settled, and whoever comes
in between waits in line.

Theory of operation. Each key has at most one owner and a line of entries behind it. An entry joins the lines of all its
keys at once, so lines agree on who came first and no two entries can wait for each other. An entry that owns all its
keys is ready. Releasing a key hands it to the first in its line.

While an entry waits, a later record with exactly the same keys folds into it, if nobody came between them: one
request then does what two would have done. Records that share only one key stay separate: which user the other key
belongs to is Zendesk's to know (an e-mail may be another user's), so folding could write to the wrong one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Protocol

from zendesk_async.upload.folding import fold

if TYPE_CHECKING:
    from zendesk_async.models import Record

__all__ = ["Entry", "Guard", "Home"]


class Home(Protocol):
    """An upload, as far as the guard knows it."""

    def ready(self, entry: Entry) -> None:
        """Take an entry that owns all its keys now."""


class Entry:
    """A record that waits for earlier ones of its user, with those that folded into it (positions and originals)."""

    __slots__ = ("blocked", "folded", "home", "record", "weight")

    def __init__(self, record: Record, home: Home) -> None:
        self.record = record
        self.home = home
        self.folded: list[Record] = []
        self.blocked = 0
        self.weight = len(record.body)

    def absorb(self, later: Record) -> None:
        """Let a later record of the same user be carried together with this one, under the later one's position."""
        self.folded.append(self.record)
        self.record = later._replace(body=fold(self.record.body, later.body))
        self.weight += len(later.body)


class Guard:
    """Owners and lines, by key."""

    def __init__(self) -> None:
        self._lines: dict[str, deque[Entry] | None] = {}
        self._last: dict[str, Entry] = {}

    def __repr__(self) -> str:
        return f"<Guard {len(self._lines)} keys owned, {len(set(self._last.values()))} entries last in line>"

    @property
    def quiet(self) -> bool:
        """Whether nobody owns anything and nobody waits."""
        return not self._lines and not self._last

    def claim(self, record: Record) -> bool:
        """Own the record's keys, if all are free. This is what happens to nearly every record."""
        lines = self._lines
        keys = record.keys
        for key in keys:
            if key in lines:
                return False
        for key in keys:
            lines[key] = None
        return True

    def free(self, record: Record) -> bool:
        """Whether nobody owns any of the record's keys."""
        lines = self._lines
        return not any(key in lines for key in record.keys)

    def wait(self, record: Record, home: Home) -> Entry | None:
        """Put a record that could not ``claim`` in line; return its new entry, or None when it folded into another."""
        last = {self._last.get(key) for key in record.keys}
        if len(last) == 1 and (entry := last.pop()) is not None and _foldable(entry, record, home):
            entry.absorb(record)
            return None
        entry = Entry(record, home)
        for key in record.keys:
            self._line_up(key, entry)
        return entry

    def _line_up(self, key: str, entry: Entry) -> None:
        self._last[key] = entry
        if key not in self._lines:
            self._lines[key] = None  # free: owned at once, while the other keys are waited for
            return
        line = self._lines[key]
        if line is None:
            line = self._lines[key] = deque()
        line.append(entry)
        entry.blocked += 1

    def release(self, keys: Iterable[str]) -> None:
        """Give up keys: each goes to the first in its line. Entries that own all theirs now are told to their home."""
        for key in keys:
            line = self._lines[key]
            if not line:
                del self._lines[key]
                continue
            entry = line.popleft()
            entry.blocked -= 1
            if not entry.blocked:
                self._let_go(entry)

    def _let_go(self, entry: Entry) -> None:
        for key in entry.record.keys:
            if self._last.get(key) is entry:
                del self._last[key]
        entry.home.ready(entry)

    def withdraw(self, entry: Entry) -> None:
        """Take an entry that still waits out of its lines: its upload has ended."""
        for key in entry.record.keys:
            if self._last.get(key) is entry:
                del self._last[key]
            line = self._lines[key]
            if line and entry in line:
                line.remove(entry)
            else:
                self.release((key,))


Ready = Callable[[Entry], None]


def _foldable(entry: Entry, record: Record, home: Home) -> bool:
    return entry.home is home and entry.record.keys == record.keys
