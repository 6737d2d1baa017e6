from __future__ import annotations

import contextlib
import stat
from pathlib import Path

import pytest

from zendesk_async.cli.exits import Exit
from zendesk_async.cli.invocation import Invocation, command_line


def crash() -> RuntimeError:
    """An error that nobody foresaw, with a traceback."""
    error = RuntimeError("it broke\nin two lines")
    with contextlib.suppress(RuntimeError):
        raise error
    return error


def test_a_crash_is_one_line_and_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The person at the terminal learns what to do; the details wait in a file for whoever mends it."""
    state = tmp_path / "state"
    assert Invocation(run_id="r-1", state=state).crashed(crash()) == Exit.STOPPED
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("zendesk-async hit an internal error: RuntimeError: it broke.")
    assert f"zendesk-async resume r-1 --state {state}" in captured.err
    (log,) = state.glob("crash-*.log")
    assert "Traceback" in log.read_text()
    assert str(log) in captured.err
    assert stat.S_IMODE(state.stat().st_mode) == 0o700


def test_before_there_is_a_run_nothing_was_sent(tmp_path: Path) -> None:
    """A crash before the upload says so by its status."""
    assert Invocation(state=tmp_path).crashed(crash()) == Exit.USAGE


def test_debug_shows_the_details(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who asks for the traceback gets it, and no file."""
    Invocation(debug=True, state=tmp_path).crashed(crash())
    assert "Traceback" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_where_no_file_can_be_written_there_is_still_the_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The disk being full may be the very reason."""
    (tmp_path / "file").touch()
    Invocation(state=tmp_path / "file" / "state").crashed(crash())
    assert capsys.readouterr().err == "zendesk-async hit an internal error: RuntimeError: it broke. Please report it.\n"


def test_commands_can_be_pasted() -> None:
    """A directory with a space in its name is one word to the shell."""
    assert command_line("show", "r-1") == "zendesk-async show r-1"
    assert command_line("show", "r-1", Path("a b")) == "zendesk-async show r-1 --state 'a b'"
