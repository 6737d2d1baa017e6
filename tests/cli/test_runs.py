from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.cli.history import begun, past, settle
from zendesk_async.cli.program import program
from zendesk_async.models import RunStatus


def runs(state: Path, *options: str) -> Result:
    return CliRunner().invoke(program, ["runs", "--state", str(state), *options], standalone_mode=False)


def test_before_the_first_upload_it_says_how_to_begin(tmp_path: Path) -> None:
    """An empty list is no error, and makes no directory."""
    result = runs(tmp_path / "state")
    assert "zendesk-async upload" in result.stdout
    assert not (tmp_path / "state").exists()
    assert json.loads(runs(tmp_path / "state", "--json").stdout) == []


def test_the_newest_stands_first(tmp_path: Path) -> None:
    """What one looks for is mostly the last one."""
    past(tmp_path, "old", started_at="2026-11-23T02:00:00+00:00")
    past(tmp_path, "new", RunStatus.STOPPED, started_at="2026-11-24T02:00:00+00:00")
    lines = runs(tmp_path).stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["RUN", "new", "old"]
    assert lines[1].split()[1] == "stopped"


def test_json_has_a_summary_of_each(tmp_path: Path) -> None:
    """An array for programs; nothing else on standard output."""
    past(tmp_path)
    (told,) = json.loads(runs(tmp_path, "--json").stdout)
    assert (told["run_id"], told["status"]) == ("r-1", "completed_with_failures")
    assert told["records"]["read"] == 4


def test_a_run_at_work_is_told_from_one_that_was_killed(tmp_path: Path) -> None:
    """Both never ended; only one of them is to be resumed."""
    killed = begun(tmp_path, "killed")
    settle(killed)
    killed.close()
    working = begun(tmp_path, "working")
    try:
        told = {each["run_id"]: each["status"] for each in json.loads(runs(tmp_path, "--json").stdout)}
        table = runs(tmp_path).stdout
    finally:
        working.close()
    assert told == {"killed": "interrupted", "working": "running"}
    assert "cut off" in table
    assert "running" in table


def test_a_damaged_journal_does_not_hide_the_others(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """It is told with its problem, beside those that can be read."""
    past(tmp_path)
    (tmp_path / "runs" / "broken.journal").write_text("this is no database" * 100)
    result = runs(tmp_path)
    assert "r-1" in result.stdout
    assert "broken" in result.stderr
    told = json.loads(runs(tmp_path, "--json").stdout)
    assert {each["run_id"]: each["status"] for each in told} == {
        "r-1": "completed_with_failures",
        "broken": "unreadable",
    }
