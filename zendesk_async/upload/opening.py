"""Open the input and the journal of an upload, and find out what is left to do.

An upload that goes on after a crash has three kinds of records: settled ones, which are left out; submitted ones, whose
jobs are followed and not repeated, and which are looked up in the input first, because a result without its record
cannot be told; and all others.

An input that cannot be read again (standard input, a program's iterable) is spooled: what was read stands in the
journal before anything becomes of it. Going on, the spool is read first. What the input then gives again is held
against the spool's digests, and what comes after that is new.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from zendesk_async.errors import JournalError
from zendesk_async.models import Chunk, Record, RunStatus
from zendesk_async.state import Ledger, NoJournal, Positions, RunInfo
from zendesk_async.state.journal import Journal
from zendesk_async.state.runs import new_run_id
from zendesk_async.state.spool import SpoolCheck
from zendesk_async.upload.batching import Batch, Carried, Submitted

if TYPE_CHECKING:
    from zendesk_async.api.transport import Transport
    from zendesk_async.audience import Intake, Source
    from zendesk_async.config.values import Limits, Patience
    from zendesk_async.state import SubmittedBatch
    from zendesk_async.state.sent import Sent
    from zendesk_async.upload.guard import Guard
    from zendesk_async.upload.strangers import KnownJobs

__all__ = ["Opened", "Plan", "open_upload"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to upload, where to, and how.

    ``intake`` makes what checks and shapes the records, told whether they are the cells of a table.
    ``source`` is None when only what the journal holds is to be sent: an upload from standard input that goes on.
    ``sent`` takes note of what is accepted; with ``changed_only`` it also decides what need not be sent.
    ``max_failed`` is a count of records, or below 1 a share of those read.
    """

    source: Source | None
    intake: Callable[[bool], Intake]
    transport: Transport
    guard: Guard
    known_jobs: KnownJobs
    destination: str
    base_url: str
    journal: str | Path | Journal | None
    limits: Limits
    patience: Patience
    sent: Sent | None = None
    changed_only: bool = False
    limit: int | None = None
    max_failed: float | None = None

    @property
    def input(self) -> str:
        """The input, as the user named it."""
        if self.source is not None:
            return self.source.name
        return self.journal.info.input if isinstance(self.journal, Journal) else ""


@dataclass(slots=True)
class Opened:
    """What is left to do: the chunks to read, what of them to leave out, and the jobs to take over."""

    info: RunInfo
    ledger: Ledger
    intake: Intake
    chunks: AsyncGenerator[Chunk, None]
    done: Positions
    adopted: list[Carried]
    resumed: bool


async def open_upload(plan: Plan) -> Opened:
    """Open both. Raises InputError or JournalError before anything is sent."""
    source = plan.source
    info = None
    if source is not None:
        await source.open()
        intake = plan.intake(source.tabular)
        if source.columns is not None:
            intake.check_columns(source.columns)
        info = await _info(plan, source, intake)
    ledger = _ledger(plan, info)
    try:
        return await _left_to_do(plan, ledger, plan.intake(ledger.info.tabular))
    except BaseException:
        ledger.close()
        raise


async def _info(plan: Plan, source: Source, intake: Intake) -> RunInfo:
    now = datetime.now(UTC)
    return RunInfo(
        run_id=new_run_id(now, Random()),  # noqa: S311 - a name, no secret
        destination=plan.destination,
        base_url=plan.base_url,
        input=source.name,
        format=source.format,
        tabular=source.tabular,
        fingerprint=await source.fingerprint(),
        intake_digest=intake.digest,
        replayable=source.replayable,
        started_at=now.isoformat(timespec="seconds"),
        options={"limit": plan.limit},
    )


def _ledger(plan: Plan, info: RunInfo | None) -> Ledger:
    """The journal given, the one at the path given, or none."""
    journal = plan.journal
    if isinstance(journal, Journal):
        if info is not None:
            _check_same(journal.info, info)
        return journal
    if info is None:
        raise JournalError("without an input there must be a journal that holds one")
    if journal is None:
        return NoJournal(info)
    return _at(Path(journal), info)


def _at(path: Path, info: RunInfo) -> Ledger:
    """Go on with the unfinished run at ``path``, or begin a new one there. A finished run's journal is replaced."""
    if not path.exists():
        return Journal.create(path, info)
    journal = Journal.open(path)
    if journal.report().status in {RunStatus.COMPLETED, RunStatus.COMPLETED_WITH_FAILURES}:
        journal.discard()
        return Journal.create(path, info)
    try:
        _check_same(journal.info, info)
    except JournalError:
        journal.close()
        raise
    return journal


def _check_same(journaled: RunInfo, now: RunInfo) -> None:
    """See that a run goes on with the input, the account and the shaping that it began with."""
    for what, before, after in (
        ("another account", journaled.base_url, now.base_url),
        ("another input", journaled.fingerprint, now.fingerprint),
        ("another template or other options", journaled.intake_digest, now.intake_digest),
    ):
        if before != after:
            raise JournalError(
                f"Run {journaled.run_id} belongs to {what}: it began with {journaled.input} for"
                f" {journaled.destination}. Nothing was sent. Give this upload a journal or run id of its own."
            )


# -- what is left ------------------------------------------------------------------------------------------------


async def _left_to_do(plan: Plan, ledger: Ledger, intake: Intake) -> Opened:
    info = ledger.info
    resumed = ledger.counts().read > 0
    done = ledger.positions_settled() if resumed else Positions()
    adopted = await _adopted(plan, ledger, intake) if resumed else []
    for carried in adopted:
        for position in _positions(carried.batch):
            done.add(position, position + 1)
    if resumed:
        ledger.reopen()
    return Opened(info, ledger, intake, _limited(_chunks(plan, ledger, info), plan.limit), done, adopted, resumed)


def _positions(batch: Batch) -> list[int]:
    return [*batch.positions, *(position for position, _ in batch.merged)]


async def _chunks(plan: Plan, ledger: Ledger, info: RunInfo) -> AsyncGenerator[Chunk, None]:
    """All records of the input, in order; those of an input that cannot be read again from the spool, then from
    itself.
    """
    if info.replayable:
        if plan.source is None:
            raise JournalError(f"Run {info.run_id} was fed from {info.input}: it needs that input to go on")
        async with aclosing(plan.source.chunks()) as chunks:
            async for chunk in chunks:
                yield chunk
        return
    for chunk in ledger.spooled():
        yield chunk
    if plan.source is not None:
        async with aclosing(_spooling(plan.source, ledger)) as chunks:
            async for chunk in chunks:
                yield chunk


async def _spooling(source: Source, ledger: Ledger) -> AsyncGenerator[Chunk, None]:
    """What the input gives beyond the spool, spooled. Raises JournalError when it is not the input it was."""
    digests = list(ledger.spool_digests())
    known = sum(digest.size for digest in digests)
    check = SpoolCheck(digests)
    async with aclosing(source.chunks()) as chunks:
        async for chunk in chunks:
            again = min(len(chunk.raws), max(0, known - chunk.start))
            if check.feed(chunk.raws[:again]) is not None:
                raise JournalError(
                    f"{source.name} is not the input it was: it differs from what was read before, at record"
                    f" {check.differs} or soon after. Nothing new was sent. To go on with what was read before:"
                    f" zendesk-async resume {ledger.info.run_id}"
                )
            if again < len(chunk.raws):
                new = Chunk(chunk.start + again, chunk.raws[again:], chunk.lines[again:])
                ledger.spool(new.start, new.raws, new.lines)
                yield new


async def _limited(chunks: AsyncGenerator[Chunk, None], limit: int | None) -> AsyncGenerator[Chunk, None]:
    """The first ``limit`` records alone."""
    async with aclosing(chunks):
        async for chunk in chunks:
            if limit is None or chunk.start + len(chunk.raws) < limit:
                yield chunk
                continue
            kept = max(0, limit - chunk.start)
            yield Chunk(chunk.start, chunk.raws[:kept], chunk.lines[:kept])
            return


# -- jobs to take over -------------------------------------------------------------------------------------------


async def _adopted(plan: Plan, ledger: Ledger, intake: Intake) -> list[Carried]:
    """Batches whose jobs an earlier process left at Zendesk, with their records."""
    submitted = ledger.submitted_batches()
    wanted = {position for batch in submitted for position in batch.positions}
    wanted |= {position for batch in submitted for position, _ in batch.merged}
    if not wanted:
        return []
    records = await _look_up(plan, ledger, intake, wanted)
    settled = ledger.positions_settled()
    adopted = []
    for batch in submitted:
        if any(position in settled for position in batch.positions):
            ledger.abandoned(batch.seq)  # killed between settling a part of it and giving up the rest
        else:
            adopted.append(_taken_over(batch, records))
    return adopted


async def _look_up(plan: Plan, ledger: Ledger, intake: Intake, wanted: set[int]) -> dict[int, Record]:
    found: dict[int, Record] = {}
    last = max(wanted)
    async with aclosing(
        _chunks(plan, ledger, ledger.info) if ledger.info.replayable else _from_spool(ledger)
    ) as chunks:
        async for chunk in chunks:
            there = [index for index in range(len(chunk.raws)) if chunk.start + index in wanted]
            if there:
                shaped = intake.shape(chunk.part(there))
                found |= {item.position: item for item in shaped if isinstance(item, Record)}
            if chunk.start + len(chunk.raws) > last:
                break
    return found


async def _from_spool(ledger: Ledger) -> AsyncGenerator[Chunk, None]:
    for chunk in ledger.spooled():
        yield chunk


def _taken_over(submitted: SubmittedBatch, records: dict[int, Record]) -> Carried:
    """A batch as it was sent: its job's results go by the records of the request, in order."""
    try:
        sent = [records[position] for position in submitted.positions]
        folded: dict[int, list[Record]] = {}
        for position, carrier in submitted.merged:
            folded.setdefault(carrier, []).append(records[position])
    except KeyError as missing:
        raise JournalError(
            f"the input no longer holds record {missing}, which was sent: it is not the input it was"
        ) from None
    return Carried(Batch(sent, folded, submitted.attempt), Submitted(submitted.seq, submitted.job_id))
