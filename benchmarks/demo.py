"""Show an upload from beginning to end, in well under a minute, without an account of Zendesk's.

A mock account starts on this machine, 5,000 invented customers are uploaded to it by the same command that anybody
types, and then the mock is asked what it saw. Nothing is left behind.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

USERS = 5_000
RATE = 1_000
JOB_SECONDS = 2
SLACK = 0.1  # seconds: one machine plays both sides here, so that requests are delayed more unevenly than by a network
REFUSED_RATE = 0.002
READY_PATIENCE = 20.0
STOP_PATIENCE = 5.0
ACCEPTED_OR_EXPLAINED = {0, 1}

COMMAND = (sys.executable, "-m", "zendesk_async")
RUN = "demo"

FIELDS = {
    "orders": "integer",
    "lifetime_value": "decimal",
    "last_order": "date",
    "favourite_category": "text",
    "loyalty_status": "text",
    "satisfaction": "integer",
    "churn_risk": "decimal",
}
FIRST_NAMES = ("Ada", "Bruno", "Chiara", "Dmitri", "Efua", "Farah", "Goran", "Hana", "Iris", "João", "Kemal", "Lena")
LAST_NAMES = ("Abe", "Berg", "Costa", "Diallo", "Eriksen", "Fischer", "Gupta", "Haddad", "Ito", "Jensen", "Kovács")
CATEGORIES = ("books", "garden", "kitchen", "music", "outdoor")
LOYALTY = ("bronze", "silver", "gold", "platinum")

INTRODUCTION = f"""\
A mock Zendesk account runs on this machine; {USERS:,} customers with order history, loyalty status and churn risk go
to it. It takes {RATE:,} users per second, needs {JOB_SECONDS} seconds for a job, and refuses a few records, as real data has it.

Zendesk itself allows 100 users per second, and an upload keeps to that unless it is told otherwise. This one is told
otherwise, --rate {RATE}, only so that you wait seven seconds and not fifty. Leave --rate out for a real account.
"""


def main() -> int:
    """Run the demonstration. The exit status is 0 unless something went wrong that was not meant to."""
    print(INTRODUCTION)
    with tempfile.TemporaryDirectory(prefix="zendesk-async-demo-") as place:
        here = Path(place)
        write_audience(here / "audience.ndjson")
        with mock_account(here) as url:
            (here / "zendesk.toml").write_text(f'[destinations.mock]\nbase_url = "{url}"\nslack = {SLACK}\n')
            return show(here, url)


def show(here: Path, url: str) -> int:
    """Upload, list what did not make it, and compare with what the mock saw."""
    words = ("upload", "audience.ndjson", "--destination", "mock", "--rate", str(RATE), "--run-id", RUN)
    status = zendesk_async(*words, here=here, url=url)
    if status not in ACCEPTED_OR_EXPLAINED:
        return status
    print("\nThe records that did not make it, the first three of them (zendesk-async rejects):\n")
    for line in output_of("rejects", RUN, here=here, url=url).splitlines()[:3]:
        print(f"  {shortened(line)}")
    print_stats(stats_of(url))
    return 0


def write_audience(path: Path) -> None:
    """Invent the customers; the same ones every time."""
    dice = random.Random(2026)
    with path.open("w", encoding="utf-8") as lines:
        for number in range(USERS):
            lines.write(json.dumps(customer(number, dice), ensure_ascii=False) + "\n")


def customer(number: int, dice: random.Random) -> dict[str, Any]:
    """Invent one customer. One in a thousand has an e-mail address that nobody could write to."""
    first, last = dice.choice(FIRST_NAMES), dice.choice(LAST_NAMES)
    orders = dice.randint(1, 60)
    return {
        "external_id": f"C-{number:06}",
        "name": f"{first} {last}",
        "email": f"customer{number}@example.com" if number % 1000 != 500 else "none given",
        "tags": ["demo", dice.choice(CATEGORIES)],
        "user_fields": {
            "orders": orders,
            "lifetime_value": round(orders * dice.uniform(9, 140), 2),
            "last_order": str(date(2026, 1, 1) + timedelta(days=dice.randrange(300))),
            "favourite_category": dice.choice(CATEGORIES),
            "loyalty_status": dice.choice(LOYALTY),
            "satisfaction": dice.randint(1, 5),
            "churn_risk": round(dice.random(), 3),
        },
    }


@contextmanager
def mock_account(here: Path) -> Iterator[str]:
    """Run a mock account for as long as the block lasts; give its address."""
    options = {
        "--rate": RATE,
        "--job-seconds": JOB_SECONDS,
        "--refused-record-rate": REFUSED_RATE,
        "--fields": ",".join(f"{key}:{kind}" for key, kind in FIELDS.items()),
        "--port": 0,
    }
    words = [str(word) for pair in options.items() for word in pair]
    with (here / "mock.log").open("w+") as log:
        mock = subprocess.Popen(
            [*COMMAND, "mock", *words],
            cwd=here,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            yield address_of(mock, here / "mock.log")
        finally:
            stop(mock)


def address_of(mock: subprocess.Popen[str], log: Path) -> str:
    """Wait for the line of JSON that says that the mock is ready."""
    assert mock.stdout is not None
    ready, _, _ = select.select([mock.stdout], [], [], READY_PATIENCE)
    line = mock.stdout.readline() if ready else ""
    if not line:
        raise SystemExit(f"The mock account did not start.\n{log.read_text()}")
    return str(json.loads(line)["url"])


def stop(mock: subprocess.Popen[str]) -> None:
    """End the mock, politely first."""
    mock.terminate()
    try:
        mock.wait(STOP_PATIENCE)
    except subprocess.TimeoutExpired:
        mock.kill()
        mock.wait()
    if mock.stdout is not None:
        mock.stdout.close()


def environment(url: str) -> dict[str, str]:
    """Say where to and who, as anybody would; nothing of the reader's own account is used."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ZENDESK_")}
    account = {"ZENDESK_BASE_URL": url, "ZENDESK_EMAIL": "admin@example.com", "ZENDESK_API_TOKEN": "mock-token"}
    return clean | account


def zendesk_async(*words: str, here: Path, url: str) -> int:
    """Run a command as typed, on this terminal; give its exit status."""
    print(f"$ zendesk-async {' '.join(words)}\n", flush=True)
    return subprocess.run(
        [*COMMAND, *words, "--state", "state"], cwd=here, env=environment(url), stdin=subprocess.DEVNULL, check=False
    ).returncode


def output_of(*words: str, here: Path, url: str) -> str:
    """Run a command and give what it printed on standard output."""
    return subprocess.run(
        [*COMMAND, *words, "--state", "state"],
        cwd=here,
        env=environment(url),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    ).stdout


def stats_of(url: str) -> dict[str, Any]:
    """Ask the mock what it saw."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(f"{url}/__mock__/stats", timeout=10) as answer:
        stats: dict[str, Any] = json.load(answer)
    return stats


def shortened(line: str) -> str:
    """Give a line of rejects without its record."""
    reject = json.loads(line)
    return json.dumps({key: value for key, value in reject.items() if key != "record"}, ensure_ascii=False)


def print_stats(stats: dict[str, Any]) -> None:
    """Say what the mock saw: the account that the program has no part in."""
    print("\nWhat the account saw, by its own count:\n")
    print(f"  users accepted            {stats['users_accepted']:>7,}")
    print(f"  in the busiest second     {stats['worst_second_arriving']:>7,}   (any sliding second; {RATE:,} allowed)")
    print(f"  requests answered 429     {sum(stats['limited'].values()):>7,}   (too many users, requests or jobs)")
    print(f"  created                   {stats['records_created']:>7,}")
    print(f"  refused                   {stats['records_failed']:>7,}")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # so that the mock is stopped then, too
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
