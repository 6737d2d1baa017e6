"""Two sets of results are told apart from noise."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.compare import Change, changes, main, report, verdict
from benchmarks.results import Findings, save

SLOW, FAST = [80_000.0, 82_000.0, 84_000.0], [95_000.0, 98_000.0, 99_000.0]


def findings(samples: list[float], cpu: str = "Some CPU") -> dict[str, Findings]:
    found = Findings("ceiling", "Ceiling", "", ["users_per_second"], machine=machine(cpu))
    for sample in samples:
        found.row("file").add({"users_per_second": sample})
    return {"ceiling": found}


def machine(cpu: str) -> dict[str, object]:
    same = {"cores": 2, "memory_gb": 25, "os": "Linux 6", "python": "CPython 3.11.7", "software": {}}
    return {**same, "cpu": cpu, "load_before": 0.1, "made_at": "2026-11-24"}


@pytest.mark.parametrize(
    ("figure", "before", "after", "word"),
    [
        ("users_per_second", SLOW, FAST, "better"),
        ("users_per_second", FAST, SLOW, "worse"),
        ("cpu_per_million", [9.0], [10.0], "worse"),
        ("cpu_per_million", [10.0], [9.0], "better"),
        ("users_per_second", SLOW, [83_000.0, 90_000.0], ""),
        ("mock_share", [50.0], [90.0], ""),
    ],
)
def test_better_and_worse_go_by_the_figure(figure: str, before: list[float], after: list[float], word: str) -> None:
    """More users are better and more CPU is worse; ranges that meet are noise, and the mock's share is neither."""
    assert verdict(Change("Ceiling", "file", figure, before, after)) == word


def test_only_what_both_have_is_compared() -> None:
    """A scenario or case that one of the two lacks is no change."""
    before, after = findings(SLOW), findings(FAST)
    after["ceiling"].row("pipe").add({"users_per_second": 1.0})
    after["growth"] = Findings("growth", "Growth", "", [])
    (change,) = changes(before, after)
    assert change.case == "file"
    assert change.ratio == pytest.approx(98 / 82)


def test_noise_is_counted_and_not_shown() -> None:
    """The report has what changed; what did not is a number at its end, unless everything is asked for."""
    same = report(findings(SLOW), findings(SLOW), everything=False)
    assert "1 of 1 figures differ by no more than noise" in same
    assert "82,000" not in same
    assert "82,000" in report(findings(SLOW), findings(SLOW), everything=True)


def test_different_machines_are_named() -> None:
    """Two machines can be compared, and nobody is left to think that they are one."""
    assert "Not the same machine" in report(findings(SLOW), findings(FAST, "Other CPU"), everything=False)
    assert "Not the same machine" not in report(findings(SLOW), findings(FAST), everything=False)


def test_folders_and_files_are_both_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What ``make bench-compare`` is given may be the folder that holds the results."""
    save(tmp_path / "a" / "results.json", findings(SLOW))
    save(tmp_path / "b" / "results.json", findings(FAST))
    assert main([str(tmp_path / "a"), str(tmp_path / "b" / "results.json")]) == 0
    assert "better" in capsys.readouterr().out


def test_what_is_not_there_is_said_without_a_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong path is a sentence on standard error and exit status 2."""
    with pytest.raises(SystemExit, match="2"):
        main([str(tmp_path / "none"), str(tmp_path)])
    assert "none" in capsys.readouterr().err
