"""Open ``--results``: anew for a new run; put right, and added to, for one that goes on."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING

from zendesk_async.cli.beginning import Begun, intake_for, source_of
from zendesk_async.cli.mending import Expected, add_missing, drop_wrong
from zendesk_async.cli.opened import opened
from zendesk_async.cli.results import Results

if TYPE_CHECKING:
    from zendesk_async.cli.asked import Asked
    from zendesk_async.config.settings import Settings
    from zendesk_async.models import Chunk
    from zendesk_async.state import RunStore

__all__ = ["results_of"]


async def results_of(asked: Asked, settings: Settings, store: RunStore, begun: Begun) -> Results | None:
    """The file of results, if one is wanted. What is no regular file is written to, and never mended."""
    path = asked.results
    if path is None:
        return None
    results = Results(path, anew=not begun.continued)
    if not begun.continued or not path.is_file():
        return results
    journal = begun.journal
    expected = Expected(journal.outcomes(), journal.counts().read)
    results.close()
    drop_wrong(path, expected)
    results = Results(path, anew=False)
    if expected.missing:
        intake = intake_for(settings.template, asked, tabular=journal.info.tabular)
        async with aclosing(_read_again(asked, store, begun)) as chunks:
            await add_missing(results, expected, journal.outcomes(), chunks, intake)
    return results


async def _read_again(asked: Asked, store: RunStore, begun: Begun) -> AsyncGenerator[Chunk, None]:
    """The input once more, or what the journal holds of it."""
    if begun.source is None or not begun.source.replayable:
        for chunk in begun.journal.spooled():
            yield chunk
        return
    source = await opened(source_of(asked, store))
    async with aclosing(source.chunks()) as chunks:
        async for chunk in chunks:
            yield chunk
