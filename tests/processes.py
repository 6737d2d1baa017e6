"""Real processes for tests: a mock account of one's own, and uploads that may be killed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import urlopen

__all__ = ["environment", "fetched", "killed_after", "mock_account", "stats_of", "uploaded", "users_of"]

PATIENCE = 100.0  # seconds for one upload


@contextmanager
def mock_account(*options: str) -> Iterator[str]:
    """Run a mock account, and give its address."""
    command = [sys.executable, "-m", "zendesk_async.mock", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())["url"]
        finally:
            process.terminate()


def environment(url: str) -> dict[str, str]:
    """What an upload to a mock account needs."""
    known = {name: value for name, value in os.environ.items() if not name.startswith("ZENDESK_")}
    credentials = {"ZENDESK_EMAIL": "admin@example.com", "ZENDESK_API_TOKEN": "mock-token"}
    return known | credentials | {"ZENDESK_BASE_URL": url}


def fetched(url: str, path: str) -> bytes:
    with urlopen(url + path) as answer:
        content: bytes = answer.read()
    return content


def users_of(url: str) -> list[dict[str, Any]]:
    """Every user that a mock account holds."""
    return [json.loads(line) for line in fetched(url, "/__mock__/users").splitlines()]


def stats_of(url: str) -> dict[str, Any]:
    stats: dict[str, Any] = json.loads(fetched(url, "/__mock__/stats"))
    return stats


def uploaded(url: str, *words: str) -> tuple[int, dict[str, Any]]:
    """Upload to the end; give the exit status and the summary."""
    command = [sys.executable, "-m", "zendesk_async", "upload", *words, "--json"]
    done = subprocess.run(command, env=environment(url), capture_output=True, check=False, text=True, timeout=PATIENCE)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


async def killed_after(seconds: float, url: str, *words: str) -> int:
    """Upload, and kill it without warning after so many seconds, unless it has ended; give its exit status."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "zendesk_async", "upload", *words),
        env=environment(url),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(seconds):
            return await process.wait()
    except TimeoutError:
        process.send_signal(signal.SIGKILL)
        return await process.wait()
