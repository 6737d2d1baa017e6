"""Limit: how much of the permitted rate is used, when the account enforces it."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.bench import Bench, Case
from benchmarks.contenders.registry import PRODUCT
from benchmarks.results import Findings, Goal, Row
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

ABOUT = f"""\
The mock allows {RATE} users in any sliding second and {REQUESTS_PER_MINUTE} requests per minute, as an account of the middle does, and
answers 429 beyond that. The four cases run side by side, since each takes about one hundredth of a core. Users sent again
after a lost answer are counted once."""
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
    for turn in range(1, bench.rounds(1, 2) + 1):
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
        wanted = 97 if "faults" in row.name else 99
        goals.append(_share(row, wanted))
        goals.append(_most(row, "worst_second", "users in any second", RATE))
        goals.append(_most(row, "limited", "429s provoked", 0))
        if row.name == "jobs of 10 s":
            goals.append(_most(row, "polls_per_batch", "polls per batch", 0.4))
        if row.name == "jobs of 5 s":
            goals.append(_most(row, "polls_per_batch", "polls per batch", 0.7))
    return goals


def _share(row: Row, wanted: float) -> Goal:
    found = row.middle("share_of_rate") or 0.0
    return Goal(f"Limit, {row.name}: of the permitted rate", f"≥ {wanted} %", f"{found:.2f} %", found >= wanted)


def _most(row: Row, figure: str, words: str, wanted: float) -> Goal:
    found = max(row.samples[figure])
    return Goal(f"Limit, {row.name}: {words}", f"≤ {wanted:g}", f"{found:.4g}", found <= wanted)
