from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.source import ROOT
from tests.state.made import INFO, accepted, refused
from zendesk_async.models import OutcomeKind
from zendesk_async.state.journal import Journal
from zendesk_async.state.schema import JOURNAL

DOCUMENTED = (ROOT / "docs" / "journal.md").read_text("utf-8")


@pytest.fixture
def inside(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A journal as somebody with ``sqlite3`` sees it."""
    with Journal.create(tmp_path / "x.journal", INFO) as journal:
        journal.settled(journal.submitted(range(40, 60), "V3-abc", read=60), accepted(range(40, 60)), read=60)
        journal.settled(None, refused([3, 9], OutcomeKind.REJECTED, words="no"), read=60)
    with closing(sqlite3.connect(tmp_path / "x.journal")) as connection:
        yield connection


def test_a_changed_schema_is_another_version() -> None:
    """A journal says which schema it has: who changes the schema raises ``version``, and then the digest here."""
    text = " ".join(" ".join(JOURNAL.schema).split())
    assert (JOURNAL.version, hashlib.sha256(text.encode()).hexdigest()[:16]) == (1, "3272c664b3a4722b")


def test_a_journal_is_recognised_by_its_mark() -> None:
    """The mark is ours, fits SQLite's signed 32 bits, and can be read in a dump."""
    assert JOURNAL.application_id.to_bytes(4, "big") == b"ZDAJ"
    assert JOURNAL.application_id < 1 << 31


def test_every_table_and_column_is_documented(inside: sqlite3.Connection) -> None:
    """Whoever opens a journal finds everything in it explained, and nothing explained that is not there."""
    rows = re.findall(r"^\| `(\w+)` \|.*?\|(.*)\|$", DOCUMENTED, re.MULTILINE)
    documented = {table: set(re.findall(r"`(\w+)`", columns)) for table, columns in rows}
    tables = [name for (name,) in inside.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    there = {table: {column for _, column, *_ in inside.execute(f"PRAGMA table_info({table})")} for table in tables}
    assert documented == there


@pytest.mark.parametrize("query", re.findall(r"```sql\n(.*?)```", DOCUMENTED, re.DOTALL))
def test_every_documented_query_runs(inside: sqlite3.Connection, query: str) -> None:
    """What the documentation says to type works, and finds something."""
    inside.execute("UPDATE rejects SET position = 41 WHERE position = 3")
    assert inside.execute(query).fetchall()


def test_the_documented_query_finds_the_job(inside: sqlite3.Connection) -> None:
    """A record leads to the job that Zendesk Support will ask for."""
    (query,) = (found for found in re.findall(r"```sql\n(.*?)```", DOCUMENTED, re.DOTALL) if "job_id" in found)
    assert inside.execute(query).fetchall() == [("V3-abc", 40, 20)]
