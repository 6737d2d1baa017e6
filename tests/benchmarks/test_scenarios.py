"""Every scenario can be run by its name, shown and explained."""

from __future__ import annotations

import importlib

import pytest

from benchmarks import scenarios
from benchmarks.contenders.registry import RIVALS
from benchmarks.figures import FIGURES
from benchmarks.results import Findings
from benchmarks.scenarios import SCENARIOS, ceiling, floor, growth, instructions, limit, rivals
from benchmarks.trials import Failed
from tests.source import ROOT


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_column_is_a_figure(name: str) -> None:
    """A table has no column of which nobody knows unit and direction."""
    module = importlib.import_module(f"{scenarios.__name__}.{name}")
    assert set(module.COLUMNS) <= FIGURES.keys()
    assert module.run is SCENARIOS[name]


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_is_explained(name: str) -> None:
    """The README says of each what it does."""
    assert f"| `{name}` |" in (ROOT / "benchmarks" / "README.md").read_text("utf-8")


def found(rows: dict[tuple[str, str], dict[str, list[float]]]) -> Findings:
    findings = Findings("", "", "", [])
    for (group, name), samples in rows.items():
        findings.row(name, group).samples = samples
    return findings


def test_the_floor_is_compared_round_by_round() -> None:
    """A round in which the whole machine was slow gives the same ratio as one in which it was not."""
    ours, theirs = Findings("", "", "", []).row("ours"), Findings("", "", "", []).row("floor")
    ours.samples = {"users_per_second": [50.0, 100.0], "cpu_per_million": [10.0, 20.0]}
    theirs.samples = {"users_per_second": [100.0, 200.0], "cpu_per_million": [5.0, 10.0]}
    floor._compare(ours, theirs)
    assert ours.samples["floor_ratio"] == [0.5, 0.5]
    assert ours.samples["cpu_ratio"] == [2.0, 2.0]


def test_a_rival_is_compared_at_its_best() -> None:
    """Who is slow with one job and fast with many is measured by many."""
    name = RIVALS["node"].name
    findings = found(
        {
            (rivals.UNLIMITED, "zendesk-async, 25 jobs"): {"users_per_second": [100.0], "cpu_per_million": [10.0]},
            (rivals.UNLIMITED, f"{name}, 1 job"): {"users_per_second": [10.0], "cpu_per_million": [20.0]},
            (rivals.UNLIMITED, f"{name}, 32 jobs"): {"users_per_second": [50.0], "cpu_per_million": [30.0]},
        },
    )
    rivals._compare(findings)
    goal = rivals._goal(findings, "node", 4)
    assert goal.found == "2.0 times"
    assert goal.reached is False
    assert findings.row(f"{name}, 32 jobs", rivals.UNLIMITED).samples["ahead_cpu"] == [3.0]


def test_one_bad_second_misses_the_limit() -> None:
    """The promise is about every second: the worst of all rounds counts, not the middle one."""
    findings = found(
        {
            ("", "jobs of 5 s"): {
                "share_of_rate": [99.5, 99.4, 99.6],
                "worst_second": [100.0, 200.0, 100.0],
                "limited": [0.0, 0.0, 0.0],
                "polls_per_batch": [0.5],
            }
        },
    )
    reached = {goal.what: goal.reached for goal in limit._goals(findings)}
    assert reached["Limit, jobs of 5 s: of the permitted rate"] is True
    assert reached["Limit, jobs of 5 s: worst sliding second"] is False


def test_memory_is_flat_or_it_is_not() -> None:
    """Memory that grows with the input misses the goal, however small it is."""
    sizes = {("", "10,000"): {"peak_memory": [40.0]}, ("", "100,000"): {"peak_memory": [50.0]}}
    grown = found({**sizes, ("", "1,000,000"): {"peak_memory": [70.0]}})
    flat = found({**sizes, ("", "1,000,000"): {"peak_memory": [51.0]}})
    assert [goal.reached for goal in growth._goals(grown)] == [True, False]
    assert [goal.reached for goal in growth._goals(flat)] == [True, True]


def test_instructions_are_read_from_what_valgrind_says() -> None:
    """The total has commas in it, and a log without one is no count of nothing."""
    assert instructions.counted("==1== \n==1== I   refs:      1,768,009,750\n") == 1_768_009_750
    with pytest.raises(Failed, match="did not say"):
        instructions.counted("==1== killed")


def test_a_ceiling_that_was_not_measured_is_no_failure() -> None:
    """Goals of a row without figures say that it was not measured."""
    assert [goal.reached for goal in ceiling._goals(Findings("", "", "", []).row("file"))] == [None, None, None]
