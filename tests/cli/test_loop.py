from __future__ import annotations

import asyncio

from zendesk_async.cli.loop import run


def test_it_runs_a_coroutine_to_its_end() -> None:
    """Its result comes back, and the loop is asyncio's own."""

    async def which() -> str:
        return type(asyncio.get_running_loop()).__module__

    assert run(which()).startswith("asyncio")
