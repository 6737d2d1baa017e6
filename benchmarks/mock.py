"""The mock account in a process of its own, so that what it costs is not counted as anybody else's."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from benchmarks.process import ROOT, clean_environment

__all__ = ["AT_ONCE", "Mock"]

READY_PATIENCE = 30.0
STOP_PATIENCE = 10.0

AT_ONCE: Mapping[str, Any] = {"fast": True, "job-seconds": 0, "job-limit": 0}
"""The mock as fast as it gets: it parses and answers in full, keeps no users, and its jobs end at once."""


class Mock:
    """A mock account for as long as the block lasts. Options are those of ``zendesk-async mock``, without dashes."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._options = options
        self.url = ""
        self._process: subprocess.Popen[str]

    def stats(self) -> dict[str, Any]:
        """Ask the mock what it has seen; moments are by ``time.monotonic``, which all processes share."""
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(f"{self.url}/__mock__/stats", timeout=60) as answer:
            stats: dict[str, Any] = json.load(answer)
        return stats

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "zendesk_async.mock", *_words(self._options)],
            cwd=ROOT,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.url = self._ready()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._process.terminate()
        try:
            self._process.wait(STOP_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()

    def _ready(self) -> str:
        stdout = self._process.stdout
        if stdout is not None and select.select([stdout], [], [], READY_PATIENCE)[0]:
            line = os.read(stdout.fileno(), 4_096)
            if line:
                return str(json.loads(line)["url"])
        self.__exit__(None, None, None)
        raise RuntimeError("the mock account did not start")


def _words(options: Mapping[str, Any]) -> list[str]:
    words = ["--port", "0"]
    for name, value in options.items():
        words += [f"--{name}"] if value is True else [f"--{name}", str(value)]
    return words
