"""Rivals: the same work by everybody who could be asked to do it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from benchmarks.bench import Bench, Case
from benchmarks.contenders.registry import FLOOR, PRODUCT, RIVALS, Contender
from benchmarks.figures import quotients, spread
from benchmarks.goals import at_least
from benchmarks.mock import AT_ONCE
from benchmarks.results import Findings, Goal, Row
from benchmarks.trials import figures, pace_figures, trial

__all__ = ["LIMITED", "REFUSED", "UNLIMITED", "run"]

ABOUT = """\
Each rival is driven as well as it can be (`benchmarks/contenders/`, with what was tried): read in pieces, as many jobs in
flight as it can make use of, connections kept, the first look at a job at once and then the same interval for all. drt-core
never looks at a job, so it has half of the requests to make, and cannot say what became of anybody."""
COLUMNS = [
    "users_per_second",
    "ahead",
    "cpu_per_million",
    "ahead_cpu",
    "peak_memory",
    "mock_share",
    "seconds",
    "limited",
    "worst_second",
    "refused",
    "told",
]
UNLIMITED = "No limit, jobs that end at once"
LIMITED = "The account allows 100 users per second"
REFUSED = "The account refuses some records"
POLL = 0.05
WANTED = {"node": 4, "zenpy": 20}

LIMITED_JOBS = 8
LIMITED_OPTIONS = {"rate": 100, "job-seconds": 1}
REFUSING = {"refused-record-rate": 0.02, "job-seconds": 0}


def run(bench: Bench) -> Findings:
    """Let everybody upload without a limit, at an account's limit, and to an account that refuses records."""
    findings = Findings("rivals", "Against others", ABOUT, COLUMNS)
    findings.settings = {"poll_seconds": POLL, "limited_jobs": LIMITED_JOBS}
    bench.measure(findings, _unlimited(bench), bench.rounds(2, 5))
    bench.measure(findings, _limited(bench), bench.rounds(1, 3))
    bench.measure(findings, _refusing(bench), 1)
    _compare(findings)
    for row in findings.rows:
        if row.group == REFUSED:
            row.facts["It tells"] = next(who.says for who in _everybody() if who.name == row.name)
    findings.goals = [_goal(findings, name, wanted) for name, wanted in WANTED.items()]
    return findings


def _everybody() -> Iterable[Contender]:
    return (PRODUCT, *RIVALS.values())


def _unlimited(bench: Bench) -> Iterable[Case]:
    yield _case(bench, PRODUCT, None)
    yield _case(bench, FLOOR, None)
    for rival in RIVALS.values():
        for jobs in sorted({min(jobs, rival.most_jobs) for jobs in ((1, 8, 32) if bench.full else (32,))}):
            yield _case(bench, rival, jobs)


def _case(bench: Bench, contender: Contender, jobs: int | None) -> Case:
    records = bench.records(round(contender.speed * 4), round(contender.speed * 12))

    def measure() -> Mapping[str, float]:
        source = bench.audience("users", records)
        return figures(trial(contender, records, AT_ONCE, input=source, jobs=jobs, poll=POLL))

    return Case(_named(contender, jobs), measure, UNLIMITED)


def _named(contender: Contender, jobs: int | None) -> str:
    if jobs is None:
        return f"{contender.name}, 25 jobs"
    return f"{contender.name}, {jobs} job{'s' if jobs > 1 else ''}"


def _limited(bench: Bench) -> Iterable[Case]:
    records = bench.records(1_000, 3_000)
    for contender in _everybody():

        def measure(contender: Contender = contender) -> Mapping[str, float]:
            source, jobs = bench.audience("users", records), min(LIMITED_JOBS, contender.most_jobs)
            done = trial(contender, records, LIMITED_OPTIONS, input=source, jobs=jobs, poll=0.5, rate=100)
            pace = pace_figures(done, 100, LIMITED_OPTIONS["job-seconds"])
            return {name: pace[name] for name in ("seconds", "limited", "worst_second")}

        yield Case(contender.name, measure, LIMITED)


def _refusing(bench: Bench) -> Iterable[Case]:
    records = bench.records(2_000, 2_000)
    for contender in _everybody():

        def measure(contender: Contender = contender) -> Mapping[str, float]:
            source, jobs = bench.audience("users", records), min(LIMITED_JOBS, contender.most_jobs)
            done = trial(contender, records, REFUSING, input=source, jobs=jobs, poll=POLL)
            said = done.answer.get("records", done.answer)
            return {"refused": done.stats["records_failed"], "told": said.get("failed") or 0}

        yield Case(contender.name, measure, REFUSED)


def _compare(findings: Findings) -> None:
    """Say of each rival how far ahead the program is, round by round."""
    ours = findings.row(_named(PRODUCT, None), UNLIMITED)
    for row in findings.rows:
        if row.group == UNLIMITED and row is not ours:
            row.samples["ahead"] = _ratio(ours, row, "users_per_second")
            row.samples["ahead_cpu"] = _ratio(row, ours, "cpu_per_million")


def _ratio(first: Row, second: Row, figure: str) -> list[float]:
    return quotients(first.samples.get(figure, []), second.samples.get(figure, []))


def _goal(findings: Findings, name: str, wanted: float) -> Goal:
    """Compare with a rival at its best: with as many jobs as it is fastest at."""
    rival = RIVALS[name].name
    rows = [row for row in findings.rows if row.group == UNLIMITED and row.name.startswith(rival)]
    measured = [row.samples["ahead"] for row in rows if row.samples.get("ahead")]
    best = min(measured, key=lambda samples: spread(samples).median, default=None)
    return at_least(f"Throughput, of {rival} at its best", "ahead", wanted, best)
