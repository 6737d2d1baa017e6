"""A command is accounted for whole."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.process import clean_environment, run


def test_output_status_and_cost_are_those_of_the_command(tmp_path: Path) -> None:
    """What was printed, how it ended, and that it cost something."""
    code = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(7)"
    usage = run([sys.executable, "-c", code], cwd=tmp_path)
    assert (usage.status, usage.output, usage.errors) == (7, "out\n", "err\n")
    assert usage.ended > usage.started
    assert usage.cpu > 0


def test_memory_is_the_most_that_it_ever_had(tmp_path: Path) -> None:
    """Memory that was given back still counts."""
    usage = run([sys.executable, "-c", "x = b'x' * 200_000_000; del x"], cwd=tmp_path)
    assert usage.peak_memory > 200_000_000


def test_a_pipe_is_another_process(tmp_path: Path) -> None:
    """The input comes as from a shell's pipe: not a file that could be sought in."""
    (tmp_path / "input").write_text("hello")
    code = "import sys, os, stat; print(stat.S_ISFIFO(os.fstat(0).st_mode), sys.stdin.read())"
    assert run([sys.executable, "-c", code], piped=tmp_path / "input").output == "True hello\n"


def test_a_command_that_hangs_is_ended() -> None:
    """The suite does not wait for ever: a rival that never ends is killed."""
    usage = run([sys.executable, "-c", "import time; time.sleep(60)"], patience=0.2)
    assert usage.status == -9


def test_the_readers_account_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """No benchmark ever talks to the account that stands in the reader's environment."""
    monkeypatch.setenv("ZENDESK_SUBDOMAIN", "acme")
    monkeypatch.setenv("ZENPY_FORCE_NETLOC", "acme.zendesk.com")
    environment = clean_environment(PYTHONPATH="here")
    assert "ZENDESK_SUBDOMAIN" not in environment
    assert "ZENPY_FORCE_NETLOC" not in environment
    assert environment["PYTHONPATH"] == "here"
