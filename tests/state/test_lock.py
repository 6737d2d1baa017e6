from __future__ import annotations

import stat
from pathlib import Path

import pytest

from zendesk_async.errors import JournalError
from zendesk_async.state.lock import Lock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.notes"


def test_one_at_a_time(path: Path) -> None:
    """The right to write is one's alone until it is given back, in this process too."""
    mine, theirs = Lock(path), Lock(path)
    assert not theirs.taken()
    assert mine.take()
    assert (theirs.take(), theirs.taken()) == (False, True)
    mine.release()
    assert not theirs.taken()
    assert theirs.take()
    theirs.release()
    theirs.release()


def test_asking_who_writes_does_not_disturb(path: Path) -> None:
    """A lock is asked for without a trace."""
    assert not Lock(path).taken()
    assert not path.with_name(path.name + ".lock").exists()


def test_a_lock_that_cannot_be_made_is_a_journal_error(tmp_path: Path) -> None:
    """A directory that is not there is named, without a traceback."""
    with pytest.raises(JournalError, match="No such file or directory"):
        Lock(tmp_path / "nowhere" / "x").take()


def test_only_the_owner_may_take_it(path: Path) -> None:
    """Nothing but an empty file lies beside, while the lock is held and afterwards, and it is the owner's alone."""
    lock = Lock(path)
    assert lock.take()
    (beside,) = path.parent.iterdir()
    assert (beside.name, beside.stat().st_size, stat.S_IMODE(beside.stat().st_mode)) == ("x.notes.lock", 0, 0o600)
    lock.release()
    assert list(path.parent.iterdir()) == [beside]


def test_a_foreign_lock_file_is_not_touched(path: Path) -> None:
    """A file that merely has the name of a lock is refused and stays as it is."""
    path.with_name("x.notes.lock").write_text("somebody's notes, in plain text " * 9, "utf-8")
    with pytest.raises(JournalError, match="is not a lock"):
        Lock(path).take()
    with pytest.raises(JournalError, match="is not a lock"):
        Lock(path).taken()
