"""What a trial is measured by follows from what the operating system and the mock counted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.process import Usage
from benchmarks.trials import Trial, figures, pace_figures, size_of

LIMITED = {"rate": 0, "rpm": 0, "jobs": 0, "fault": 3}


def a_trial(**stats: Any) -> Trial:
    seen = {
        "first_post": 100.5,
        "last_post": 160.5,
        "users_received": 6_100,
        "posts": 61,
        "polls": 30,
        "limited": LIMITED,
        "worst_second_arriving": 100,
        "faults": {"502": 2},
    }
    usage = Usage(0, started=100.0, ended=166.0, cpu=3.05, peak_memory=55_000_000, output="", errors="")
    return Trial(6_100, usage, seen | stats, mock_cpu=6.55, answer={"records": {"read": 6_100}}, state=0)


def test_the_whole_run_counts() -> None:
    """Throughput is records by the life of the process: starting and ending are part of it."""
    found = figures(a_trial())
    assert found["users_per_second"] == pytest.approx(6_100 / 66)
    assert found["sending_per_second"] == pytest.approx(6_100 / 65.5)
    assert found["cpu_per_million"] == pytest.approx(500)
    assert found["peak_memory"] == 55
    assert found["mock_share"] == pytest.approx(10)


def test_a_steady_batch_each_second_is_the_whole_rate() -> None:
    """61 batches of 100 in 60 seconds, the last of which opens a second of its own, are 100 users per second."""
    found = pace_figures(a_trial(), rate=100, job_seconds=5)
    assert found["share_of_rate"] == pytest.approx(100)
    assert found["start_to_post"] == pytest.approx(0.5)
    assert found["post_to_exit"] == pytest.approx(0.5)


def test_users_sent_again_count_once() -> None:
    """A lost answer makes the mock receive users twice; that is no faster upload."""
    found = pace_figures(a_trial(users_received=6_300, posts=63), rate=100, job_seconds=5)
    assert found["share_of_rate"] == pytest.approx(100)
    assert found["sent_again"] == 200


def test_a_429_that_the_mock_made_up_was_not_provoked() -> None:
    """Faults on demand are not the client's doing, and limits that were reached are."""
    assert pace_figures(a_trial(), 100, 5)["limited"] == 0
    assert pace_figures(a_trial(limited=LIMITED | {"rate": 2, "jobs": 1}), 100, 5)["limited"] == 3


def test_what_needed_no_sending_is_not_missed() -> None:
    """Records that were merged, unchanged or rejected never reach the mock, and nobody waits for them there."""
    done = a_trial()._replace(answer={"records": {"read": 6_100, "merged": 60, "unchanged": 30, "rejected": 10}})
    assert done.sent == 6_000


def test_a_folder_is_as_large_as_its_files(tmp_path: Path) -> None:
    """Journals lie in folders of their own, and all of them count."""
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "one").write_bytes(b"1234")
    (tmp_path / "two").write_bytes(b"56")
    assert size_of(tmp_path) == 6
    assert size_of(tmp_path / "none") == 0
