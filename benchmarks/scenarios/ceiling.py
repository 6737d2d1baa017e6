"""Ceiling: how fast the program is when nobody limits it."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.bench import Bench, Case
from benchmarks.contenders.registry import PRODUCT
from benchmarks.goals import at_least, at_most
from benchmarks.mock import AT_ONCE
from benchmarks.results import Findings, Goal, Row
from benchmarks.trials import figures, trial

__all__ = ["run"]

ABOUT = """\
No limit, jobs that end at once, and everything on: validation, journal, an outcome for every record, and the template where
the input needs one. One process, default options apart from `--rate none`. The throughput is that of the whole run, from
the start of the process to its end. The mock is a process of its own; should its share come near 100 % of a core, it is
the mock that is measured."""
COLUMNS = ["users_per_second", "cpu_per_million", "peak_memory", "mock_share", "sending_per_second"]

BY_INPUT = "By input"
BY_JOBS = "By jobs in flight (NDJSON from a file)"
INPUTS = {
    "NDJSON, file": ("users", False),
    "NDJSON, pipe": ("users", True),
    "NDJSON through a template, file": ("customers", False),
    "CSV through a template, file": ("table", False),
    "CSV through a template, pipe": ("table", True),
}
JOBS = (1, 8, 32)


def run(bench: Bench) -> Findings:
    """Upload each kind of input, and one kind at several numbers of jobs."""
    findings = Findings("ceiling", "Ceiling", ABOUT, COLUMNS)
    records = bench.records(200_000, 1_000_000)
    findings.settings = {"records": records, "jobs": "default (25)"}
    cases = [_case(bench, name, records, kind, piped=piped) for name, (kind, piped) in INPUTS.items()]
    cases += [_case(bench, str(jobs), records, "users", jobs=jobs) for jobs in JOBS]
    bench.measure(findings, cases, bench.rounds(2, 5))
    for name in ("NDJSON, file", "NDJSON through a template, file"):
        findings.goals += _goals(findings.row(name, BY_INPUT))
    return findings


def _case(bench: Bench, name: str, records: int, kind: str, *, piped: bool = False, jobs: int | None = None) -> Case:
    def measure() -> Mapping[str, float]:
        source = bench.audience(kind, records)
        return figures(trial(PRODUCT, records, AT_ONCE, input=source, piped=piped, jobs=jobs))

    return Case(name, measure, BY_JOBS if jobs else BY_INPUT)


def _goals(row: Row) -> list[Goal]:
    what, samples = f"Ceiling, {row.name}", row.samples
    return [
        at_least(f"{what}: throughput", "users_per_second", 100_000, samples.get("users_per_second")),
        at_most(f"{what}: CPU", "cpu_per_million", 10, samples.get("cpu_per_million")),
        at_most(f"{what}: peak memory", "peak_memory", 80, samples.get("peak_memory")),
    ]
