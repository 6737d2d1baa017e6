from __future__ import annotations

import asyncio
import gc
import sys

import pytest

from zendesk_async.cli.loop import COLLECTED, run


async def which() -> str:
    """Name the module of the loop that runs this."""
    return type(asyncio.get_running_loop()).__module__


def test_it_runs_a_coroutine_to_its_end_on_uvloop() -> None:
    """Its result comes back, and the faster loop is used where somebody has installed it."""
    pytest.importorskip("uvloop")
    assert run(which()).startswith("uvloop")


def test_without_uvloop_it_is_asyncios_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Uvloop is an extra: nothing depends on it."""
    monkeypatch.setitem(sys.modules, "uvloop", None)
    assert run(which()).startswith("asyncio")


def test_garbage_is_collected_seldom_only_while_it_runs() -> None:
    """A program that uses the command line's parts gets its own thresholds back, whatever happens."""
    usual = gc.get_threshold()

    async def broken() -> None:
        assert gc.get_threshold()[0] == COLLECTED
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        run(broken())
    assert gc.get_threshold() == usual
