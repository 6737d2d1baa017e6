"""Floor: how close the program comes to the leanest script that does the same sending."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.bench import Bench, Case
from benchmarks.contenders.registry import FLOOR, FLOOR_UVLOOP, PRODUCT, Contender
from benchmarks.figures import quotients
from benchmarks.goals import at_least
from benchmarks.mock import AT_ONCE
from benchmarks.results import Findings, Row
from benchmarks.trials import figures, trial

__all__ = ["run"]

ABOUT = """\
The floor reads, parses, batches, posts and polls with the same libraries (aiohttp, orjson), and does nothing else: no
validation, no journal, no outcomes, no limits, no retries. The ratios are taken round by round, product and floor one after
the other."""
COLUMNS = ["floor_ratio", "cpu_ratio", "users_per_second", "cpu_per_million", "peak_memory", "mock_share"]
WANTED = 0.4


def run(bench: Bench) -> Findings:
    """Upload the same files with the floor and with the program, in turn."""
    findings = Findings("floor", "Against the floor", ABOUT, COLUMNS)
    records = bench.records(200_000, 1_000_000)
    findings.settings = {"records": records, "jobs": 25}
    pairs = [
        ("floor, NDJSON", FLOOR, "users"),
        ("zendesk-async, NDJSON", PRODUCT, "users"),
        ("zendesk-async, NDJSON through a template", PRODUCT, "customers"),
        ("floor, CSV", FLOOR, "plain"),
        ("zendesk-async, CSV", PRODUCT, "plain"),
    ]
    if bench.full:
        pairs.append(("floor on uvloop, NDJSON", FLOOR_UVLOOP, "users"))
    bench.measure(findings, [_case(bench, *pair, records) for pair in pairs], bench.rounds(3, 5))
    for row, floor in (("NDJSON", "NDJSON"), ("NDJSON through a template", "NDJSON"), ("CSV", "CSV")):
        _compare(findings.row(f"zendesk-async, {row}"), findings.row(f"floor, {floor}"))
    findings.goals = [
        at_least(
            f"{name}, of the floor's throughput",
            "floor_ratio",
            WANTED,
            findings.row(f"zendesk-async, {name}").samples["floor_ratio"],
        )
        for name in ("NDJSON", "NDJSON through a template", "CSV")
    ]
    return findings


def _case(bench: Bench, name: str, contender: Contender, kind: str, records: int) -> Case:
    def measure() -> Mapping[str, float]:
        return figures(trial(contender, records, AT_ONCE, input=bench.audience(kind, records), jobs=25, poll=0.001))

    return Case(name, measure)


def _compare(ours: Row, floor: Row) -> None:
    for figure, ratio in (("users_per_second", "floor_ratio"), ("cpu_per_million", "cpu_ratio")):
        ours.samples[ratio] = quotients(ours.samples.get(figure, []), floor.samples.get(figure, []))
