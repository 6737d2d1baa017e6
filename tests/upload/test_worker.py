from __future__ import annotations

import asyncio
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.zendesk import InnerTransport, account, record
from zendesk_async.api.endpoints import Endpoints
from zendesk_async.models import Requests
from zendesk_async.state import NoJournal, RunInfo
from zendesk_async.upload.batching import Batch, Carried
from zendesk_async.upload.channel import Channel
from zendesk_async.upload.guard import Guard
from zendesk_async.upload.poller import Poller
from zendesk_async.upload.polling import Polling
from zendesk_async.upload.settling import Settler
from zendesk_async.upload.strangers import KnownJobs
from zendesk_async.upload.worker import LIFE, Event, Stage, Worker

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


@pytest.mark.virtual_time
async def test_a_worker_that_waits_holds_no_records() -> None:
    """A batch may carry thousands of folded records, and there are as many workers as jobs: it is let go at its end."""
    guard, told = Guard(), Channel[Any](10)
    batches = Channel[Carried](2)
    records = [record(number) for number in range(3)]
    guard.claim_all(records)
    batches.put(Carried(Batch(records, {})))
    async with InnerTransport(account(job_seconds=1)) as transport:
        api = Endpoints(transport, Requests())
        poller = Poller(api, Polling(1), 3_600)
        settler = Settler(NoJournal(RunInfo(run_id="test")), guard, told, lambda _: False, lambda: None)
        worker = Worker(batches, api, poller, settler, KnownJobs(), attempts=3)
        tasks = [asyncio.create_task(poller.run()), asyncio.create_task(worker.run())]
        assert len((await told.receive()).records) == 3
        await asyncio.sleep(1)
        assert worker.stage is Stage.IDLE
        assert sys.getrefcount(records) == 2  # ours, and that of the question
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
