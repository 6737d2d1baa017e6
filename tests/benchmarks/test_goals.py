"""Figures that were set beforehand are judged by the middle of what was measured."""

from __future__ import annotations

from benchmarks.goals import NOTHING, at_least, at_most


def test_the_wanted_value_itself_is_enough() -> None:
    """At least and at most include the value that they name."""
    assert at_least("throughput", "users_per_second", 100_000, [100_000.0]).reached is True
    assert at_most("CPU", "cpu_per_million", 10, [10.0]).reached is True


def test_the_middle_value_decides() -> None:
    """One lucky round reaches nothing, and one unlucky round spoils nothing."""
    assert at_least("throughput", "users_per_second", 100_000, [90_000.0, 95_000.0, 140_000.0]).reached is False
    assert at_most("CPU", "cpu_per_million", 10, [9.0, 9.5, 30.0]).reached is True


def test_what_was_not_measured_is_neither_reached_nor_missed() -> None:
    """A rival that could not be installed must not look like a goal that was missed."""
    for goal in (at_least("ahead", "ahead", 4, None), at_most("memory", "peak_memory", 80, [])):
        assert goal.reached is None
        assert goal.found == NOTHING


def test_a_goal_names_its_unit() -> None:
    """What is wanted and what was found can be read without looking anything up."""
    goal = at_least("throughput", "users_per_second", 100_000, [98_123.0])
    assert goal.wanted == "≥ 100,000 users/s"
    assert goal.found == "98,123 users/s"
