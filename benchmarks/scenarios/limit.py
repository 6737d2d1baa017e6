"""Limit: how much of the permitted rate is used, when the account enforces it."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.bench import Bench, Case
from benchmarks.contenders.registry import PRODUCT
from benchmarks.goals import at_least, at_most
from benchmarks.results import Findings, Goal
from benchmarks.trials import pace_figures, trial

__all__ = ["FAULTS", "RATE", "run"]

RATE = 100
REQUESTS_PER_MINUTE = 400  # a plan of the middle
FAULTS: Mapping[str, Any] = {
    "error-rate": 0.008,
    "unavailable-rate": 0.004,
    "lost-answer-rate": 0.004,
    "conflict-rate": 0.004,
}
"""2 % of all requests: 5xx, 503 with Retry-After, processed but never answered, database collision."""

POLLS = {"jobs of 5 s": 0.7, "jobs of 10 s": 0.4}

ABOUT = f"""\
The mock allows {RATE} users in any sliding second and {REQUESTS_PER_MINUTE} requests per minute, as an account of the middle does, and
answers 429 beyond that. The four cases run side by side, since each takes about one hundredth of a core. Users sent again
after a fault are counted once: a request that goes wrong has used its second all the same, so 2 % of faults leave 97.1 %,
more or less by the luck of a few requests."""
COLUMNS = [
    "share_of_rate",
    "limited",
    "worst_second",
    "polls_per_batch",
    "start_to_post",
    "post_to_exit",
    "faults",
    "sent_again",
]


def run(bench: Bench) -> Findings:
    """Upload at the default rate, with jobs of 5 and 10 seconds, with and without faults."""
    findings = Findings("limit", "At the limit", ABOUT, COLUMNS)
    seconds = max(3, round(bench.pick(60, 300) * bench.scale))
    findings.settings = {"seconds": seconds, "rate": RATE, "faults": dict(FAULTS)}
    for turn in range(1, bench.rounds(4, 3) + 1):
        cases = [_case(bench, seconds, jobs, turn, faults=faults) for faults in (False, True) for jobs in (5, 10)]
        with ThreadPoolExecutor(len(cases)) as side_by_side:
            list(side_by_side.map(lambda case: bench.measure(findings, [case], 1), cases))
    findings.rows.sort(key=lambda row: ("fault" in row.name, len(row.name), row.name))
    findings.goals = _goals(findings)
    return findings


def _case(bench: Bench, seconds: int, job_seconds: int, seed: int, *, faults: bool) -> Case:
    users = RATE * (seconds + 1)
    options = {"rate": RATE, "rpm": REQUESTS_PER_MINUTE, "job-seconds": job_seconds, "seed": seed, "fast": True}
    options |= FAULTS if faults else {}

    def measure() -> Mapping[str, float]:
        done = trial(PRODUCT, users, options, input=bench.audience("users", users), rate=RATE)
        return pace_figures(done, RATE, job_seconds)

    return Case(f"jobs of {job_seconds} s" + (", 2 % faults" if faults else ""), measure)


def _goals(findings: Findings) -> list[Goal]:
    goals = []
    for row in findings.rows:
        what = f"Limit, {row.name}"
        wanted = 97 if "faults" in row.name else 99
        goals.append(at_least(f"{what}: of the permitted rate", "share_of_rate", wanted, row.samples["share_of_rate"]))
        goals.append(at_most(f"{what}: worst sliding second", "worst_second", RATE, [max(row.samples["worst_second"])]))
        goals.append(at_most(f"{what}: 429s provoked", "limited", 0, [max(row.samples["limited"])]))
        if row.name in POLLS:
            goals.append(
                at_most(f"{what}: polls per batch", "polls_per_batch", POLLS[row.name], row.samples["polls_per_batch"])
            )
    return goals
