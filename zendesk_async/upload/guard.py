"""Keep the records of one user apart and in order. Pure, and shared by all uploads of a client.

Zendesk runs jobs in parallel and promises nothing about a user who is in two of them. So a user's keys (external id,
e-mail) have an owner from the moment a record of his is put into a batch until that batch is settled, and whoever comes
in between waits in line.

Theory of operation. Each key has at most one owner and a line of entries behind it. An entry joins the lines of all its
keys at once, so lines agree on who came first and no two entries can wait for each other. An entry that owns all its
keys is ready. Releasing a key hands it to the first in its line.

A record with both keys ties them: one that has only either of them, and comes while that one or another of the same
user is on his way, is taken for that user's and owns both. So what is said under the external id alone and what is said
under the e-mail alone stay in order, too.

While an entry waits, a later record with exactly the same keys folds into it, if nobody came between them: one
request then does what two would have done. Records that share only one key stay separate: which user the other key
belongs to is Zendesk's to know (an e-mail may be another user's), so folding could write to the wrong one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from itertools import chain, repeat
from operator import attrgetter
from typing import TYPE_CHECKING, Protocol, TypeAlias

from zendesk_async.upload.folding import fold

if TYPE_CHECKING:
    from zendesk_async.models import Record

__all__ = ["Entry", "Guard", "Home"]


Keys: TypeAlias = tuple[str, ...]

_KEYS = attrgetter("keys")


class Home(Protocol):
    """An upload, as far as the guard knows it."""

    def ready(self, entry: Entry) -> None:
        """Take an entry that owns all its keys now."""


class Entry:
    """A record that waits for earlier ones of its user, with those that folded into it (positions and originals).

    ``keys`` are the record's, and one more that is tied to its only one; ``owned`` those that are the entry's already,
    ``blocked`` is how many it waits for, ``weight`` is in bytes.
    """

    __slots__ = ("blocked", "folded", "gone", "home", "keys", "owned", "record", "weight")

    def __init__(self, record: Record, home: Home, keys: Keys) -> None:
        self.record = record
        self.home = home
        self.keys = keys
        self.folded: list[Record] = []
        self.owned: list[str] = []
        self.blocked = 0
        self.gone = False
        self.weight = len(record.body)

    def absorb(self, later: Record) -> bool:
        """Carry a later record of the same user along, under the later one's position; False where that cannot be."""
        body = fold(self.record.body, later.body)
        if body is None:
            return False
        self.folded.append(self.record)
        self.record = later._replace(body=body)
        self.weight += len(later.body)
        return True


class _Line(deque[Entry]):
    """Who waits for a key. ``owner`` are the keys of the one who has it."""

    def __init__(self, owner: Keys) -> None:
        super().__init__()
        self.owner = owner


class Guard:
    """Owners and lines, by key. Where nobody waits, the line is the owner's keys."""

    def __init__(self) -> None:
        self._lines: dict[str, Keys | _Line] = {}
        self._last: dict[str, Entry] = {}
        self._shared: dict[str, int] = {}
        self._tied: dict[str, Keys] = {}
        """By the first key of a record on its way: what it owns beyond its own keys."""
        self._waiting = 0

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
            lines[key] = keys
        return True

    def claim_all(self, records: Sequence[Record]) -> bool:
        """Own the keys of all these records, if all are free and no two are the same. Else own none of them."""
        of_each: list[Keys] = list(map(_KEYS, records))
        keys = list(chain.from_iterable(of_each))
        lines = self._lines
        if not lines.keys().isdisjoint(keys):
            return False
        known = len(lines)
        lines.update(zip(keys, chain.from_iterable(map(repeat, of_each, map(len, of_each))), strict=True))
        if len(lines) - known == len(keys):
            return True
        deque(map(lines.__delitem__, set(keys)), maxlen=0)  # two of them are one user
        return False

    def free(self, record: Record) -> bool:
        """Whether nobody owns any of the record's keys."""
        lines = self._lines
        for key in record.keys:  # noqa: SIM110 - asked of every unchanged record: any() costs three times as much
            if key in lines:
                return False
        return True

    def adopt(self, record: Record) -> None:
        """Own the record's keys, whoever else may own them: a job that carries it is live already.

        Such a key is free when all its owners have released it.
        """
        for key in record.keys:
            if key in self._lines:
                self._shared[key] = self._shared.get(key, 0) + 1
            else:
                self._lines[key] = record.keys

    def wait(self, record: Record, home: Home) -> Entry | None:
        """Put a record that could not ``claim`` in line; return its new entry, or None when it folded into another."""
        keys = self._with_tied(record.keys)
        if self._folds(record, home, keys):
            return None
        entry = Entry(record, home, keys)
        self._waiting += 1
        for key in keys:
            self._line_up(key, entry)
        return entry

    def _with_tied(self, keys: Keys) -> Keys:
        """The keys of a user who is named by one of them, as far as the one before in line tells."""
        if len(keys) > 1:
            return keys
        (key,) = keys
        line = self._lines[key]
        if isinstance(line, tuple):
            return line
        return next((entry.keys for entry in reversed(line) if not entry.gone), line.owner)

    def _folds(self, record: Record, home: Home, keys: Keys) -> bool:
        """Whether the record was taken along by the one that is last in all its lines."""
        last = {self._last.get(key) for key in keys}
        entry = last.pop()
        if last or entry is None:
            return False
        return entry.home is home and entry.record.keys == record.keys and entry.absorb(record)

    def _line_up(self, key: str, entry: Entry) -> None:
        self._last[key] = entry
        line = self._lines.get(key)
        if line is None:
            self._lines[key] = entry.keys  # free: owned at once, while the other keys are waited for
            entry.owned.append(key)
            return
        if isinstance(line, tuple):
            line = self._lines[key] = _Line(line)
        line.append(entry)
        entry.blocked += 1

    def release(self, keys: Iterable[str]) -> None:
        """Give up keys: each goes to the first in its line. Entries that own all theirs now are told to their home.

        Raises KeyError for a key that nobody owns.
        """
        if not self._waiting and not self._shared and not self._tied:
            deque(map(self._lines.__delitem__, keys), maxlen=0)  # a loop that is not Python's
            return
        for key in keys:
            self._give_up((key, *(self._tied.pop(key, ()) if key not in self._shared else ())))

    def _give_up(self, keys: Iterable[str]) -> None:
        for key in keys:
            if key in self._shared:
                self._let_share(key)
                continue
            line = self._lines[key]
            entry = _next(line) if isinstance(line, _Line) else None
            if entry is None:
                del self._lines[key]
                continue
            if isinstance(line, _Line):
                line.owner = entry.keys
            entry.owned.append(key)
            entry.blocked -= 1
            if not entry.blocked:
                self._let_go(entry)

    def _let_share(self, key: str) -> None:
        self._shared[key] -= 1
        if not self._shared[key]:
            del self._shared[key]

    def _let_go(self, entry: Entry) -> None:
        self._waiting -= 1
        self._forget(entry)
        own = entry.record.keys
        if len(entry.keys) > len(own):
            self._tied[own[0]] = tuple(key for key in entry.keys if key not in own)
        entry.home.ready(entry)

    def _forget(self, entry: Entry) -> None:
        """Nothing can fold into an entry any more."""
        for key in entry.keys:
            if self._last.get(key) is entry:
                del self._last[key]

    def withdraw(self, entry: Entry) -> None:
        """Take an entry that still waits out of its lines: its upload has ended."""
        self._waiting -= 1
        entry.gone = True  # its places in the lines are passed over when they come up: looking for them takes longer
        self._forget(entry)
        self._give_up(entry.owned)


def _next(line: _Line) -> Entry | None:
    """The first in line who is still there."""
    while line:
        entry = line.popleft()
        if not entry.gone:
            return entry
    return None
