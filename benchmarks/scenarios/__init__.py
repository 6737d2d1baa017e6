"""Every scenario, by name, in the order in which they run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from benchmarks.scenarios import ceiling, changed, costs, floor, growth, instructions, limit, rivals, startup

if TYPE_CHECKING:
    from benchmarks.bench import Bench
    from benchmarks.results import Findings

__all__ = ["SCENARIOS"]

SCENARIOS: Mapping[str, Callable[[Bench], Findings]] = {
    "limit": limit.run,
    "ceiling": ceiling.run,
    "floor": floor.run,
    "rivals": rivals.run,
    "growth": growth.run,
    "costs": costs.run,
    "changed": changed.run,
    "startup": startup.run,
    "instructions": instructions.run,
}
"""What ``python -m benchmarks NAME`` knows."""
