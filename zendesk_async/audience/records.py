"""Inputs that a program gives: any iterable or async iterable of mappings."""

from __future__ import annotations

import asyncio
import itertools
from abc import abstractmethod
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Iterator, Mapping
from typing import Any

from zendesk_async.audience.fingerprint import of_first
from zendesk_async.audience.original import original_json
from zendesk_async.audience.source import Source
from zendesk_async.models import Broken, Chunk, Raw

__all__ = ["records_source"]

SLICE = 100
"""Records pulled from an iterable before the loop gets its turn."""

AHEAD = 500
"""Records pulled from an async iterable before anybody wants them."""


def records_source(records: Iterable[Mapping[str, Any]] | AsyncIterable[Mapping[str, Any]]) -> Source:
    """Make a source of an iterable or async iterable of mappings. Raises TypeError for anything else.

    A plain iterable is pulled in the event loop, 100 records at a turn: one that waits for something (a file, a
    database) holds up everything else there, and should be an async iterable. An async iterable may wait as long as
    it likes; what it has given goes on meanwhile.
    """
    if isinstance(records, Mapping | str | bytes):
        raise TypeError(f"records must be an iterable of mappings, not a single {type(records).__name__}")
    if isinstance(records, AsyncIterable):
        return _Pumped(records)
    if isinstance(records, Iterable):
        return _Pulled(records)
    raise TypeError(f"records must be an iterable or async iterable of mappings, not {type(records).__name__}")


class _Records(Source):
    """What both kinds have in common."""

    name = "records"
    format = "objects"

    def __init__(self) -> None:
        self._begun = False

    async def open(self) -> None:
        """Do nothing: a record is asked for only when it can be taken."""

    def chunks(self) -> AsyncGenerator[Chunk, None]:
        if self._begun:
            raise RuntimeError("these records can be read only once: make another source of them")
        self._begun = True
        return self._chunks()

    @abstractmethod
    def _chunks(self) -> AsyncGenerator[Chunk, None]:
        """Read all records; once."""


class _Pulled(_Records):
    def __init__(self, records: Iterable[Mapping[str, Any]]) -> None:
        super().__init__()
        self._records: Iterator[Any] = iter(records)

    async def fingerprint(self) -> str:
        first = list(itertools.islice(self._records, 1))
        self._records = itertools.chain(first, self._records)
        return of_first(_raw(first[0]) if first else None)

    async def _chunks(self) -> AsyncGenerator[Chunk, None]:
        position = 0
        failure = None
        while failure is None:
            items, failure = _pull(self._records)
            if not items and failure is None:
                return
            if items:
                yield _chunk(position, items)
            position += len(items)
            await asyncio.sleep(0)
        raise failure


class _Pumped(_Records):
    def __init__(self, records: AsyncIterable[Mapping[str, Any]]) -> None:
        super().__init__()
        self._records = records

    async def fingerprint(self) -> str:
        """The same for all: to wait for a first record could be to wait for ever, or for the one who asks."""
        return of_first(None)

    async def _chunks(self) -> AsyncGenerator[Chunk, None]:
        pump = _Pump(self._records)
        position = 0
        try:
            while items := await pump.take():
                yield _chunk(position, items)
                position += len(items)
        finally:
            await pump.close()


class _Pump:
    """A task that pulls; what it has pulled is taken all at once.

    A task of its own, because a record that has been given must not wait for the next one to be.
    """

    def __init__(self, records: AsyncIterable[Any]) -> None:
        self._items: list[Raw] = []
        self._stir = asyncio.Event()
        self._room = asyncio.Event()
        self._task = asyncio.create_task(self._pull(records), name="records")
        self._task.add_done_callback(lambda _: self._stir.set())

    async def _pull(self, records: AsyncIterable[Any]) -> None:
        async for item in records:
            self._items.append(_raw(item))
            self._stir.set()
            while len(self._items) >= AHEAD:
                self._room.clear()
                await self._room.wait()

    async def take(self) -> list[Raw]:
        """Wait for something and take all there is; nothing at the end. Raises what the iterable raised."""
        await self._stir.wait()
        self._stir.clear()
        self._room.set()
        items, self._items = self._items, []
        if not items:
            await self._task
        elif self._task.done():
            self._stir.set()
        return items

    async def close(self) -> None:
        """Stop pulling."""
        self._task.cancel()
        await asyncio.wait([self._task])
        if not self._task.cancelled():
            self._task.exception()  # whoever closes early does not ask for it


def _pull(records: Iterator[Any]) -> tuple[list[Raw], Exception | None]:
    """Take some; what was given before something went wrong was given."""
    items: list[Raw] = []
    try:
        items.extend(map(_raw, itertools.islice(records, SLICE)))  # keeps what came before an exception
    except Exception as failure:  # noqa: BLE001 - it is raised after what came before it
        return items, failure
    return items, None


def _chunk(position: int, items: list[Raw]) -> Chunk:
    return Chunk(position, items, range(position + 1, position + 1 + len(items)))


def _raw(item: Any) -> Raw:
    """A record of its own: whoever gave it may use the same mapping for the next one."""
    if type(item) is dict:
        return item.copy()
    if isinstance(item, Mapping):
        return dict(item)
    kind = type(item).__name__
    return Broken(original_json(item).decode(), "InvalidRecord", f"a record must be a mapping, not {kind}")
