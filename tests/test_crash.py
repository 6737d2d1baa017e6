"""kill -9 at random instants, real processes, a real socket: in the end every record is accounted for, and none is
missing.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

KILLS = 10
COUNT = 12_000


@pytest.fixture
def mock() -> Iterator[str]:
    command = [
        sys.executable,
        "-m",
        "zendesk_async.mock",
        "--rate",
        "1000",
        "--job-seconds",
        "0.7",
        "--job-jitter",
        "0.5",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["url"]
        process.terminate()


def environment(url: str) -> dict[str, str]:
    known = {name: value for name, value in os.environ.items() if not name.startswith("ZENDESK_")}
    credentials = {"ZENDESK_EMAIL": "admin@example.com", "ZENDESK_API_TOKEN": "mock-token"}
    return known | credentials | {"ZENDESK_BASE_URL": url}


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


def fetched(url: str, path: str) -> bytes:
    with urlopen(url + path) as answer:
        content: bytes = answer.read()
    return content


async def killed_after(seconds: float, command: list[str], env: dict[str, str]) -> int:
    process = await asyncio.create_subprocess_exec(
        *command, env=env, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(seconds):
            return await process.wait()
    except TimeoutError:
        process.send_signal(signal.SIGKILL)
        return await process.wait()


@pytest.mark.parametrize("seed", [1])
async def test_killed_ten_times(mock: str, tmp_path: Path, seed: int) -> None:
    """After ten kills and re-runs of the same command the account balances and Zendesk holds each user's last
    record.
    """
    dice = random.Random(seed)
    last = audience(tmp_path / "audience.ndjson", seed)
    command = [sys.executable, "-m", "zendesk_async", "upload", str(tmp_path / "audience.ndjson")]
    command += ["--rate", "1000", "--state", str(tmp_path / "state"), "--json", "--results", str(tmp_path / "results")]
    env = environment(mock)
    kills = 0
    while kills < KILLS and await killed_after(dice.uniform(0.6, 2.4), command, env) == -signal.SIGKILL:
        kills += 1
    done = await asyncio.to_thread(
        subprocess.run, command, env=env, capture_output=True, check=False, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    records = report["records"]
    assert kills == KILLS, "the upload ended before it had been killed often enough"
    assert "Going on with run" in done.stderr
    assert records["read"] == COUNT
    assert records["pending"] == records["failed"] == records["rejected"] == 0
    assert sum(records[kind] for kind in ("created", "updated", "merged")) == COUNT
    users = [json.loads(line) for line in fetched(mock, "/__mock__/users").splitlines()]
    assert {user["external_id"]: user["notes"] for user in users} == last
    stats = json.loads(fetched(mock, "/__mock__/stats"))
    assert stats["users_in_two_live_jobs"] == 0
    assert stats["worst_second_accepted"] <= 1_000
    told = [json.loads(line)["position"] for line in (tmp_path / "results").read_text().splitlines()]
    assert sorted(told) == list(range(COUNT))
