from __future__ import annotations

import os
from pathlib import Path

import orjson
import pytest

from zendesk_async.cli.results import Results
from zendesk_async.errors import Stopped, UsageError
from zendesk_async.models import Outcome, OutcomeKind

CREATED = Outcome(0, OutcomeKind.CREATED, 7, None, None, b'{"email": "a@example.com"}')
FAILED = Outcome(1, OutcomeKind.FAILED, None, "UserUpdateError", "no", {"email": "b"})


def test_a_line_has_what_the_contract_says(tmp_path: Path) -> None:
    """Position, outcome, the user's id, error, details, and the record as it was read."""
    path = tmp_path / "results.ndjson"
    with Results(path, anew=True) as results:
        results.write([CREATED, FAILED])
    assert [orjson.loads(line) for line in path.read_bytes().splitlines()] == [
        {
            "position": 0,
            "outcome": "created",
            "user_id": 7,
            "error": None,
            "details": None,
            "record": {"email": "a@example.com"},
        },
        {
            "position": 1,
            "outcome": "failed",
            "user_id": None,
            "error": "UserUpdateError",
            "details": "no",
            "record": {"email": "b"},
        },
    ]


def test_lines_can_be_read_while_the_upload_goes_on(tmp_path: Path) -> None:
    """Nothing waits in a buffer of ours: what was told is in the file."""
    with Results(tmp_path / "r", anew=True) as results:
        results.write([CREATED])
        assert (tmp_path / "r").read_bytes().count(b"\n") == 1


def test_a_new_run_begins_a_new_file_and_another_goes_on(tmp_path: Path) -> None:
    """Yesterday's lines do not mix with today's; those of before the crash stay."""
    path = tmp_path / "r"
    path.write_text("old\n")
    Results(path, anew=False).close()
    assert path.read_text() == "old\n"
    with Results(path, anew=True) as results:
        assert path.read_text() == "old\n", "nothing is lost to an upload that comes to nothing"
        results.write(())
    assert path.read_text() == ""


def test_a_file_that_cannot_be_opened_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    """A directory that is not there is a mistake in the call."""
    with pytest.raises(UsageError, match="No such file"):
        Results(tmp_path / "nowhere" / "r", anew=True)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is full")
def test_a_disk_that_fills_up_stops_the_upload() -> None:
    """It stops, resumable, rather than lose lines or end with a traceback."""
    with Results(Path("/dev/full"), anew=False) as results, pytest.raises(Stopped, match="No space left"):
        results.write([CREATED])


def test_a_pipe_takes_lines_too(tmp_path: Path) -> None:
    """``--results >(jq .)`` works."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with Results(path, anew=True) as results:
        results.write([CREATED])
        assert orjson.loads(os.read(reader, 4096))["position"] == 0
    os.close(reader)
