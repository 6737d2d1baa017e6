"""Run a command and account for the whole of it: time, CPU and memory, as the operating system counted them.

``wait4`` counts the process with all its threads and those of its children that it waited for. Peak memory counts from
the parent's own at the moment of starting (Linux keeps the mark across exec), so this process must stay small: nothing
heavy is imported into it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, NamedTuple

__all__ = ["ROOT", "Usage", "clean_environment", "run"]

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 3_600.0  # seconds
UNIT_OF_MEMORY = 1 if sys.platform == "darwin" else 1_024


class Usage(NamedTuple):
    """What a command used. ``started`` and ``ended`` are by ``time.monotonic``, memory is in bytes, CPU in seconds."""

    status: int
    started: float
    ended: float
    cpu: float
    peak_memory: int
    output: str
    errors: str

    @property
    def seconds(self) -> float:
        """From the start of the process to its end."""
        return self.ended - self.started


def run(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    piped: Path | None = None,
    patience: float = PATIENCE,
) -> Usage:
    """Run a command to its end. ``piped`` is written to its standard input by another process, as a shell would."""
    with ExitStack() as stack:
        output = stack.enter_context(tempfile.TemporaryFile("w+"))
        errors = stack.enter_context(tempfile.TemporaryFile("w+"))
        source = stack.enter_context(_pipe(piped)) if piped else None
        started = time.monotonic()
        child = subprocess.Popen(
            command,
            cwd=cwd,
            env=env,
            stdin=source.stdout if source else subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
        )
        if source and source.stdout:
            source.stdout.close()
        status, ended, cpu, peak = _await(child, patience)
        return Usage(status, started, ended, cpu, peak, _read(output), _read(errors))


def clean_environment(**more: str) -> dict[str, str]:
    """The environment without the reader's own account, and with what is given.

    Modules are kept compiled, as they are where a program has been installed.
    """
    unwanted = ("ZENDESK_", "ZENPY_", "PYTHONDONTWRITEBYTECODE")
    return {name: value for name, value in os.environ.items() if not name.startswith(unwanted)} | more


def _pipe(file: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["cat", file], stdout=subprocess.PIPE)


def _await(child: subprocess.Popen[bytes], patience: float) -> tuple[int, float, float, int]:
    timer = threading.Timer(patience, child.kill)
    timer.daemon = True
    timer.start()
    try:
        _, status, usage = os.wait4(child.pid, 0)
    except BaseException:
        child.kill()
        raise
    finally:
        timer.cancel()
    ended = time.monotonic()
    child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, ended, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * UNIT_OF_MEMORY


def _read(file: IO[str]) -> str:
    file.seek(0)
    return file.read()
