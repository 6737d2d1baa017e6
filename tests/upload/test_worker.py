from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

from zendesk_async.upload.worker import LIFE, Event, Stage

DOCS = Path(__file__).parents[2] / "docs"


def drawing() -> ModuleType:
    spec = importlib.util.spec_from_file_location("diagram", DOCS / "diagram.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_is_whole() -> None:
    """Every stage can be reached and left, and every event happens somewhere."""
    assert {stage for stage, _ in LIFE} == set(LIFE.values()) == set(Stage)
    assert {event for _, event in LIFE} == set(Event)


def test_every_path_leads_back_to_idle() -> None:
    """No batch is stuck in a stage for ever."""
    reach = {Stage.IDLE}
    while True:
        more = {stage for (stage, _), then in LIFE.items() if then in reach} - reach
        if not more:
            break
        reach |= more
    assert reach == set(Stage)


def test_the_documentation_draws_this_table() -> None:
    """The diagram in docs/design.md is the one that the code gives."""
    page = (DOCS / "design.md").read_text(encoding="utf-8")
    assert page.count("stateDiagram-v2") == 1
    assert drawing().drawn(page) == page
