"""``python -m benchmarks``: measure, and write down what was found as JSON, tables and pictures."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import machine, tables
from benchmarks.bench import Bench
from benchmarks.environments import Unavailable, python_with
from benchmarks.process import ROOT
from benchmarks.results import Findings, load, save, summarised
from benchmarks.scenarios import SCENARIOS

__all__ = ["main"]

RESULTS = Path(__file__).resolve().parent / "results"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the scenarios that were asked for, or all. The exit status is 0 whatever the figures are."""
    wanted = _parser().parse_args(arguments)
    bench = Bench(full=wanted.full, scale=wanted.scale, repeats=wanted.repeats)
    place = wanted.out or RESULTS / ("full" if wanted.full else "quick")
    found: dict[str, Findings] = {}
    for name in wanted.scenarios or SCENARIOS:
        found[name] = _run(name, bench)
        _keep(place, found)
    if not wanted.no_plots:
        _draw(bench, place)
    _report(wanted.json, place, found)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__, allow_abbrev=False)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=f"one of {', '.join(SCENARIOS)}; all, if none")
    size = parser.add_mutually_exclusive_group()
    size.add_argument(
        "--quick", action="store_true", help="a quarter of an hour; this is what happens if nothing is said"
    )
    size.add_argument(
        "--full", action="store_true", help="an hour and more: larger inputs, and each measured more often"
    )
    parser.add_argument(
        "--json", metavar="FILE", help="write what was found now to a file of its own as well; - prints it"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="where results live; benchmarks/results/quick or full")
    parser.add_argument("--repeats", type=int, metavar="N", help="measure each case so often")
    parser.add_argument(
        "--scale", type=float, default=1.0, metavar="X", help="multiply all sizes; for trying things out"
    )
    parser.add_argument("--no-plots", action="store_true", help="draw nothing")
    return parser


def _run(name: str, bench: Bench) -> Findings:
    if name not in SCENARIOS:
        raise SystemExit(f"There is no scenario {name!r}. There are: {', '.join(SCENARIOS)}")
    sys.stderr.write(f"{name}\n")
    described = machine.describe()
    findings = SCENARIOS[name](bench)
    findings.machine = described
    findings.settings |= {"size": "full" if bench.full else "quick", "scale": bench.scale}
    if disturbed := machine.what_disturbs(described["load_before"]):
        findings.notes.append(disturbed[0].upper() + disturbed[1:] + ".")
    return findings


def _keep(place: Path, found: dict[str, Findings]) -> None:
    """Write the results so far: what was found now, and of the other scenarios what was found before."""
    path = place / "results.json"
    before = load(path) if path.exists() else {}
    together = before | found
    ordered = {name: together[name] for name in SCENARIOS if name in together}
    save(path, ordered)
    pictures = {name: f"{name}.svg" for name in ordered if (place / f"{name}.svg").exists()}
    (place / "README.md").write_text(tables.document(ordered, pictures), "utf-8")


def _draw(bench: Bench, place: Path) -> None:
    try:
        python = python_with("plots", bench.say)
    except Unavailable as error:
        sys.stderr.write(f"no pictures: {error}\n")
        return
    subprocess.run([python, "-m", "benchmarks.plots", place / "results.json", place], cwd=ROOT, check=True)
    _keep(place, {})


def _report(file: str | None, place: Path, found: dict[str, Findings]) -> None:
    if file:
        content = json.dumps({name: summarised(findings) for name, findings in found.items()}, indent=1)
        if file == "-":
            sys.stdout.write(content + "\n")
            return
        save(Path(file), found)
    sys.stdout.write("\n".join(tables.section(findings) for findings in found.values()) + "\n")
    goals = [goal for findings in found.values() for goal in findings.goals]
    sys.stdout.write((tables.goal_table(goals) if goals else "") + f"\n{place / 'README.md'}\n")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
