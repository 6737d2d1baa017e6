"""Growth: what becomes of throughput, memory and journal as the input grows."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.bench import Bench, Case
from benchmarks.contenders.registry import PRODUCT
from benchmarks.figures import quotients
from benchmarks.goals import at_most
from benchmarks.mock import AT_ONCE
from benchmarks.results import Findings, Goal, Row
from benchmarks.trials import Failed, figures, free_space, trial

__all__ = ["run"]

ABOUT = """\
The same unlimited upload of ever more records, NDJSON from a file. Memory should not depend on their number; the journal
grows with it, since it keeps the outcome of every record."""
COLUMNS = [
    "users_per_second",
    "cpu_per_million",
    "peak_memory",
    "journal_size",
    "journal_per_record",
    "mock_share",
    "seconds",
]
QUICK = (10_000, 30_000, 100_000, 300_000, 1_000_000)
FULL = (*QUICK, 3_000_000, 10_000_000)
DISK_PER_RECORD = 1_000  # bytes, for input and journal together, with room to spare
FLAT, FLAT_FROM = 1.1, 100_000
MOST_MEMORY = 80  # MB


def run(bench: Bench) -> Findings:
    """Upload a little, and ten times as much, and again."""
    findings = Findings("growth", "Growth", ABOUT, COLUMNS)
    sizes = dict.fromkeys(bench.records(size, size) for size in (FULL if bench.full else QUICK))
    bench.measure(findings, [_case(bench, records) for records in sizes], bench.rounds(1, 2))
    findings.goals = _goals(findings)
    return findings


def _case(bench: Bench, records: int) -> Case:
    def measure() -> Mapping[str, float]:
        if free_space() < records * DISK_PER_RECORD:
            raise Failed(f"the disk has no room for {records:,} records")
        done = trial(PRODUCT, records, AT_ONCE, input=bench.audience("users", records))
        return {
            **figures(done),
            "seconds": done.usage.seconds,
            "journal_size": done.state / 1e6,
            "journal_per_record": done.state / records,
        }

    return Case(f"{records:,}", measure)


def _goals(findings: Findings) -> list[Goal]:
    memory = {_size(row): row.samples["peak_memory"] for row in findings.rows if row.samples.get("peak_memory")}
    most = [max(map(max, memory.values()))] if memory else None
    goals = [at_most("Growth: peak memory at any size", "peak_memory", MOST_MEMORY, most)]
    large = sorted(size for size in memory if size >= FLAT_FROM)
    if len(large) > 1:
        what = f"Growth: memory at {large[-1]:,} records, of that at {large[0]:,}"
        goals.append(at_most(what, "memory_ratio", FLAT, quotients(memory[large[-1]], memory[large[0]])))
    return goals


def _size(row: Row) -> int:
    return int(row.name.replace(",", ""))
