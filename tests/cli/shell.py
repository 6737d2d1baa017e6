"""The command line as its users run it: another process, with an environment and a state directory of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

PATIENCE = 60.0  # seconds after which a command that hangs is a failure


@dataclass
class Done:
    """A command that has ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be JSON and nothing else."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Standard output, which must be NDJSON and nothing else."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass
class Mock:
    """A mock account in a process of its own."""

    url: str
    process: subprocess.Popen[str]

    def stats(self) -> dict[str, Any]:
        """What the account has seen."""
        (told,) = self._told("stats")
        return told

    def users(self) -> list[dict[str, Any]]:
        """Every user that the account holds."""
        return self._told("users")

    def _told(self, path: str) -> list[dict[str, Any]]:
        with urlopen(f"{self.url}/__mock__/{path}", timeout=PATIENCE) as answer:
            return [json.loads(line) for line in answer]

    def unplug(self) -> None:
        """Be gone, as if the network were."""
        self.process.kill()
        self.process.wait()


@dataclass
class Shell:
    """Runs commands in a directory, against a mock."""

    directory: Path
    mock: Mock | None = None
    environment: dict[str, str] = field(default_factory=dict)
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def close(self) -> None:
        """End what was left running."""
        for process in self.started:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()

    @property
    def state(self) -> Path:
        """Where journals are."""
        return self.directory / "state" / "zendesk-async"

    @property
    def journals(self) -> list[str]:
        """The journals that are there."""
        return sorted(path.name for path in self.state.glob("runs/*.journal"))

    def _environment(self) -> dict[str, str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ZENDESK_")}
        environment |= {
            "XDG_STATE_HOME": str(self.directory / "state"),
            "XDG_CONFIG_HOME": str(self.directory / "config"),
            "HOME": str(self.directory),
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        if self.mock is not None:
            environment |= {
                "ZENDESK_BASE_URL": self.mock.url,
                "ZENDESK_OAUTH_TOKEN": "mock-oauth-token",
            }
        return environment | self.environment

    def start(
        self, *arguments: str, stdin: Any = subprocess.DEVNULL, stderr: Any = subprocess.PIPE
    ) -> subprocess.Popen[str]:
        """Start a command and let it run."""
        process = subprocess.Popen(
            [sys.executable, "-m", "zendesk_async", *arguments],
            cwd=self.directory,
            env=self._environment(),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
        self.started.append(process)
        return process

    def run(self, *arguments: str, stdin: str | None = None) -> Done:
        """Run a command to its end."""
        process = self.start(*arguments, stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE)
        return ended(process, stdin)

    def file(self, name: str, text: str) -> Path:
        """Write a file into the directory."""
        path = self.directory / name
        path.write_text(text, "utf-8")
        return path

    def audience(self, count: int, name: str = "audience.ndjson", change: Callable[[int], Any] = lambda _: {}) -> Path:
        """Write an audience of so many users; ``change`` adds to one, or replaces its line by a text."""
        return self.file(name, "".join(_line(number, change(number)) for number in range(count)))


def _line(number: int, change: Mapping[str, Any] | str) -> str:
    if isinstance(change, str):
        return change + "\n"
    user = {"external_id": f"c-{number}", "name": f"Customer {number}", "email": f"c{number}@example.com"}
    return json.dumps(user | dict(change)) + "\n"


def ended(process: subprocess.Popen[str], stdin: str | None = None) -> Done:
    """Wait until a command has ended."""
    try:
        out, err = process.communicate(stdin, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        raise AssertionError(f"it did not end: {process.communicate()}") from None
    assert "Traceback" not in (err or ""), err
    return Done(process.returncode, out, err or "")


def until(condition: Callable[[], Any]) -> Any:
    """Wait until something holds, and return it."""
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.02)
    return found


@contextmanager
def mock_account(*options: str) -> Iterator[Mock]:
    """Run a mock account whose jobs are done at once, unless the options say otherwise."""
    command = [sys.executable, "-m", "zendesk_async.mock", "--job-seconds", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Mock(json.loads(process.stdout.readline())["url"], process)
        finally:
            process.send_signal(signal.SIGKILL)
