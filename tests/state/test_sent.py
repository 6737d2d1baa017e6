from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from zendesk_async.errors import JournalError
from zendesk_async.models import Record
from zendesk_async.state.sent import BUFFERED, Sent

DAY = 20_000


@pytest.fixture
def sent(tmp_path: Path) -> Iterator[Sent]:
    with Sent.open(tmp_path / "acme", today=DAY) as store:
        yield store


def record(keys: tuple[str, ...], body: bytes = b"one") -> Record:
    return Record(0, body, keys, body)


BOTH = ("x:1", "e:a@example.com")
MAIL = ("e:a@example.com",)


def test_what_was_accepted_is_unchanged(sent: Sent) -> None:
    """The same content again is recognised, with Zendesk's id; other content and other users are not."""
    sent.accepted([record(BOTH)], [7])
    records = [record(BOTH), record(BOTH, b"two"), record(("x:2",)), record(("x:1",))]
    assert sent.unchanged(records) == [7, None, None, 7]


def test_an_id_that_is_not_told_or_too_large_is_not_made_up(sent: Sent) -> None:
    """Zero stands for an id that is not known."""
    sent.accepted([record(("x:1",)), record(("x:2",))], [None, 1 << 60])
    assert sent.unchanged([record(("x:1",)), record(("x:2",))]) == [0, 0]


def test_it_survives(tmp_path: Path) -> None:
    """What was flushed is there when the store is opened again; what was only buffered is not claimed."""
    store = Sent.open(tmp_path / "acme", today=DAY)
    store.accepted([record(BOTH)], [7])
    store.flush()
    store.accepted([record(("x:2",))], [8])
    assert store.unchanged([record(("x:2",))]) == [8]
    store._env.close()  # as if killed
    with Sent.open(tmp_path / "acme", today=DAY + 1) as again:
        assert again.unchanged([record(BOTH), record(("x:2",))]) == [7, None]


def test_the_buffer_is_bounded(sent: Sent) -> None:
    """A long upload writes as it goes on."""
    sent.accepted([record((f"x:{n}",)) for n in range(BUFFERED)], [1] * BUFFERED)
    assert "0 not written" in repr(sent)
    assert sent.stats().users == BUFFERED


def test_doubt_is_on_disk_at_once(tmp_path: Path) -> None:
    """Before other content leaves the old is forgotten, even if nobody lives to tell what became of the new."""
    store = Sent.open(tmp_path / "acme", today=DAY)
    store.accepted([record(BOTH), record(("x:2",))], [7, 8])
    store.flush()
    store.doubtful([record(BOTH, b"two")])
    store._env.close()  # as if killed
    with Sent.open(tmp_path / "acme", today=DAY) as again:
        assert again.unchanged([record(BOTH), record(("x:2",))]) == [None, 8]


def test_one_user_under_two_keys(sent: Sent) -> None:
    """Who was written under the e-mail alone since is not unchanged under both keys, whichever came first."""
    sent.accepted([record(BOTH)], [7])
    sent.accepted([record(MAIL, b"two")], [7])
    assert sent.unchanged([record(BOTH), record(MAIL, b"two")]) == [None, 7]
    sent.accepted([record(BOTH)], [7])
    assert sent.unchanged([record(BOTH), record(MAIL, b"two")]) == [7, None]


def test_entries_expire_on_days_of_their_own(tmp_path: Path) -> None:
    """A store filled in one night is refreshed over many, and all of it by the day named."""
    users = [record((f"x:{n}",)) for n in range(1_000)]
    with Sent.open(tmp_path / "acme", today=DAY) as store:
        store.accepted(users, [1] * len(users))
    expired = []
    for day in range(31):
        with Sent.open(tmp_path / "acme", today=DAY + day, resend_after=30) as store:
            expired.append(store.unchanged(users).count(None))
    assert expired[14] == 0
    assert expired[30] == 1_000
    steps = [later - earlier for earlier, later in pairwise(expired)]
    assert max(steps) < 150


def test_without_expiry_nothing_expires(tmp_path: Path) -> None:
    """Years later the content is still what it was."""
    with Sent.open(tmp_path / "acme", today=DAY) as store:
        store.accepted([record(BOTH)], [7])
    with Sent.open(tmp_path / "acme", today=DAY + 3_000) as store:
        assert store.unchanged([record(BOTH)]) == [7]


def test_forgetting(sent: Sent) -> None:
    """One user or all of them can be forgotten, and are counted."""
    sent.accepted([record((f"x:{n}",)) for n in range(5)], [1] * 5)
    assert sent.forget(["x:3", "x:nobody"]) == 1
    assert sent.unchanged([record(("x:3",)), record(("x:4",))]) == [None, 1]
    assert sent.forget_all() == 4
    assert sent.stats().users == 0
    sent.accepted([record(("x:4",))], [1])
    assert sent.unchanged([record(("x:4",))]) == [1]


def test_nothing_is_in_the_clear(tmp_path: Path) -> None:
    """Neither keys nor contents can be read from the file."""
    with Sent.open(tmp_path / "acme", today=DAY) as store:
        store.accepted([record(("x:customer-4711", "e:ann@example.com"), b'{"name":"Ann Example"}')], [7])
    content = (tmp_path / "acme" / "data.mdb").read_bytes()
    assert not [word for word in (b"4711", b"ann", b"Ann") if word in content]


def test_two_stores_hash_differently(tmp_path: Path) -> None:
    """A store's keys say nothing about another's."""
    keys = []
    for name in ("acme", "beta"):
        with Sent.open(tmp_path / name, today=DAY) as store:
            store.accepted([record(BOTH)], [7])
            keys.append(next(store.entries()).key)
    assert keys[0] != keys[1]


def test_a_place_that_cannot_be(tmp_path: Path) -> None:
    """What is in the way is said, not thrown about."""
    (tmp_path / "acme").write_text("a file")
    with pytest.raises(JournalError, match="cannot be opened"):
        Sent.open(tmp_path / "acme", today=DAY)
