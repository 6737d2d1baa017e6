"""The machine is described, and not named."""

from __future__ import annotations

import json
import platform
from pathlib import Path

import pytest

from benchmarks.machine import describe, what_disturbs


def test_the_description_names_neither_host_nor_place() -> None:
    """Results are published: they tell what matters to speed, and not where they were made."""
    text = json.dumps(describe())
    assert platform.node() not in text or platform.node() in {"", "localhost"}
    assert str(Path.home()) not in text
    assert str(Path.cwd()) not in text


def test_what_matters_to_speed_is_there() -> None:
    """Two results can only be compared by somebody who knows these."""
    found = describe()
    assert found["cores"] >= 1
    assert found["memory_gb"] >= 1
    assert {"cpu", "os", "python", "software", "load_before", "made_at"} <= found.keys()


@pytest.mark.parametrize(("load", "told"), [(0.1, False), (0.5, False), (2.3, True)])
def test_a_busy_machine_is_told_of(load: float, told: bool) -> None:
    """Figures that were taken beside other work say so themselves."""
    assert bool(what_disturbs(load)) is told
