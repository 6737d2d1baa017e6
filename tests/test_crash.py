"""kill -9 at random instants, real processes, a real socket: in the end every record is accounted for, and none is
missing.
"""

from __future__ import annotations

import asyncio
import json
import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import killed_after, mock_account, stats_of, uploaded, users_of

KILLS = 10
COUNT = 12_000


@pytest.fixture
def mock() -> Iterator[str]:
    with mock_account("--rate", "1000", "--job-seconds", "0.7", "--job-jitter", "0.5") as url:
        yield url


def audience(path: Path, seed: int) -> dict[str, str]:
    """Write an audience in which one record in twenty repeats a user; give what each user's notes say in the end."""
    dice = random.Random(seed)
    last = {}
    with path.open("w", encoding="utf-8") as file:
        for number in range(COUNT):
            who = dice.randrange(number + 1) if dice.random() < 0.05 else number
            user = {"external_id": f"c-{who}", "name": f"Customer {who}", "email": f"c{who}@example.com"}
            last[f"c-{who}"] = f"record {number}"
            file.write(json.dumps(user | {"notes": f"record {number}"}) + "\n")
    return last


@pytest.mark.parametrize("seed", [1])
async def test_killed_ten_times(mock: str, tmp_path: Path, seed: int) -> None:
    """After ten kills and re-runs of the same command the account balances and Zendesk holds each user's last
    record.
    """
    dice = random.Random(seed)
    last = audience(tmp_path / "audience.ndjson", seed)
    words = [str(tmp_path / "audience.ndjson"), "--rate", "1000", "--state", str(tmp_path / "state")]
    words += ["--results", str(tmp_path / "results")]
    kills = 0
    while kills < KILLS and await killed_after(dice.uniform(0.6, 2.4), mock, *words) == -signal.SIGKILL:
        kills += 1
    assert kills == KILLS, "the upload ended before it had been killed often enough"
    status, report = await asyncio.to_thread(uploaded, mock, *words)
    assert status == 0
    records = report["records"]
    assert records["read"] == COUNT
    assert records["pending"] == records["failed"] == records["rejected"] == 0
    assert sum(records[kind] for kind in ("created", "updated", "merged")) == COUNT
    assert {user["external_id"]: user["notes"] for user in users_of(mock)} == last
    stats = stats_of(mock)
    assert stats["users_in_two_live_jobs"] == 0
    assert stats["worst_second_accepted"] <= 1_000
    told = [json.loads(line)["position"] for line in (tmp_path / "results").read_text().splitlines()]
    assert sorted(told) == list(range(COUNT))
