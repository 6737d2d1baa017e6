from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from zendesk_async.errors import JournalError
from zendesk_async.state.database import LOG_PAGES, Database, Execute, Format, private_directory, translated

FORM = Format("notebook", 0x1234, 3, ("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)",))
PAGES = "SELECT id, text FROM notes WHERE id > ? ORDER BY id LIMIT ?"


def nothing(execute: Execute) -> None:
    pass


def first(execute: Execute) -> None:
    execute("INSERT INTO notes VALUES (0, 'first')")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a b?#%.notes"  # a name that must be quoted in an address


@pytest.fixture
def notebook(path: Path) -> Iterator[Database]:
    database = Database.create(path, FORM, first)
    yield database
    database.close()


def test_a_file_is_born_with_its_first_rows(notebook: Database, path: Path) -> None:
    """Whoever opens a file that is there finds it complete."""
    assert notebook.row("SELECT text FROM notes") == ("first",)
    reader = Database.open(path, FORM, read_only=True)
    assert reader.rows("SELECT * FROM notes") == [(0, "first")]
    assert repr(reader) == "<Database a b?#%.notes>"
    reader.close()


def test_a_file_that_could_not_be_filled_was_never_born(path: Path) -> None:
    """A failure in the middle leaves nothing that looks like a file of ours, and the next attempt succeeds."""

    def fail(execute: Execute) -> None:
        execute("INSERT INTO notes VALUES (0, 'half')")
        raise KeyError("in the middle")

    with pytest.raises(KeyError):
        Database.create(path, FORM, fail)
    with pytest.raises(JournalError, match="is not a notebook of zendesk-async"):
        Database.open(path, FORM)
    Database.create(path, FORM, nothing).close()


def test_a_file_that_is_there_is_not_overwritten(notebook: Database, path: Path) -> None:
    """Creating twice is refused, and what is there stays."""
    with pytest.raises(JournalError, match=r"there is a notebook at .* already"):
        Database.create(path, FORM, nothing)
    assert notebook.row("SELECT count(*) FROM notes") == (1,)


def test_what_is_not_ours_is_left_alone(path: Path) -> None:
    """Naming a customer list as the journal does not cost the customer list."""
    path.write_text("id,email\n1,a@example.com\n" * 100, "utf-8")
    with pytest.raises(JournalError, match="is not a notebook of zendesk-async"):
        Database.create(path, FORM, nothing)
    with pytest.raises(JournalError, match="is not a notebook of zendesk-async"):
        Database.open(path, FORM)
    assert path.read_text("utf-8").startswith("id,email\n")


def test_a_foreign_database_is_recognised(path: Path) -> None:
    """Another program's SQLite file is no journal, however well it opens."""
    foreign = sqlite3.connect(path)
    foreign.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)")
    foreign.close()
    with pytest.raises(JournalError, match="is not a notebook"):
        Database.open(path, FORM)
    with pytest.raises(JournalError, match="already"):
        Database.create(path, FORM, nothing)


@pytest.mark.parametrize(("version", "age"), [(4, "a newer"), (2, "an older")])
def test_another_version_is_named(notebook: Database, path: Path, version: int, age: str) -> None:
    """A file of another release is refused with both numbers, so that the user knows which one to install."""
    notebook.close()
    with pytest.raises(JournalError, match=f"{age} zendesk-async: its format is 3, and this one reads {6 - version}"):
        Database.open(path, FORM._replace(version=6 - version))


def test_a_missing_file_is_said_to_be_missing(path: Path) -> None:
    """Opening makes no file."""
    with pytest.raises(JournalError, match="there is no notebook at"):
        Database.open(path, FORM)
    with pytest.raises(JournalError, match=r"cannot use the notebook .*: No such file or directory"):
        Database.create(path.parent / "nowhere" / "x", FORM, nothing)
    assert not list(path.parent.iterdir())


def test_a_transaction_is_all_or_nothing(notebook: Database) -> None:
    """What an exception interrupts leaves no trace, and the exception arrives as it was."""

    def half() -> None:
        with notebook as execute:
            execute("INSERT INTO notes VALUES (1, 'half')")
            raise KeyError("in the middle")

    with pytest.raises(KeyError):
        half()
    with notebook as execute:
        execute("INSERT INTO notes VALUES (2, 'whole')")
    assert notebook.rows("SELECT id FROM notes") == [(0,), (2,)]


def test_what_sqlite_refuses_is_a_journal_error(notebook: Database) -> None:
    """No sqlite3 exception leaves the room: not from a query, a statement, a commit, or a closed file."""
    with pytest.raises(JournalError, match="no such table"):
        notebook.rows("SELECT * FROM elsewhere")
    with pytest.raises(JournalError, match="UNIQUE"), notebook as execute:
        execute("INSERT INTO notes VALUES (0, 'again')")
    with pytest.raises(JournalError, match="damaged"):
        notebook.row("SELECT * FROM notes WHERE id = 7")
    with pytest.raises(JournalError, match="no transaction"), notebook as execute:
        execute("ROLLBACK")  # so that the commit has nothing to commit
    notebook.close()
    with pytest.raises(JournalError, match="closed"), notebook:
        pass
    with pytest.raises(JournalError, match="closed"):
        notebook.rows("SELECT 1")


def test_a_full_disk_is_called_a_full_disk(notebook: Database) -> None:
    """The words say what to do about it, and what was committed before is still there."""
    notebook.rows("PRAGMA max_page_count = 3")
    with pytest.raises(JournalError, match=r"cannot write the notebook .*: the disk is full"), notebook as execute:
        execute("INSERT INTO notes (text) VALUES (?)", ("x" * 100_000,))
    notebook.rows("PRAGMA max_page_count = 1000")
    assert notebook.rows("SELECT id FROM notes") == [(0,)]
    with notebook as execute:
        execute("INSERT INTO notes VALUES (1, 'there is room again')")


def test_a_reader_cannot_write(notebook: Database, path: Path) -> None:
    """Looking at a run never changes it."""
    reader = Database.open(path, FORM, read_only=True)
    with pytest.raises(JournalError, match="it is read-only"), reader as execute:
        execute("INSERT INTO notes VALUES (1, 'no')")
    reader.close()


def test_a_truncated_file_is_damaged(notebook: Database, path: Path) -> None:
    """A copy that broke off halfway is noticed where it is missed, in words."""
    with notebook as execute:
        for _ in range(100):
            execute("INSERT INTO notes (text) VALUES (?)", ("x" * 1000,))
    notebook.close()
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(JournalError, match=r"the notebook .* is damaged"):
        Database.open(path, FORM, read_only=True).rows("SELECT * FROM notes")


def test_a_column_of_another_type_is_damage(notebook: Database) -> None:
    """SQLite lets any column hold anything: what was not written by us is noticed before it is used."""
    with notebook as execute:
        execute("INSERT INTO notes VALUES (1, NULL)")
    assert notebook.rows("SELECT text FROM notes", shape=[str | None]) == [("first",), (None,)]
    with pytest.raises(JournalError, match="damaged"):
        notebook.rows("SELECT text FROM notes", shape=[str])
    with pytest.raises(JournalError, match="damaged"):
        list(notebook.pages(PAGES, shape=(int, bytes | None)))


@pytest.mark.parametrize("size", [1, 3, 10, 11])
def test_pages_hold_every_row_once(notebook: Database, size: int) -> None:
    """Where one page ends and the next begins makes no difference."""
    with notebook as execute:
        for row in range(1, 10):
            execute("INSERT INTO notes VALUES (?, '')", (row,))
    assert [row for row, _ in notebook.pages(PAGES, size=size)] == list(range(10))
    assert [row for row, _ in notebook.pages(PAGES, size=size, after=4)] == [5, 6, 7, 8, 9]


def test_a_slow_reader_does_not_make_the_log_grow(notebook: Database, path: Path) -> None:
    """``rejects | less`` may stand open all night: the write-ahead log is reset all the same."""
    with notebook as execute:
        for row in range(1, 50):
            execute("INSERT INTO notes VALUES (?, 'x')", (row,))
    reader = Database.open(path, FORM, read_only=True)
    slow = reader.pages(PAGES, size=10)
    assert next(slow) == (0, "first")
    for _ in range(2_000):
        with notebook as execute:
            execute("INSERT INTO notes (text) VALUES (?)", ("x" * 3_000,))
    log = path.with_name(path.name + "-wal")
    assert LOG_PAGES * 4_096 < log.stat().st_size < 2 * LOG_PAGES * 4_096
    assert len(list(slow)) == 2_049
    reader.close()


@pytest.mark.parametrize(("full", "synchronous"), [(False, 1), (True, 2)])
def test_how_much_a_power_cut_may_take_is_a_choice(path: Path, full: bool, synchronous: int) -> None:
    """NORMAL by default, FULL on demand, both when a file is made and when it is opened again."""
    Database.create(path, FORM, nothing).close()
    created = Database.create(path.with_name("other"), FORM, nothing, full=full)
    for database in (created, Database.open(path, FORM, full=full)):
        assert database.row("PRAGMA synchronous") == (synchronous,)
        assert database.row("PRAGMA journal_mode") == ("wal",)
        database.close()


def test_a_closed_file_is_one_file(notebook: Database, path: Path) -> None:
    """What has been closed can be copied, mailed and read from a read-only disk: nothing lies beside it."""
    notebook.close()
    notebook.close()
    assert [found.name for found in path.parent.iterdir()] == [path.name]
    reader = Database.open(path, FORM, read_only=True)
    assert reader.rows("SELECT id FROM notes") == [(0,)]
    reader.close()
    assert [found.name for found in path.parent.iterdir()] == [path.name]


def test_closing_while_somebody_reads_loses_nothing(notebook: Database, path: Path) -> None:
    """A reader may stay longer than the writer."""
    reader = Database.open(path, FORM, read_only=True)
    pages = reader.pages(PAGES, size=1)
    assert next(pages) == (0, "first")
    with notebook as execute:
        execute("INSERT INTO notes VALUES (1, 'second')")
    notebook.close()
    assert next(pages) == (1, "second")
    reader.close()
    again = Database.open(path, FORM)
    assert again.rows("SELECT id FROM notes") == [(0,), (1,)]
    again.close()


def test_only_the_owner_may_look(notebook: Database, path: Path) -> None:
    """These files hold personal data: nobody else on the machine can read them, whatever the umask."""
    with notebook as execute:
        execute("INSERT INTO notes VALUES (1, 'so that there is a log')")
    modes = {found.name.removeprefix(path.name): stat.S_IMODE(found.stat().st_mode) for found in path.parent.iterdir()}
    assert modes == {"": 0o600, "-wal": 0o600, "-shm": 0o600}
    private_directory(path.parent / "runs" / "inner")
    assert stat.S_IMODE((path.parent / "runs" / "inner").stat().st_mode) == 0o700
    with pytest.raises(JournalError, match="File exists"):
        private_directory(path)


def test_what_a_kill_left_half_written_is_rolled_back(notebook: Database, path: Path) -> None:
    """Whoever looks at a file after a kill in the middle of a write sees what it held before."""
    with notebook as execute:
        for row in range(1, 100):
            execute("INSERT INTO notes VALUES (?, ?)", (row, "x" * 1000))
    notebook.close()
    copy = path.with_name("copy")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as victim:
        victim.execute("PRAGMA cache_size = 1")
        victim.execute("BEGIN")
        victim.execute("UPDATE notes SET text = 'half'")
        shutil.copy(path, copy)
        shutil.copy(f"{path}-journal", f"{copy}-journal")
    assert b"half" in copy.read_bytes()
    reader = Database.open(copy, FORM, read_only=True)
    assert reader.rows("SELECT count(*) FROM notes WHERE text = 'half'") == [(0,)]
    reader.close()


def locked_out() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() != 0


@pytest.mark.skipif(not locked_out(), reason="the superuser may write anywhere")
def test_a_read_only_directory_can_be_read(notebook: Database, path: Path) -> None:
    """A finished run can be looked at where nothing can be written; going on with it is refused in words."""
    notebook.close()
    path.parent.chmod(0o500)
    try:
        reader = Database.open(path, FORM, read_only=True)
        assert reader.rows("SELECT id FROM notes") == [(0,)]
        reader.close()
        with pytest.raises(JournalError):
            Database.open(path, FORM)
    finally:
        path.parent.chmod(0o700)


def refuse_with(error: Exception) -> Callable[[], None]:
    def refuse() -> None:
        with translated(Path("x.notes"), "notebook"):
            raise error

    return refuse


def test_what_the_system_says_is_passed_on() -> None:
    """An error of the file system keeps its own words and the path."""
    with pytest.raises(JournalError, match=r"cannot use the notebook x\.notes: Is a directory"):
        refuse_with(IsADirectoryError(21, "Is a directory"))()
    with pytest.raises(JournalError, match=r"cannot use the notebook x\.notes: odd"):
        refuse_with(sqlite3.OperationalError("odd"))()
