from __future__ import annotations

import builtins
import math
from pathlib import Path
from typing import Any

import duckdb
import pytest

from zendesk_async.audience.files import open_source
from zendesk_async.audience.ndjson import MOST
from zendesk_async.audience.parquet import Parquet
from zendesk_async.errors import InputError
from zendesk_async.models import Raw


def written(path: Path, select: str) -> Path:
    """Write the result of a query as Parquet."""
    with duckdb.connect(":memory:") as database:
        database.sql(select).write_parquet(str(path))
    return path


def rows(path: Path) -> list[Raw]:
    reading = Parquet(str(path), path.name, path.stat().st_size)
    found = [raw for chunk in reading.chunks() for raw in chunk.raws]
    reading.close()
    return found


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("12", 12),
        ("12345678901234567890123::DECIMAL(38,0)", 12345678901234567890123),
        ("12.50::DECIMAL(10,2)", 12.5),
        ("0.1::FLOAT", 0.1),
        ("0.1::DOUBLE", 0.1),
        ("true", True),
        ("'gold'", "gold"),
        ("DATE '2024-12-31'", "2024-12-31"),
        ("TIMESTAMP '2024-12-31 23:59:58.5'", "2024-12-31T23:59:58"),
        ("TIMESTAMPTZ '2024-12-31 23:59:58+02'", "2024-12-31T21:59:58Z"),
        ("TIME '08:30:00'", "08:30:00"),
        ("'00000000-0000-0000-0000-000000000001'::UUID", "00000000-0000-0000-0000-000000000001"),
        ("['a', 'b']", ["a", "b"]),
        ("{'a': 1}", {"a": 1}),
        ("'text'::BLOB", "text"),
    ],
)
def test_values_become_what_json_has(tmp_path: Path, expression: str, value: Any) -> None:
    """Numbers keep their digits, dates become ISO 8601, and text that old writers call binary is text."""
    assert rows(written(tmp_path / "x.parquet", f"SELECT {expression} AS it")) == [{"it": value}]


def test_a_null_is_left_out(tmp_path: Path) -> None:
    """As an empty cell is: a table has no other way to say that nothing is known."""
    path = written(tmp_path / "x.parquet", "SELECT * FROM (VALUES (1, NULL), (NULL, 'b')) t(a, b)")
    assert rows(path) == [{"a": 1}, {"b": "b"}]


def test_what_is_no_number_stays_to_be_refused(tmp_path: Path) -> None:
    """NaN must not become null on its way."""
    (row,) = rows(written(tmp_path / "x.parquet", "SELECT 'nan'::DOUBLE AS it"))
    assert isinstance(row, dict)
    assert math.isnan(row["it"])


async def test_rows_come_in_their_order(tmp_path: Path) -> None:
    """Positions are those of the file, each time anew, and progress is told in bytes."""
    path = written(tmp_path / "audience.parquet", "SELECT range::VARCHAR AS external_id FROM range(5000)")
    source = open_source(path)
    await source.open()
    assert (source.format, source.tabular, source.replayable, source.columns) == (
        "parquet",
        False,
        True,
        ("external_id",),
    )
    for _ in range(2):
        chunks = [chunk async for chunk in source.chunks()]
        assert [raw for chunk in chunks for raw in chunk.raws] == [{"external_id": str(n)} for n in range(5_000)]
        assert [chunk.start for chunk in chunks] == list(range(0, 5_000, MOST))
        assert chunks[1].lines[0] == MOST + 1
    assert source.bytes_read == source.bytes_total == path.stat().st_size


@pytest.mark.parametrize("name", ["a[1].parquet", "a*.parquet", "a?.parquet", "it's.parquet"])
def test_a_name_is_no_pattern(tmp_path: Path, name: str) -> None:
    """Exactly the file that was named is read."""
    written(tmp_path / "a1.parquet", "SELECT 'other' AS it")
    written(tmp_path / "plain.parquet", "SELECT 'right' AS it").rename(tmp_path / name)
    assert rows(tmp_path / name) == [{"it": "right"}]


def test_odd_names_of_columns_are_names(tmp_path: Path) -> None:
    """A quotation mark in a column's name is no way into the query."""
    path = written(tmp_path / "x.parquet", """SELECT DATE '2024-01-02' AS "a""b; c", 1 AS "user_fields.x" """)
    assert rows(path) == [{'a"b; c': "2024-01-02", "user_fields.x": 1}]


def test_folders_add_no_columns(tmp_path: Path) -> None:
    """``day=1/x.parquet`` has the columns of its file."""
    (tmp_path / "day=1").mkdir()
    assert rows(written(tmp_path / "day=1" / "x.parquet", "SELECT 1 AS it")) == [{"it": 1}]


def test_an_empty_file_is_an_audience_of_nobody(tmp_path: Path) -> None:
    """It has columns, no rows, and has been read."""
    path = written(tmp_path / "x.parquet", "SELECT 1 AS it WHERE false")
    reading = Parquet(str(path), "x", 100)
    assert (reading.columns, list(reading.chunks()), reading.taken) == (("it",), [], 100)
    reading.close()


async def test_what_is_damaged_is_told(tmp_path: Path) -> None:
    """With its name, and without a traceback."""
    path = tmp_path / "audience.parquet"
    path.write_bytes(b"PAR1" + b"\0" * 100)
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        await open_source(path).open()
    path.write_bytes(b"a,b\n")
    with pytest.raises(InputError, match="no Parquet file"):
        await open_source(path).open()


def test_without_duckdb_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is large, and most audiences are none of Parquet."""
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "duckdb":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match=r"pip install 'zendesk-async\[parquet\]'"):
        Parquet(str(tmp_path / "x.parquet"), "x.parquet", 1)
