"""Only what changed: how fast unchanged records pass, and what the memory of them takes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.bench import Bench, Case
from benchmarks.contenders.registry import PRODUCT, Order
from benchmarks.figures import quotients
from benchmarks.goals import at_least, at_most
from benchmarks.mock import AT_ONCE, Mock
from benchmarks.process import Usage
from benchmarks.process import run as run_command
from benchmarks.results import Findings, Goal
from benchmarks.scenarios.costs import knows
from benchmarks.trials import Failed, scratch

__all__ = ["run"]

ABOUT = """\
A first upload with `--changed-only` fills the sent-state; the figures are those of the one that follows: the same file again,
or one in which 1 % of the records differ, at 100 users per second."""
COLUMNS = ["records_per_second", "cpu_per_million", "peak_memory", "sent_size", "seconds", "accepted"]
OPTION = "--changed-only"
RATE = 100
ONE_IN = 100
AGAIN = "Nothing changed"
FEW = "1 % changed, at 100 users per second"
WANTED = 150_000
LARGEST_LOSS = 0.2
PATIENCE = 1.2  # of the time that the limit itself takes
MOST_DISK = 120  # bytes per user


def run(bench: Bench) -> Findings:
    """Upload twice, and look at the second time."""
    findings = Findings("changed", "Only what changed", ABOUT, COLUMNS)
    if not knows(OPTION):
        findings.notes.append(f"This version has no {OPTION}.")
        return findings
    sizes = dict.fromkeys(bench.records(*size) for size in ((100_000, 1_000_000), (300_000, 5_000_000)))
    cases = [_again(bench, records) for records in sizes] + [_few(bench, bench.records(100_000, 1_000_000))]
    bench.measure(findings, cases, bench.rounds(1, 3))
    findings.goals = _goals(findings)
    return findings


def _again(bench: Bench, records: int) -> Case:
    def measure() -> Mapping[str, float]:
        source = bench.audience("users", records)
        return _second(source, source, records, AT_ONCE, rate=0)

    return Case(f"{records:,}", measure, AGAIN)


def _few(bench: Bench, records: int) -> Case:
    def measure() -> Mapping[str, float]:
        changed = bench.audience("users", records, changed=ONE_IN)
        return _second(bench.audience("users", records), changed, records, AT_ONCE, rate=RATE)

    return Case(f"{records:,}", measure, FEW)


def _second(first: Path, second: Path, records: int, options: Mapping[str, Any], *, rate: float) -> dict[str, float]:
    with scratch() as place, Mock(options) as mock:
        order = Order(mock.url, first, place, extra=(OPTION,))
        _upload(order)
        before = mock.stats()["users_accepted"]
        usage = _upload(order._replace(input=second, rate=rate, extra=(OPTION, "--fresh")))
        return {
            "records_per_second": records / usage.seconds,
            "cpu_per_million": usage.cpu / records * 1e6,
            "peak_memory": usage.peak_memory / 1e6,
            "sent_size": _sent_state(place) / records,
            "seconds": usage.seconds,
            "accepted": mock.stats()["users_accepted"] - before,
        }


def _upload(order: Order) -> Usage:
    command = PRODUCT.command(order)
    usage = run_command(command.words, env=command.env, cwd=order.scratch)
    if usage.status:
        raise Failed(f"an upload ended with status {usage.status}")
    return usage


def _sent_state(place: Path) -> int:
    """The bytes on the disk of all that is no journal."""
    files = [file for file in (place / "state").rglob("*") if file.is_file() and ".journal" not in file.name]
    return sum(512 * file.stat().st_blocks for file in files)


def _goals(findings: Findings) -> list[Goal]:
    again = [row for row in findings.rows if row.group == AGAIN]
    goals = []
    for row in again:
        goals.append(
            at_least(f"Unchanged, {row.name}: pace", "records_per_second", WANTED, row.samples["records_per_second"])
        )
        goals.append(at_most(f"Sent-state, {row.name}: disk", "sent_size", MOST_DISK, row.samples["sent_size"]))
    if len(again) > 1:
        first, last = again[0], again[-1]
        kept = quotients(last.samples["records_per_second"], first.samples["records_per_second"])
        goals.append(
            at_least(f"Unchanged, {last.name}: of the pace at {first.name}", "pace_ratio", 1 - LARGEST_LOSS, kept)
        )
    for row in findings.rows:
        if row.group == FEW:
            allowed = PATIENCE * int(row.name.replace(",", "")) / ONE_IN / RATE
            goals.append(at_most(f"{FEW}, {row.name}", "seconds", allowed, row.samples["seconds"]))
    return goals
