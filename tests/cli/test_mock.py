from __future__ import annotations

import json
import signal
import urllib.error
from urllib.request import Request, urlopen

import click
import pytest

from tests.cli.shell import PATIENCE, Shell, ended
from zendesk_async.cli.program import program
from zendesk_async.mock.options import OPTIONS


def test_its_options_are_the_mocks_own() -> None:
    """One table: the two command lines cannot disagree."""
    command = program.get_command(click.Context(program), "mock")
    assert command is not None
    flags = {each.opts[0]: each for each in command.params if isinstance(each, click.Option)}
    assert set(flags) == {option.flag for option in OPTIONS} | {"--host", "--port"}
    assert [
        flags[option.flag].default for option in OPTIONS if option.type is not bool and option.default is not None
    ] == [option.default for option in OPTIONS if option.type is not bool and option.default is not None]


def test_it_serves_until_it_is_told_to_end(bare: Shell) -> None:
    """One line of JSON when it is ready; its limits are those asked for; SIGINT ends it in peace."""
    process = bare.start("mock", "--token", "my-token", "--role", "agent")
    assert process.stdout is not None
    told = json.loads(process.stdout.readline())
    assert (set(told), told["pid"]) == ({"url", "port", "pid"}, process.pid)
    with pytest.raises(urllib.error.HTTPError):
        urlopen(Request(told["url"] + "/api/v2/job_statuses.json"), timeout=PATIENCE)
    process.send_signal(signal.SIGINT)
    done = ended(process)
    assert (done.status, done.out, done.err) == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--job-jitter", "7"], "job_jitter"),
        (["--limit-style", "loud"], "loud"),
        (["--fields", "missing.json"], "missing.json"),
    ],
)
def test_what_no_account_can_be_is_refused(bare: Shell, arguments: list[str], words: str) -> None:
    """With the option that is wrong."""
    done = bare.run("mock", *arguments)
    assert done.status == 2
    assert words in done.err


def test_a_port_that_is_taken_is_told(shell: Shell) -> None:
    """Most likely a mock runs there already."""
    assert shell.mock is not None
    done = shell.run("mock", "--port", shell.mock.url.rpartition(":")[2])
    assert done.status == 2
    assert "cannot listen" in done.err
