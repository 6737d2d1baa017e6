"""Start-up: how long one waits before anything happens."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.bench import Bench, Case
from benchmarks.goals import at_most
from benchmarks.process import ROOT, clean_environment
from benchmarks.process import run as run_command
from benchmarks.results import Findings
from benchmarks.trials import Failed

__all__ = ["run"]

ABOUT = """\
From the start of the process to its end, in turn, the files being in the system's cache. Importing aiohttp alone is the
floor of every command that talks to Zendesk."""
COLUMNS = ["milliseconds", "cpu_seconds"]
VERSION = "zendesk-async --version"
MOST = 250  # milliseconds


def run(bench: Bench) -> Findings:
    """Start and end, many times."""
    findings = Findings("startup", "Start-up", ABOUT, COLUMNS)
    commands: dict[str, list[str | Path]] = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "import aiohttp": [sys.executable, "-c", "import aiohttp"],
        "import zendesk_async": [sys.executable, "-c", "import zendesk_async"],
        "from zendesk_async import ZendeskClient": [sys.executable, "-c", "from zendesk_async import ZendeskClient"],
        VERSION: [*_program(), "--version"],
        "zendesk-async --help": [*_program(), "--help"],
        "zendesk-async upload --help": [*_program(), "upload", "--help"],
    }
    rounds = max(2, round(bench.rounds(10, 40) * min(1.0, bench.scale * 10)))
    bench.measure(findings, [_case(name, words) for name, words in commands.items()], rounds)
    findings.goals = [at_most(VERSION, "milliseconds", MOST, findings.row(VERSION).samples.get("milliseconds"))]
    return findings


def _program() -> list[str | Path]:
    """The command as it is installed; as a module where it is not."""
    script = Path(sys.executable).with_name("zendesk-async")
    return [script] if script.exists() else [sys.executable, "-m", "zendesk_async"]


def _case(name: str, words: list[str | Path]) -> Case:
    def measure() -> Mapping[str, float]:
        usage = run_command(words, env=clean_environment(PYTHONPATH=str(ROOT)))
        if usage.status:
            raise Failed(f"it ended with status {usage.status}")
        return {"milliseconds": 1_000 * usage.seconds, "cpu_seconds": usage.cpu}

    return Case(name, measure)
