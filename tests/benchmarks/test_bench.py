"""Cases are measured in turn, and what fails is left out with its reason."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from benchmarks.bench import Bench, Case
from benchmarks.results import Findings
from benchmarks.trials import Failed


def findings() -> Findings:
    return Findings("ceiling", "Ceiling", "", ["users_per_second"])


def test_cases_take_turns() -> None:
    """A B A B, not A A B B: what disturbs the machine for a while disturbs all of them."""
    order = []

    def case(name: str) -> Case:
        def measure() -> Mapping[str, float]:
            order.append(name)
            return {"users_per_second": 1.0}

        return Case(name, measure)

    found = findings()
    Bench(quiet=True).measure(found, [case("A"), case("B")], rounds=2)
    assert order == ["A", "B", "A", "B"]
    assert [row.samples["users_per_second"] for row in found.rows] == [[1.0, 1.0], [1.0, 1.0]]


def test_what_fails_is_noted_and_not_tried_again() -> None:
    """A rival that breaks off costs its row, not the suite."""
    tries = []

    def measure() -> Mapping[str, float]:
        tries.append(1)
        raise Failed("it ended with status 1")

    found = findings()
    Bench(quiet=True).measure(found, [Case("zenpy", measure, "At the limit")], rounds=3)
    assert len(tries) == 1
    assert not found.rows
    assert found.notes == ["At the limit, zenpy: left out. it ended with status 1."]


@pytest.mark.parametrize(
    ("bench", "records"),
    [(Bench(), 200_000), (Bench(full=True), 1_000_000), (Bench(scale=0.001), 200), (Bench(scale=1e-9), 100)],
)
def test_sizes_are_whole_batches(bench: Bench, records: int) -> None:
    """However small a trial is made, it sends at least one batch, and no batch is half full."""
    assert bench.records(200_000, 1_000_000) == records


def test_repeats_that_are_asked_for_win() -> None:
    """``--repeats`` overrides what a size would do."""
    assert Bench(full=True).rounds(2, 5) == 5
    assert Bench(full=True, repeats=1).rounds(2, 5) == 1


def test_progress_names_case_and_figure(capsys: pytest.CaptureFixture[str]) -> None:
    """Who waits sees which case it is and what came of it."""
    Bench().measure(findings(), [Case("file", lambda: {"users_per_second": 98_123.0}, "By input")], rounds=1)
    assert capsys.readouterr().err == "  1/1  By input, file: 98,123 users/s\n"
