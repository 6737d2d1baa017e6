"""All drivers are started, fed and heard in the same way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.contenders.driving import Seen, batches, finish, job_limit, task


def arguments(path: Path) -> list[str]:
    return ["--base-url", "http://127.0.0.1:1", "--input", str(path), "--jobs", "32", "--poll", "0.5"]


def test_the_input_comes_in_whole_batches(tmp_path: Path) -> None:
    """A driver gets 100 records at a time, the rest at the end, and what it has read is counted."""
    path = tmp_path / "users.ndjson"
    path.write_text("".join(f'{{"external_id":"{number}"}}\n' for number in range(250)))
    seen = Seen()
    sizes = [len(batch) for batch in batches(task(arguments(path)), seen)]
    assert sizes == [100, 100, 50]
    assert seen.read == 250


def test_failed_results_are_told_from_others() -> None:
    """A job that is completed says of each record whether it was accepted."""
    seen = Seen()
    seen.count([{"status": "Created"}, {"status": "Updated"}, {"status": "Failed"}])
    assert (seen.accepted, seen.failed) == (2, 1)


@pytest.mark.parametrize(("most", "jobs"), [(16, 16), (64, 32), (0, 1)])
def test_nobody_gets_more_jobs_than_it_can_use(tmp_path: Path, most: int, jobs: int) -> None:
    """A contender with a limit of its own keeps to it, and everybody has at least one job."""
    assert job_limit(task(arguments(tmp_path)), most) == jobs


def test_the_last_line_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    """The suite reads it: a contender that cannot tell failures says null."""
    finish(Seen(read=3, accepted=3, failed=None))
    assert json.loads(capsys.readouterr().out) == {"read": 3, "accepted": 3, "failed": None}
