from __future__ import annotations

import os
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from tests.source import ROOT
from zendesk_async import __version__
from zendesk_async.cli.program import COMMANDS, main, program
from zendesk_async.errors import AuthorizationError, ConfigError, Unreachable
from zendesk_async.models import WorkflowAction

HEAVY = ("aiohttp", "aiolimiter", "backoff", "rich", "sqlite3", "duckdb", "msgspec", "email_validator", "asyncio")


def modules_loaded(*arguments: str) -> set[str]:
    """Run a command line; name every module that it has loaded."""
    code = (
        "import sys\nfrom zendesk_async.cli import main\n"
        f"main({list(arguments)!r})\nprint(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


@pytest.mark.parametrize("arguments", [("--version",), ("--help",), ()])
def test_nothing_heavy_is_loaded_to_say_who_one_is(arguments: tuple[str, ...]) -> None:
    """``--version`` and ``--help`` answer at once: no HTTP, no database, no display is imported for them."""
    assert not modules_loaded(*arguments) & set(HEAVY)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_loads_nothing_heavy(command: str) -> None:
    """Nor do the commands, to say what they do."""
    assert not modules_loaded(command, "--help") & set(HEAVY)


def test_a_command_loads_no_other() -> None:
    """``mock`` needs nothing of ``upload``, and the other way round."""
    loaded = modules_loaded("upload", "--help")
    assert "zendesk_async.cli.upload" in loaded
    assert not {f"zendesk_async.cli.{name}" for name in COMMANDS if name != "upload"} & loaded


def test_the_version_is_the_packages(capfd: pytest.CaptureFixture[str]) -> None:
    """One line that a script can read."""
    assert main(["--version"]) == 0
    assert capfd.readouterr().out == f"zendesk-async {__version__}\n"


def test_alone_it_says_how_to_start(capfd: pytest.CaptureFixture[str]) -> None:
    """The newcomer who types the name alone is told the next two commands."""
    assert main([]) == 0
    out = capfd.readouterr().out
    assert "zendesk-async mock" in out
    assert "zendesk-async upload" in out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_has_an_example(command: str) -> None:
    """A line that can be copied says more than ten options."""
    text = CliRunner().invoke(program, [command, "--help"]).output
    assert "Example" in text
    assert f"zendesk-async {command}" in text.partition("Example")[2]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_says_what_it_does(command: str) -> None:
    """No option stands in the help without a word."""
    found = program.get_command(click.Context(program), command)
    assert found is not None
    silent = [each.name for each in found.params if isinstance(each, click.Option) and not each.help]
    assert not silent


def test_a_misspelt_command_is_answered_with_the_nearest(capfd: pytest.CaptureFixture[str]) -> None:
    """Nothing is sent, and the right name is there to be copied."""
    assert main(["uplaod"]) == 2
    assert "upload" in capfd.readouterr().err


def test_a_misspelt_option_is_answered_with_the_nearest(capfd: pytest.CaptureFixture[str]) -> None:
    """The same for options."""
    assert main(["upload", "x.csv", "--dryrun"]) == 2
    assert "--dry-run" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ConfigError("wrong key"), 2),
        (AuthorizationError("not permitted", WorkflowAction("a", ())), 3),
        (Unreachable("nobody there"), 4),
        (KeyboardInterrupt(), 130),
    ],
)
def test_every_error_ends_in_its_status_and_in_words(
    error: BaseException, status: int, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """No traceback reaches a user."""

    @click.command()
    def failing() -> None:
        raise error

    monkeypatch.setattr(program, "get_command", lambda *_: failing)
    assert main(["runs"]) == status
    captured = capfd.readouterr()
    assert captured.out == ""
    assert "Traceback" not in captured.err
    assert str(error) in captured.err


def test_what_nobody_foresaw_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: os.PathLike[str]
) -> None:
    """Even then: one line, and where the details are."""

    @click.command()
    def failing() -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(program, "get_command", lambda *_: failing)
    assert main(["runs"]) == 2
    err = capfd.readouterr().err
    assert err.startswith("zendesk-async hit an internal error: ZeroDivisionError: division by zero.")
    assert err.count("\n") == 1


def test_a_reader_that_goes_away_is_nobodys_error() -> None:
    """``zendesk-async ... | head -1`` ends quietly."""
    code = "import sys\nfrom zendesk_async.cli import main\nsys.exit(main(['upload', '--help']))"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
@pytest.mark.parametrize("arguments", ["--version", "runs", "nonsense"])
def test_streams_that_were_closed_beforehand_are_nobodys_error(
    closed: str, arguments: str, tmp_path: os.PathLike[str]
) -> None:
    """Some schedulers start programs with nothing to write to."""
    command = f'"$0" -m zendesk_async {arguments} {closed}'
    environment = os.environ | {"XDG_STATE_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["sh", "-c", command, sys.executable], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == (2 if arguments == "nonsense" else 0)
    assert "Traceback" not in done.stderr
