"""Findings can be read as Markdown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.results import Findings, Goal
from benchmarks.tables import document, machine_line, section, table

MACHINE = {
    "cores": 2,
    "cpu": "Some CPU",
    "memory_gb": 25,
    "os": "Linux 6",
    "python": "CPython 3.11.7",
    "software": {"aiohttp": "3.14.5"},
    "load_before": 0.1,
    "made_at": "2026-11-24 03:00 UTC",
}
texts = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=12)


def findings() -> Findings:
    found = Findings("ceiling", "Ceiling", "About it.", ["users_per_second", "peak_memory"], machine=MACHINE)
    found.row("file").add({"users_per_second": 98_123.0})
    found.row("pipe").add({"users_per_second": 90_000.0})
    return found


@given(st.lists(st.tuples(texts, texts), max_size=5))
def test_every_line_of_a_table_has_every_column(lines: list[tuple[str, str]]) -> None:
    """Whatever stands in a cell, pipes among it, a table stays a table, and all its lines are equally long."""
    drawn = table(["one", "two"], lines, right=[1]).splitlines()
    assert len({len(line) for line in drawn}) == 1
    assert all(line.replace("\\|", "").count("|") == 3 for line in drawn)


def test_a_figure_that_nobody_has_makes_no_column() -> None:
    """An empty column tells nothing."""
    text = section(findings())
    assert "Throughput, users/s" in text
    assert "Peak memory" not in text


def test_a_case_without_a_figure_has_a_dash() -> None:
    """What was not measured is not shown as nothing at all, or as zero."""
    found = findings()
    found.row("csv").add({"peak_memory": 70.0})
    (line,) = [line for line in section(found).splitlines() if line.startswith("| csv")]
    assert [cell.strip() for cell in line.split("|")[1:-1]] == ["csv", "-", "70"]


def test_the_document_begins_with_what_was_to_be_reached() -> None:
    """Goals that were missed stand out, before any table."""
    found = findings()
    found.goals = [Goal("Throughput", "≥ 100,000", "98,123", reached=False)]
    text = document({"ceiling": found}, {"ceiling": "ceiling.svg"})
    assert text.index("**not reached**") < text.index("## Ceiling") < text.index("![Ceiling](ceiling.svg)")


def test_the_machine_is_told_in_a_line() -> None:
    """A figure means nothing without the machine that it was measured on."""
    line = machine_line(MACHINE)
    assert line.startswith("2 cores (Some CPU), 25 GB, Linux 6, CPython 3.11.7, aiohttp 3.14.5")
    assert "load before 0.1" in line
