from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.cli.settings_made import settings
from tests.cli.shell import Mock
from zendesk_async.cli.asked import Asked
from zendesk_async.cli.beginning import Begun, begin
from zendesk_async.cli.exits import Exit
from zendesk_async.cli.invocation import Invocation
from zendesk_async.cli.running import Running
from zendesk_async.config.credentials import Credentials
from zendesk_async.config.destination import Destination
from zendesk_async.config.values import UNLIMITED, Limits
from zendesk_async.errors import InputError
from zendesk_async.models import RunStatus
from zendesk_async.state import RunStore

GOOD = '{"external_id": "run-1", "name": "Ann", "email": "ann.run@example.com"}\n'


class Runner:
    """Runs uploads of a file to the mock account, in this process."""

    def __init__(self, directory: Path, mock: Mock) -> None:
        self.path = directory / "a.ndjson"
        self.path.write_text(GOOD)
        self.state = directory / "state"
        self.store = RunStore(self.state)
        self.invocation = Invocation(state=self.state)
        self.mock = mock
        self.token = "mock-oauth-token"

    async def run(self, **asked: Any) -> Exit:
        wanted = Asked(input=str(self.path), **asked)
        chosen = settings(
            self.state,
            destination=Destination(name="acme", base_url=self.mock.url),
            credential=Credentials.oauth_token(self.token),
            limits=Limits(rate=UNLIMITED),
        )

        async def opened() -> Begun:
            return await begin(wanted, chosen, self.store, run_id=None, fresh=False, say=lambda _: None)

        running = Running(asked=wanted, settings=chosen, store=self.store, invocation=self.invocation, as_json=True)
        return await running.run(opened)


@pytest.fixture
def runner(tmp_path: Path, account: Mock) -> Runner:
    return Runner(tmp_path, account)


async def test_what_is_told_is_what_the_journal_says(runner: Runner, capfd: pytest.CaptureFixture[str]) -> None:
    """So ``show`` can never say otherwise."""
    assert await runner.run() == Exit.OK
    told = json.loads(capfd.readouterr().out)
    with runner.store.read(runner.invocation.run_id) as journal:
        assert told == journal.report().to_dict()


async def test_the_journal_is_let_go_of(runner: Runner) -> None:
    """Another process can look at it, retry it, resume it."""
    await runner.run()
    (run,) = runner.store.runs()
    assert (run.process, run.report and run.report.status) == (None, RunStatus.COMPLETED)


async def test_a_mistake_in_the_input_leaves_no_journal(runner: Runner) -> None:
    """It is corrected, and uploaded as if nothing had been."""
    runner.path.write_text('{"external_id": "1", "nmae": "Ann"}\n')
    with pytest.raises(InputError, match="name"):
        await runner.run()
    assert runner.store.runs() == []


async def test_wrong_credentials_leave_a_journal_to_resume(runner: Runner) -> None:
    """The command that is printed must find something."""
    runner.token = "wrong"
    assert await runner.run() == Exit.NEEDS_ACTION
    (run,) = runner.store.runs()
    assert run.unfinished


async def test_an_interrupt_before_the_beginning_is_quiet(runner: Runner, capfd: pytest.CaptureFixture[str]) -> None:
    """Nothing has been opened yet: no word, no journal."""
    chosen = settings(runner.state)

    async def opened() -> Begun:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(10)
        raise AssertionError("it went on")

    running = Running(asked=Asked(), settings=chosen, store=runner.store, invocation=runner.invocation, as_json=False)
    assert await running.run(opened) == Exit.TERMINATED
    assert capfd.readouterr() == ("", "")


async def test_to_be_cancelled_from_outside_is_no_signal(runner: Runner) -> None:
    """Who embeds it and cancels it gets the cancellation."""

    async def opened() -> Begun:
        await asyncio.sleep(10)
        raise AssertionError("it went on")

    running = Running(
        asked=Asked(), settings=settings(), store=runner.store, invocation=runner.invocation, as_json=False
    )
    task = asyncio.create_task(running.run(opened))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_report_to_look_at_is_written_at_the_end(runner: Runner, tmp_path: Path) -> None:
    """Whatever the end is."""
    runner.token = "wrong"
    await runner.run(report=tmp_path / "r.html")
    assert "Invalid credentials" in (tmp_path / "r.html").read_text("utf-8")
