"""From chunks to batches: shape what was read, keep each user's records apart, fill batches.

Rules of this file:

- ``_take`` decides synchronously about a whole chunk; only reading, waiting and handing over are asynchronous.
- A batch that is not full goes out when the input has been quiet for ``linger`` seconds, has ended, or must not be
  read on.
- What waits in line for an earlier record of its user is bounded (``HELD_RECORDS``, ``HELD_BYTES``); beyond that no
  more is read until a job ends.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import aclosing
from typing import TYPE_CHECKING, Protocol

from zendesk_async.models import Chunk, OutcomeKind, Record, Rejection
from zendesk_async.state import Positions
from zendesk_async.upload.batching import Batch, Batcher, Carried
from zendesk_async.upload.matching import Match

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from zendesk_async.state.sent import Sent
    from zendesk_async.upload.channel import Channel
    from zendesk_async.upload.guard import Entry, Guard
    from zendesk_async.upload.settling import Settler

__all__ = ["Feeder", "Shaper"]

HELD_RECORDS = 20_000
HELD_BYTES = 32_000_000
CHUNKS = 2  # read ahead


class Shaper(Protocol):
    """What turns a chunk into records: ``audience.Intake``."""

    def shape(self, chunk: Chunk) -> list[Record | Rejection]:
        """Check and shape the records of a chunk. Raises InputError where the input as a whole cannot be meant."""


class Feeder:
    """Feeds batches into a channel until the input ends. ``run`` is one task, ``read`` another."""

    def __init__(  # noqa: PLR0913 - the neighbours of this room
        self,
        chunks: AsyncGenerator[Chunk, None],
        shaper: Shaper,
        guard: Guard,
        settler: Settler,
        batches: Channel[Carried],
        *,
        size: int,
        linger: float,
        done: Positions | None = None,
        sent: Sent | None = None,
    ) -> None:
        self._input = chunks
        self._shaper = shaper
        self._guard = guard
        self._settler = settler
        self._batches = batches
        self._linger = linger
        self._done = done or Positions()
        self._sent = sent
        self._batcher = Batcher(size)
        self._chunks: deque[Chunk] = deque()
        self._full: deque[Batch] = deque()
        self._held: set[Entry] = set()
        self._held_records = 0
        self._held_bytes = 0
        self._ready: deque[Entry] = deque()
        self._stir = asyncio.Event()
        self._room = asyncio.Event()
        self._waiting_since: float | None = None
        self.ended = False

    def __repr__(self) -> str:
        return f"<Feeder {len(self._batcher)} in the next batch, {self._held_records} waiting for their user>"

    @property
    def held(self) -> int:
        """Records that wait for an earlier one of their user."""
        return self._held_records

    # -- reading --------------------------------------------------------------------------------------------------

    async def read(self) -> None:
        """Read chunks ahead, a few at most. Raises InputError when the input breaks off."""
        total = 0
        async with aclosing(self._input) as chunks:
            async for chunk in chunks:
                self._chunks.append(chunk)
                self._stir.set()
                total = chunk.start + len(chunk.raws)
                while len(self._chunks) >= CHUNKS:
                    self._room.clear()
                    await self._room.wait()
        self._settler.input_ended(total)
        self.ended = True
        self._stir.set()

    # -- feeding --------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Fill batches until the input has ended and nobody waits any more; then close the channel."""
        while not self._finished():
            self._admit_ready()
            if self._chunks and not self._overfull():
                self._take(self._chunks.popleft())
                self._room.set()
            elif await self._quiet():
                self._flush()
            await self._hand_over()
        self._flush()
        await self._hand_over()
        self._batches.close()

    async def _hand_over(self) -> None:
        while self._full:
            await self._batches.send(Carried(self._full[0]))
            self._full.popleft()

    def withdraw(self) -> None:
        """Take everything that still waits out of the guard's lines: the upload is over."""
        while self._held:
            self._guard.withdraw(self._held.pop())
        while self._ready:
            self._guard.release(self._ready.popleft().record.keys)
        unsent = [*self._full, *([batch] if (batch := self._batcher.flush()) else [])]
        for record in (record for batch in unsent for record in batch.records):
            self._guard.release(record.keys)
        self._full.clear()

    def _finished(self) -> bool:
        return self.ended and not self._chunks and not self._held and not self._ready

    def _overfull(self) -> bool:
        return self._held_records >= HELD_RECORDS or self._held_bytes >= HELD_BYTES

    async def _quiet(self) -> bool:
        """Wait for something to happen; say whether what there is should go out as it is."""
        self._stir.clear()
        if self._finished() or self._ready or self._full:
            return False
        if len(self._batcher) and (self.ended or self._overfull()):
            return True
        try:
            async with asyncio.timeout_at(self._goes_out_at()):
                await self._stir.wait()
        except TimeoutError:
            return True
        return False

    def _goes_out_at(self) -> float | None:
        """When the batch that is filling goes out as it is, counted from when it was first left waiting."""
        if not len(self._batcher):
            self._waiting_since = None
            return None
        if self._waiting_since is None:
            self._waiting_since = asyncio.get_running_loop().time()
        return self._waiting_since + self._linger

    def _flush(self) -> None:
        self._fill(self._batcher.flush())

    def _fill(self, batch: Batch | None) -> None:
        if batch is not None:
            self._full.append(batch)
            self._waiting_since = None

    # -- deciding -------------------------------------------------------------------------------------------------

    def _take(self, chunk: Chunk) -> None:
        """Shape a chunk and give every record its place: a batch, a line, or a rejection."""
        self._settler.reading(chunk.start + len(chunk.raws))
        shaped = self._shaper.shape(self._unsettled(chunk))
        records = [item for item in shaped if type(item) is Record]
        rejections = [item for item in shaped if type(item) is Rejection] if len(records) < len(shaped) else []
        if self._sent is not None:
            records = self._changed(self._sent, records)
        self._place(records)
        if rejections:
            self._settler.reject(rejections)

    def _place(self, records: list[Record]) -> None:
        """Put each record into a batch or in line: all of them at once where no user comes twice."""
        if self._guard.claim_all(records):
            for full in self._batcher.add_all(records):
                self._fill(full)
        else:
            self._place_each(records)

    def _place_each(self, records: list[Record]) -> None:
        claim, add, full = self._guard.claim, self._batcher.add, self._full
        for record in records:
            if not claim(record):
                self._hold(record)
            elif (batch := add(record)) is not None:
                full.append(batch)
                self._waiting_since = None

    def _changed(self, sent: Sent, records: list[Record]) -> list[Record]:
        """Settle what users have already, and return the rest.

        Of a user who is on his way, or who stands before this record with something new, it cannot be told yet.
        """
        told = sent.unchanged(records)
        free = self._guard.free
        changed: list[Record] = []
        same: list[Record] = []
        ids: list[int | None] = []
        ahead: set[str] = set()
        for record, user_id in zip(records, told, strict=True):
            if user_id is None or not free(record) or (ahead and not ahead.isdisjoint(record.keys)):
                changed.append(record)
                ahead.update(record.keys)
            else:
                same.append(record)
                ids.append(user_id or None)
        if same:
            self._settler.unchanged(same, ids)
        return changed

    def _unsettled(self, chunk: Chunk) -> Chunk:
        """Leave out what an earlier process has settled or taken over."""
        done = self._done
        if not done:
            return chunk
        if done.covers(chunk.start, chunk.start + len(chunk.raws)):
            return chunk.part(())
        left = [index for index in range(len(chunk.raws)) if chunk.start + index not in done]
        if len(left) == len(chunk.raws):
            return chunk
        return chunk.part(left)

    def _hold(self, record: Record) -> None:
        self._held_records += 1
        self._held_bytes += len(record.body)
        entry = self._guard.wait(record, self)
        if entry is not None:
            self._held.add(entry)

    def ready(self, entry: Entry) -> None:
        """Take an entry whose user is free now (the guard calls this)."""
        self._held.discard(entry)
        self._ready.append(entry)
        self._stir.set()

    def _admit_ready(self) -> None:
        while self._ready:
            entry = self._ready.popleft()
            self._held_records -= 1 + len(entry.folded)
            self._held_bytes -= entry.weight
            if not self._has_it_already(entry):
                self._fill(self._batcher.add(entry.record, entry.folded))

    def _has_it_already(self, entry: Entry) -> bool:
        """Now that its user's earlier records are settled: whether he has exactly this, so that nothing need be
        sent.
        """
        if self._sent is None:
            return False
        (user_id,) = self._sent.unchanged([entry.record])
        if user_id is None:
            return False
        batch = Batch([entry.record], {entry.record.position: entry.folded} if entry.folded else {})
        self._settler.settle(batch, Match(batch.records, [OutcomeKind.UNCHANGED], [user_id or None], {}, [], ""), None)
        return True
