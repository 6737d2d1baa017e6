"""Instructions: what a record costs, counted instead of timed, so that a busy machine does not show."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.bench import Bench, Case
from benchmarks.contenders.registry import FLOOR, PRODUCT, Command, Contender, Order
from benchmarks.figures import quotients
from benchmarks.mock import AT_ONCE
from benchmarks.results import Findings
from benchmarks.trials import Failed, scratch, trial

__all__ = ["counted", "run"]

ABOUT = """\
Instructions that the process executes outside of the kernel, counted by valgrind, for each record of a large input beyond those
of a small one: what starting and ending cost is left out. They do not wander from run to run as times do, so this is where a
small gain or loss shows first. They are no times: what waits for memory or for the kernel is not in them."""
COLUMNS = ["instructions_per_record", "floor_instructions", "instructions_to_start"]

SMALL, LARGE = 2_000, 12_000
VALGRIND = ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")
TOTAL = re.compile(r"I\s+refs:\s+([\d,]+)")
CASES = (
    ("floor, NDJSON", FLOOR, "users"),
    ("zendesk-async, NDJSON", PRODUCT, "users"),
    ("zendesk-async, NDJSON through a template", PRODUCT, "customers"),
    ("zendesk-async, CSV through a template", PRODUCT, "table"),
)


def run(bench: Bench) -> Findings:
    """Count twice, and take the difference."""
    findings = Findings("instructions", "Counted in instructions", ABOUT, COLUMNS)
    findings.settings = {"records": [SMALL, LARGE]}
    if not shutil.which("valgrind"):
        findings.notes.append("valgrind is not installed.")
        return findings
    bench.measure(findings, [_case(bench, *case) for case in CASES], bench.rounds(1, 1))
    floor = findings.row(CASES[0][0]).samples.get("instructions_per_record", [])
    for row in findings.rows[1:]:
        row.samples["floor_instructions"] = quotients(row.samples["instructions_per_record"], floor)
    return findings


def _case(bench: Bench, name: str, contender: Contender, kind: str) -> Case:
    def measure() -> Mapping[str, float]:
        few, many = (_counted(bench, contender, kind, records) for records in (SMALL, LARGE))
        each = (many - few) / (LARGE - SMALL)
        return {"instructions_per_record": each / 1e3, "instructions_to_start": (few - each * SMALL) / 1e9}

    return Case(name, measure)


def _counted(bench: Bench, contender: Contender, kind: str, records: int) -> int:
    with scratch() as place:
        watched = contender._replace(command=_watched(contender, place / "count"))
        jobs: dict[str, Any] = {"jobs": 25, "poll": 0.001}
        trial(watched, records, AT_ONCE, input=bench.audience(kind, records), **jobs)
        return counted((place / "count").read_text("utf-8"))


def _watched(contender: Contender, log: Path) -> Any:
    def command(order: Order) -> Command:
        words, env = contender.command(order)
        return Command([*VALGRIND, f"--log-file={log}", *words], {**env, "PYTHONHASHSEED": "0"})

    return command


def counted(told: str) -> int:
    """Read the total out of what valgrind says. Raises Failed."""
    found = TOTAL.search(told)
    if not found:
        raise Failed("valgrind did not say how many instructions there were")
    return int(found[1].replace(",", ""))
