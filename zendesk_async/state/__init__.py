"""What must survive: the journal of every upload.

What opens files (``Journal``, ``RunStore`` and their like) is imported when it is first asked for: a command that only
counts must not pay for SQLite.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from zendesk_async.state.ledger import Ledger, RunInfo, Settlement, SpoolDigest, SubmittedBatch
from zendesk_async.state.nojournal import NoJournal
from zendesk_async.state.positions import Positions

if TYPE_CHECKING:
    from zendesk_async.state.journal import Journal
    from zendesk_async.state.reading import JournalReader
    from zendesk_async.state.runs import RunStore, RunSummary, new_run_id
    from zendesk_async.state.spool import SpoolCheck

__all__ = [
    "Journal",
    "JournalReader",
    "Ledger",
    "NoJournal",
    "Positions",
    "RunInfo",
    "RunStore",
    "RunSummary",
    "Settlement",
    "SpoolCheck",
    "SpoolDigest",
    "SubmittedBatch",
    "new_run_id",
]

_HOME = {
    "Journal": "journal",
    "JournalReader": "reading",
    "RunStore": "runs",
    "RunSummary": "runs",
    "SpoolCheck": "spool",
    "new_run_id": "runs",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
