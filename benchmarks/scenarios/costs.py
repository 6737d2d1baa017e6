"""Costs: what single promises and options cost, each measured as the difference that it makes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

from benchmarks.bench import Bench, Case
from benchmarks.contenders.registry import PRODUCT, UNGUARDED, Contender
from benchmarks.figures import quotients
from benchmarks.goals import at_least, at_most
from benchmarks.mock import AT_ONCE
from benchmarks.process import ROOT, clean_environment
from benchmarks.results import Findings, Goal
from benchmarks.scenarios.limit import RATE
from benchmarks.trials import figures, pace_figures, trial

__all__ = ["knows", "run"]

ABOUT = """\
The unlimited upload of NDJSON from a file, as it is and with one thing added or taken away, in turn. The guard keeps records
of one user apart and in order; taking it away is only possible here. At 100 users per second, the last 2,000 records repeat
nobody: what is measured is the pace, and not the wait for the last jobs of those who come twice."""
COLUMNS = ["cost", "users_per_second", "cpu_per_million", "peak_memory", "share_of_rate", "worst_second", "limited"]

CALM = 2_000
PLAIN = "as it is"
GUARD = "guard taken away"
REPEATING = "5 % repeat a user of the last thousand"
UNLIMITED = "Without a limit"
LIMITED = "At 100 users per second, jobs of 10 s"
REPEATS = 0.05
OPTIONS = {
    "--results": ("--results", "results.ndjson"),
    "--report": ("--report", "report.html"),
    "--verify": ("--verify",),
}
MOST_COST = 10  # %
LEAST_SHARE = 95  # %


def run(bench: Bench) -> Findings:
    """Measure the guard, and every option that adds work, against the upload as it is."""
    findings = Findings("costs", "What it costs", ABOUT, COLUMNS)
    records, seconds = bench.records(200_000, 1_000_000), max(15, round(bench.pick(60, 300) * bench.scale))
    findings.settings = {"records": records, "repeats": REPEATS, "seconds": seconds}
    cases = [_case(bench, PLAIN, records), _case(bench, GUARD, records, UNGUARDED)]
    cases.append(_case(bench, REPEATING, records, repeats=REPEATS))
    cases += [_case(bench, option, records, extra=words) for option, words in OPTIONS.items() if knows(option)]
    bench.measure(findings, cases, bench.rounds(3, 5))
    bench.measure(findings, [_repeating_at_the_limit(bench, seconds)], 1)
    _compare(findings)
    findings.goals = _goals(findings)
    return findings


def knows(option: str, command: str = "upload") -> bool:
    """Whether the program has an option: scenarios of what has not landed yet are left out."""
    found = subprocess.run(
        [sys.executable, "-m", "zendesk_async", command, "--help"],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    return f"{option} " in found.stdout.replace("\n", " ")


def _case(
    bench: Bench,
    name: str,
    records: int,
    contender: Contender = PRODUCT,
    *,
    repeats: float = 0.0,
    extra: tuple[str, ...] = (),
) -> Case:
    def measure() -> Mapping[str, float]:
        source = bench.audience("users", records, repeats=repeats)
        return figures(trial(contender, records, AT_ONCE, input=source, extra=extra))

    return Case(name, measure, UNLIMITED)


def _repeating_at_the_limit(bench: Bench, seconds: int) -> Case:
    records = RATE * (seconds + 1)

    def measure() -> Mapping[str, float]:
        options = {"rate": RATE, "job-seconds": 10}
        source = bench.audience("users", records, repeats=REPEATS, calm=CALM)
        return pace_figures(trial(PRODUCT, records, options, input=source, rate=RATE), RATE, 10)

    return Case(REPEATING, measure, LIMITED)


def _compare(findings: Findings) -> None:
    """Say what each costs: the share of the throughput that is lost by it."""
    plain = findings.row(PLAIN, UNLIMITED).samples.get("users_per_second", [])
    for row in findings.rows:
        theirs = row.samples.get("users_per_second", [])
        if row.group != UNLIMITED or row.name == PLAIN:
            continue
        with_it, without = (plain, theirs) if row.name == GUARD else (theirs, plain)
        row.samples["cost"] = [100 * (1 - ratio) for ratio in quotients(with_it, without)]


def _goals(findings: Findings) -> list[Goal]:
    guard, limited = findings.row(GUARD, UNLIMITED).samples, findings.row(REPEATING, LIMITED).samples
    return [
        at_most("Guard against same users: its cost", "cost", MOST_COST, guard.get("cost")),
        at_least(
            f"{REPEATING}, jobs of 10 s: of the permitted rate",
            "share_of_rate",
            LEAST_SHARE,
            limited.get("share_of_rate"),
        ),
    ]
