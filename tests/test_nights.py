"""The same user again, in one file and night after night: real processes, a real socket, and a mock account that keeps
every user.
"""

from __future__ import annotations

import asyncio
import json
import random
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.processes import killed_after, mock_account, stats_of, uploaded, users_of

DISTANCES = (1, 2, 3, 10, 50, 99, 100, 101, 250, 1_000, 2_500)
SLOW_JOBS = ("--job-limit", "30", "--job-seconds", "0.3", "--job-jitter", "0.8", "--rate", "0")
FIELDS = ("orders", "loyalty_status", "churn_risk")
NIGHTS = 6


def written(path: Path, users: Iterable[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(user) + "\n" for user in users), "utf-8")
    return path


def saying_something(dice: random.Random, number: int) -> dict[str, Any]:
    """Some of the attributes that an update may have; whichever it has, it overwrites, merges, replaces or clears."""
    said: dict[str, Any] = {"notes": f"record {number}"} if dice.random() < 0.6 else {}
    if dice.random() < 0.5:
        said["user_fields"] = {key: dice.choice([number, None]) for key in dice.sample(FIELDS, dice.randrange(1, 3))}
    if dice.random() < 0.4:
        said["tags"] = dice.sample(["gold", "silver", "books", "garden"], dice.randrange(3))
    if dice.random() < 0.2:
        said["phone"] = None
    return said


def repeating(dice: random.Random) -> list[dict[str, Any]]:
    """Records in which users come again after each of the distances, in other cases, under one key or under both."""
    who = list(range(4_000))
    for distance in DISTANCES:
        for _ in range(40):
            at = dice.randrange(len(who) - distance)
            who[at + distance] = who[at]
    users = []
    seen: set[int] = set()
    for number, user in enumerate(who):
        external_id, email = f"C-{user}", f"c{user}@example.com"
        keys = {"external_id": external_id, "email": email}
        if user in seen:
            keys = dice.choice([keys, {"external_id": external_id.lower()}, {"email": email.upper()}])
        seen.add(user)
        users.append({**keys, "name": f"Customer {user}", **saying_something(dice, number)})
    return users


def content(users: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What an account holds of each user, by e-mail, without what differs from account to account."""
    own = {"id", "url", "created_at", "updated_at"}
    return {user["email"]: {key: value for key, value in user.items() if key not in own} for user in users}


async def test_repeats_at_every_distance_arrive_as_if_line_by_line(tmp_path: Path) -> None:
    """What an account holds after an upload is what it holds after one request for each record, one after the other."""
    path = written(tmp_path / "repeating.ndjson", repeating(random.Random(5)))
    with mock_account(*SLOW_JOBS) as together, mock_account("--job-seconds", "0", "--job-limit", "0") as alone:
        line_by_line = ("--batch-size", "1", "--jobs", "1")
        (status, report), (patient, _) = await asyncio.gather(
            asyncio.to_thread(uploaded, together, str(path), "--rate", "none", "--state", str(tmp_path / "a")),
            asyncio.to_thread(
                uploaded, alone, str(path), *line_by_line, "--rate", "none", "--state", str(tmp_path / "b")
            ),
        )
        assert (status, patient) == (0, 0)
        assert report["records"]["merged"] > 0
        assert content(users_of(together)) == content(users_of(alone))
        stats = stats_of(together)
        assert stats["users_in_two_live_jobs"] == stats["duplicates_in_batch"] == 0


def test_a_file_of_one_user_alone_ends(tmp_path: Path) -> None:
    """The worst case: every record is the same user. Each has its outcome, and the account holds the last."""
    users = [{"external_id": "one", "name": "One", "notes": f"record {number}"} for number in range(30_000)]
    path = written(tmp_path / "one.ndjson", users)
    with mock_account("--job-seconds", "0.05") as url:
        status, report = uploaded(url, str(path), "--rate", "none", "--state", str(tmp_path / "state"))
        assert status == 0
        records = report["records"]
        assert records["pending"] == 0
        assert records["created"] + records["updated"] + records["merged"] == 30_000
        assert [user["notes"] for user in users_of(url)] == ["record 29999"]
        assert stats_of(url)["users_in_two_live_jobs"] == 0


def test_the_second_night_of_an_unchanged_file_sends_nothing(tmp_path: Path) -> None:
    """Exit status 0, no request that carries users, and every record unchanged with Zendesk's id for it."""
    path = written(
        tmp_path / "audience.ndjson",
        ({"external_id": f"c-{number}", "name": f"Customer {number}"} for number in range(5_000)),
    )
    words = (str(path), "--rate", "none", "--changed-only", "--state", str(tmp_path / "state"))
    with mock_account("--job-seconds", "0.1") as url:
        assert uploaded(url, *words)[0] == 0
        before = stats_of(url)["posts"]
        status, report = uploaded(url, *words, "--results", str(tmp_path / "results"))
        assert status == 0
        assert report["records"]["unchanged"] == 5_000
        assert stats_of(url)["posts"] == before
        ids = {user["external_id"]: user["id"] for user in users_of(url)}
    told = [json.loads(line) for line in (tmp_path / "results").read_text("utf-8").splitlines()]
    assert {line["record"]["external_id"]: line["user_id"] for line in told} == ids


@pytest.mark.parametrize("seed", [3])
async def test_killed_at_random_the_sent_state_never_claims_too_much(tmp_path: Path, seed: int) -> None:
    """After nights of changing files that were killed anywhere, what one more night leaves out is really there."""
    dice = random.Random(seed)
    path = tmp_path / "audience.ndjson"
    words = (str(path), "--rate", "2000", "--changed-only", "--fresh", "--state", str(tmp_path / "state"))
    kills = 0
    wanted: dict[str, str] = {}
    with mock_account("--job-seconds", "0.4", "--job-jitter", "0.8", "--lost-answer-rate", "0.05") as url:
        for _ in range(NIGHTS):
            wanted = {f"c-{number}": dice.choice("abc") for number in range(4_000)}
            written(path, ({"external_id": key, "name": key, "notes": notes} for key, notes in wanted.items()))
            kills += await killed_after(dice.uniform(0.7, 2.2), url, *words) == -signal.SIGKILL
        status, report = await asyncio.to_thread(uploaded, url, *words)
        assert status == 0
        assert kills > NIGHTS // 2
        assert report["records"]["unchanged"] > 0
        assert {user["external_id"]: user["notes"] for user in users_of(url)} == wanted
