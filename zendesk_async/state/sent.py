"""What each user last got at one destination, so that what has not changed need not be sent again.

Rules of this file:

- An entry means: Zendesk said Created or Updated of exactly this content, and nothing else has been sent since. It is
  written after the outcome stands in the journal, and removed before other content leaves; whatever dies in between
  is sent once more.
- Content is the user object as it would be sent, byte for byte. A record whose keys come in another order has changed.
- Nothing is in the clear: keys and contents are hashes (xxh3 with a seed of the store's own, which tells them apart
  and is no encryption), beside Zendesk's user id and a day. 28 bytes a user, in LMDB.
- A user is filed under his external id, or his e-mail when he has no other key. Where a store has seen records with an
  e-mail alone, an e-mail's entry vouches for records that have both keys, too: who was written under the one key last
  must not be taken for unchanged under the other.
- Entries expire (``resend_after``) on days that their own hash spreads, so that a store filled in one night is not sent
  again in one night.

Why LMDB: docs/changed-only.md has the comparison with SQLite.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from zendesk_async.errors import ConfigError, JournalError

if TYPE_CHECKING:
    import lmdb

    from zendesk_async.models import Record

__all__ = ["Sent", "SentEntry", "SentStats"]

MAP = 1 << 36  # bytes of address space that the store may grow into; the file is as large as its content
KEY = 12  # bytes of a key's hash: among ten million users two meet with a chance of 1 in 10^15
CONTENT = 8
DAY = 2
USER = 6
EPOCH = date(1970, 1, 1).toordinal()
BUFFERED = 1_000  # entries that are written together
META = b"\x00meta"
SEED = META + b"seed"
MAIL_ONLY = META + b"mail"


class SentEntry(NamedTuple):
    """One user, as hashes. ``day`` counts from 1 January 1970, ``user_id`` is None when it was not told."""

    key: bytes
    content: bytes
    day: int
    user_id: int | None


@dataclass(frozen=True, slots=True)
class SentStats:
    """How large a store is. ``oldest`` and ``newest`` are days since 1 January 1970, None when it is empty."""

    users: int
    bytes: int
    oldest: int | None
    newest: int | None


class Sent:
    """The sent-state of one destination. ``today`` is a day since 1 January 1970; ``resend_after`` days, None for
    never.
    """

    def __init__(self, env: lmdb.Environment, path: Path, today: int, resend_after: int | None) -> None:
        import xxhash

        self._env = env
        self._path = path
        self._today = today
        self._resend_after = resend_after
        self._buffer: dict[bytes, bytes] = {}
        with self._translated(), env.begin() as read:
            seed = read.get(SEED)
            self._mail_only = read.get(MAIL_ONLY) is not None
        if seed is None:
            seed = self._new_seed()
        self._digest: Callable[[bytes, int], bytes] = xxhash.xxh3_128_digest
        self._seed = int.from_bytes(seed)
        self._content: Callable[[bytes], bytes] = xxhash.xxh3_64_digest

    @classmethod
    def open(cls, path: Path | str, *, today: int | None = None, resend_after: int | None = None) -> Self:
        """Open the store in a directory of its own, or begin one.

        ``today`` is a day since 1 January 1970, by default this day in UTC. ``resend_after`` is in days, None for
        never: by then every entry has expired, some after half of that. Raises ConfigError without the extra
        "changed", and JournalError when the store cannot be opened.
        """
        path = Path(path)
        try:
            import lmdb
        except ImportError:
            raise ConfigError(
                "Sending only what changed needs one more package: pip install 'zendesk-async[changed]'"
            ) from None
        try:
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
            env = lmdb.open(str(path), map_size=MAP, metasync=False, mode=0o600)
        except (OSError, lmdb.Error) as error:
            raise JournalError(f"the sent-state in {path} cannot be opened: {error}") from None
        day = datetime.now(UTC).toordinal() - EPOCH if today is None else today
        return cls(env, path, day, resend_after)

    def __repr__(self) -> str:
        return f"<Sent {self._path.name}, {len(self._buffer)} not written yet>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Write what is buffered and let go of the store."""
        self.flush()
        self._env.close()

    # -- asking ---------------------------------------------------------------------------------------------------

    def unchanged(self, records: Sequence[Record]) -> list[int | None]:
        """For each record: Zendesk's user id if the user has exactly this content (0 when the id is not known), else
        None.
        """
        keys = self._hashes(record.keys[0] for record in records)
        known = map(self._known(keys).get, keys)
        contents = map(self._content, [record.body for record in records])
        told = [
            int.from_bytes(value[CONTENT + DAY :]) if value is not None and value.startswith(content) else None
            for value, content in zip(known, contents, strict=True)
        ]
        if self._resend_after is not None:
            self._let_expire(keys, told, self._resend_after)
        if self._mail_only:
            self._heed_mail(records, told)
        return told

    def _hash(self, key: str) -> bytes:
        return self._digest(key.encode(), self._seed)[:KEY]

    def _hashes(self, keys: Iterable[str]) -> list[bytes]:
        digest, seed = self._digest, self._seed
        return [digest(key.encode(), seed)[:KEY] for key in keys]

    def _known(self, keys: list[bytes]) -> dict[bytes, bytes]:
        with self._translated(), self._env.begin() as read:
            known = dict(read.cursor().getmulti(keys))
        if self._buffer:
            known |= {key: self._buffer[key] for key in keys if key in self._buffer}
        return known

    def _heed_mail(self, records: Sequence[Record], told: list[int | None]) -> None:
        """Take back what another record wrote under the e-mail alone since."""
        both = [index for index, record in enumerate(records) if told[index] is not None and len(record.keys) > 1]
        mails = self._hashes(records[index].keys[1] for index in both)
        known = self._known(mails)
        for index, mail in zip(both, mails, strict=True):
            value = known.get(mail)
            if value is not None and value[:CONTENT] != self._content(records[index].body):
                told[index] = None

    def _let_expire(self, keys: Sequence[bytes], told: list[int | None], days: int) -> None:
        """Take back what is too old: from half of ``days`` on, each user's a day of his own."""
        known = self._known([key for key, user_id in zip(keys, told, strict=True) if user_id is not None])
        half = days // 2
        for index, key in enumerate(keys):
            if key in known:
                life = days - half + int.from_bytes(key[:2]) % (half + 1)
                if self._today - int.from_bytes(known[key][CONTENT : CONTENT + DAY]) >= life:
                    told[index] = None

    # -- telling --------------------------------------------------------------------------------------------------

    def accepted(self, records: Sequence[Record], user_ids: Sequence[int | None]) -> None:
        """Remember what Zendesk has accepted. It is on disk after ``flush``, at the latest a thousand users later."""
        day = self._today.to_bytes(DAY)
        for record, user_id in zip(records, user_ids, strict=True):
            known = user_id if user_id is not None and 0 <= user_id < 1 << 8 * USER else 0
            value = self._content(record.body) + day + known.to_bytes(USER)
            self._buffer[self._hash(record.keys[0])] = value
            if record.keys[0][0] == "e":
                self._heed_from_now_on()
            elif self._mail_only and len(record.keys) > 1:
                self._buffer[self._hash(record.keys[1])] = value
        if len(self._buffer) >= BUFFERED:
            self.flush()

    def doubtful(self, records: Sequence[Record]) -> None:
        """Forget, on disk and at once, what users got who are about to get something else.

        If nobody ever hears what became of that, the old content must not be taken for what Zendesk holds.
        """
        keys = self._hashes(key for record in records for key in record.keys)
        known = self._known(keys)
        if not known:
            return
        for key in known:
            self._buffer.pop(key, None)
        with self._translated(), self._env.begin(write=True) as write:
            for key in known:
                write.delete(key)

    def _heed_from_now_on(self) -> None:
        if not self._mail_only:
            self._mail_only = True
            self._buffer[MAIL_ONLY] = b"1"

    def flush(self) -> None:
        """Write what is buffered: all of it, or after a crash nothing of it."""
        if not self._buffer:
            return
        with self._translated(), self._env.begin(write=True) as write:
            write.cursor().putmulti(sorted(self._buffer.items()))
        self._buffer.clear()

    def _new_seed(self) -> bytes:
        with self._translated(), self._env.begin(write=True) as write:
            write.put(SEED, secrets.token_bytes(8), overwrite=False)
            seed = write.get(SEED)
            assert seed is not None  # noqa: S101 - it was put one line before
            return bytes(seed)

    # -- keeping --------------------------------------------------------------------------------------------------

    def entries(self) -> Iterator[SentEntry]:
        """All users, as hashes, in no order that means anything."""
        self.flush()
        with self._translated(), self._env.begin() as read:
            for key, value in read.cursor():
                if not key.startswith(META):
                    day = int.from_bytes(value[CONTENT : CONTENT + DAY])
                    yield SentEntry(key, value[:CONTENT], day, int.from_bytes(value[-USER:]) or None)

    def stats(self) -> SentStats:
        """Count the users and look at their days."""
        users, oldest, newest = 0, None, None
        for entry in self.entries():
            users += 1
            oldest = entry.day if oldest is None else min(oldest, entry.day)
            newest = entry.day if newest is None else max(newest, entry.day)
        return SentStats(users, (self._path / "data.mdb").stat().st_blocks * 512, oldest, newest)

    def forget(self, keys: Sequence[str]) -> int:
        """Forget users by their keys, ``x:`` or ``e:`` and the value in lower case; say how many were there."""
        self.flush()
        with self._translated(), self._env.begin(write=True) as write:
            return sum(write.delete(self._hash(key)) for key in keys)

    def forget_all(self) -> int:
        """Forget everybody; say how many there were. The file keeps its size and is filled again."""
        users = self.stats().users
        with self._translated(), self._env.begin(write=True) as write:
            seed = write.get(SEED)
            write.drop(self._env.open_db(None, txn=write), delete=False)
            if seed is not None:
                write.put(SEED, seed)
        self._mail_only = False
        return users

    @contextmanager
    def _translated(self) -> Iterator[None]:
        import lmdb

        try:
            yield
        except lmdb.Error as error:
            raise JournalError(f"the sent-state in {self._path} cannot be used: {error}") from None
