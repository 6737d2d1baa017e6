"""The invented customers are the same every time, and as different from each other as they should be."""

from __future__ import annotations

import csv
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from benchmarks.audience import KINDS, TEMPLATE, Audience, write

MANY = 5_000


def users(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_audience_is_the_same_file(tmp_path: Path, kind: str) -> None:
    """Two machines, or two days, measure the same bytes."""
    one = write(Audience(kind, 300), tmp_path / "one")
    other = write(Audience(kind, 300), tmp_path / "other")
    assert one.read_bytes() == other.read_bytes()
    assert one.name == other.name


@pytest.mark.parametrize("records", [1, 999, 1_000, 1_001])
def test_there_are_as_many_as_were_asked_for(tmp_path: Path, records: int) -> None:
    """Pieces in which the file is written do not show in it."""
    assert len(users(write(Audience("users", records), tmp_path))) == records
    assert len(rows(write(Audience("table", records), tmp_path))) == records


def test_no_two_are_one_user(tmp_path: Path) -> None:
    """Without repeats the guard against the same user has nothing to do."""
    everybody = users(write(Audience("users", MANY), tmp_path))
    assert len({user["external_id"].lower() for user in everybody}) == MANY
    assert len({user["email"].lower() for user in everybody}) == MANY


def test_repeats_repeat_a_user_of_the_last_thousand(tmp_path: Path) -> None:
    """So large a share of the records as was asked for is an earlier user's, at most 999 records ago."""
    last: dict[str, int] = {}
    distances = []
    for place, user in enumerate(users(write(Audience("users", 20_000, repeats=0.05), tmp_path))):
        if user["external_id"] in last:
            distances.append(place - last[user["external_id"]])
        last[user["external_id"]] = place
    assert len(distances) / 20_000 == pytest.approx(0.05, abs=0.005)
    assert 0 < min(distances) < max(distances) < 1_000


def test_the_calm_at_the_end_repeats_nobody(tmp_path: Path) -> None:
    """Who comes twice has come twice before it."""
    everybody = users(write(Audience("users", 6_000, repeats=0.05, calm=2_000), tmp_path))
    seen = [user["external_id"] for user in everybody]
    assert len(set(seen[:4_000])) < 4_000
    assert set(seen[4_000:]).isdisjoint(seen[:4_000])
    assert len(set(seen[4_000:])) == 2_000


def test_changed_changes_one_in_so_many(tmp_path: Path) -> None:
    """Both files have the same users in the same order, and one in a hundred differs."""
    before = users(write(Audience("users", MANY), tmp_path))
    after = users(write(Audience("users", MANY, changed=100), tmp_path))
    assert [user["external_id"] for user in before] == [user["external_id"] for user in after]
    assert sum(one != other for one, other in zip(before, after, strict=True)) == MANY // 100


def test_the_template_makes_users_of_customers(tmp_path: Path) -> None:
    """Everything that ``users`` has comes from a column that ``customers`` and ``table`` have."""
    fields = tomllib.loads(TEMPLATE)["templates"]["loyalty"]["fields"]
    columns = {field["column"] if isinstance(field, dict) else field for field in fields.values()} - {
        "{First Name} {Last Name}"
    }
    (customer,) = users(write(Audience("customers", 1), tmp_path))
    (row,) = rows(write(Audience("table", 1), tmp_path))
    (user,) = users(write(Audience("users", 1), tmp_path))
    attributes = {name for name in user if name != "user_fields"} | {
        f"user_fields.{key}" for key in user["user_fields"]
    }
    assert set(fields) == attributes
    assert columns | {"First Name", "Last Name"} == set(customer) == set(row)


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    """What an interrupted run left behind is not taken for an audience."""
    path = tmp_path / Audience("users", 300).name
    path.with_suffix(".unfinished").write_text("{")
    assert write(Audience("users", 300), tmp_path) == path
    assert len(users(path)) == 300
