"""Findings survive the file that keeps them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.results import Findings, Goal, load, save, summarised


def findings() -> Findings:
    found = Findings("ceiling", "Ceiling", "about", ["users_per_second"])
    found.row("file", "By input").add({"users_per_second": 90_000.0})
    found.row("file", "By input").add({"users_per_second": 110_000.0})
    found.row("file", "By jobs").facts["It tells"] = "everything"
    found.goals = [Goal("throughput", "≥ 1", "2", reached=True), Goal("ahead", "≥ 4", "-", reached=None)]
    found.notes = ["the machine was busy"]
    found.machine = {"cores": 2}
    return found


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    """Nothing of the findings is lost or changed on the way through the file."""
    save(tmp_path / "results.json", {"ceiling": findings()})
    assert load(tmp_path / "results.json") == {"ceiling": findings()}


def test_rounds_of_one_case_stand_in_one_row() -> None:
    """A row is known by its name and its table: a second round adds to it, another table's case does not."""
    rows = findings().rows
    assert [(row.name, row.group) for row in rows] == [("file", "By input"), ("file", "By jobs")]
    assert rows[0].middle("users_per_second") == 100_000
    assert rows[1].middle("users_per_second") is None


def test_the_file_holds_summaries_for_other_readers() -> None:
    """Who only wants the median need not compute it."""
    content = summarised(findings())
    assert content["rows"][0]["summary"]["users_per_second"]["median"] == 100_000


@pytest.mark.parametrize("content", [{}, [], {"format": 0, "scenarios": {}}])
def test_another_file_is_refused(tmp_path: Path, content: object) -> None:
    """A file that holds something else is named as such, not half read."""
    path = tmp_path / "other.json"
    path.write_text(json.dumps(content))
    with pytest.raises(ValueError, match=r"other\.json holds no results"):
        load(path)
