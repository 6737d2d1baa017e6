from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from tests.cli.history import begun, past
from zendesk_async.cli.program import program


def show(state: Path, *arguments: str) -> Result:
    return CliRunner().invoke(program, ["show", "--state", str(state), *arguments], standalone_mode=False)


def test_it_tells_the_account_with_reasons_and_commands(tmp_path: Path) -> None:
    """As the upload's own summary did; the commands find the run where it is."""
    past(tmp_path)
    text = show(tmp_path, "r-1").stdout
    assert "2 records of 4 did not make it" in text
    assert "UserUpdateError: Email: is not properly formatted" in text
    assert f"zendesk-async retry r-1 --state {tmp_path}" in text


def test_the_beginning_of_a_name_is_enough(tmp_path: Path) -> None:
    """Nobody types a whole name."""
    past(tmp_path, "20261124-023511-abcd")
    assert json.loads(show(tmp_path, "20261124", "--json").stdout)["run_id"] == "20261124-023511-abcd"


def test_json_is_the_summary(tmp_path: Path) -> None:
    """Its keys are those of the contract, in its order."""
    past(tmp_path)
    told = json.loads(show(tmp_path, "--last", "--json").stdout)
    assert list(told) == [
        "run_id",
        "status",
        "destination",
        "input",
        "records",
        "requests",
        "users_per_second",
        "started_at",
        "finished_at",
        "duration_seconds",
        "action",
    ]
    assert list(told["records"]) == [
        "read",
        "created",
        "updated",
        "unchanged",
        "merged",
        "rejected",
        "failed",
        "pending",
    ]
    assert told["records"]["read"] == sum(told["records"].values()) - told["records"]["read"]


def test_a_run_at_work_says_so(tmp_path: Path) -> None:
    """And is not to be resumed."""
    journal = begun(tmp_path, "r-1")
    try:
        text = show(tmp_path, "r-1").stdout
    finally:
        journal.close()
    assert "is at work now" in text
    assert "resume" not in text


def test_it_writes_a_report_to_look_at(tmp_path: Path) -> None:
    """Of a run of long ago too."""
    past(tmp_path)
    result = show(tmp_path, "r-1", "--report", str(tmp_path / "r.html"))
    assert result.return_value == 0
    assert "UserUpdateError" in (tmp_path / "r.html").read_text("utf-8")


def test_a_report_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """The account is shown all the same."""
    past(tmp_path)
    result = show(tmp_path, "r-1", "--report", str(tmp_path / "nowhere" / "r.html"))
    assert "cannot be written" in result.stderr
    assert "did not make it" in result.stdout


def test_a_run_that_is_none_is_answered_with_those_there_are(tmp_path: Path) -> None:
    """A misspelt name shows the right one."""
    past(tmp_path, "20261124-023511-abcd")
    result = show(tmp_path, "20261142")
    assert result.return_value == 2
    assert "20261124-023511-abcd" in result.stderr
