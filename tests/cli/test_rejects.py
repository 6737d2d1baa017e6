from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from tests.cli.history import past
from tests.zendesk import user
from zendesk_async.cli.program import program


def rejects(state: Path, *arguments: str) -> Result:
    return CliRunner().invoke(program, ["rejects", "--state", str(state), *arguments], standalone_mode=False)


def test_each_line_has_the_record_its_error_and_its_details(tmp_path: Path) -> None:
    """What did not make it, in Zendesk's words or ours, with the record as it was read."""
    past(tmp_path)
    result = rejects(tmp_path, "r-1")
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {
            "position": 2,
            "outcome": "failed",
            "user_id": None,
            "error": "UserUpdateError",
            "details": "Email: is not properly formatted",
            "record": user(2),
        },
        {
            "position": 3,
            "outcome": "rejected",
            "user_id": None,
            "error": "InvalidEmail",
            "details": "line 0: no e-mail",
            "record": user(0),
        },
    ]


def test_nothing_but_lines_is_on_standard_output(tmp_path: Path) -> None:
    """They go into a pipe."""
    past(tmp_path)
    result = rejects(tmp_path, "--last")
    assert (result.return_value, result.stderr) == (0, "")


def test_which_run_must_be_plain(tmp_path: Path) -> None:
    """Of several, one is named; --last and a name together mean nothing."""
    past(tmp_path, "r-1")
    past(tmp_path, "r-2")
    unnamed, both = rejects(tmp_path), rejects(tmp_path, "r-1", "--last")
    assert (unnamed.return_value, both.return_value) == (2, 2)
    assert "r-2" in unnamed.stderr
    assert "not both" in both.stderr
