"""The runs of one state directory: each a journal in ``runs/``, named by its run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from random import SystemRandom
from typing import TYPE_CHECKING

from zendesk_async.errors import JournalError
from zendesk_async.models import Report, RunStatus
from zendesk_async.state.database import private_directory
from zendesk_async.state.journal import Journal
from zendesk_async.state.lock import Lock
from zendesk_async.state.reading import JournalReader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from random import Random

    from zendesk_async.state.ledger import RunInfo

__all__ = ["RunStore", "RunSummary", "new_run_id"]

SUFFIX = ".journal"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_CHANCE = SystemRandom()
_LETTERS = "abcdefghjkmnpqrstvwxyz23456789"  # none that is taken for another, or spells a word


def new_run_id(now: datetime, random: Random = _CHANCE) -> str:
    """A name for a run that begins ``now``: in the order of time, and unlike any other."""
    return f"{now.astimezone(UTC):%Y%m%d-%H%M%S}-{''.join(random.choices(_LETTERS, k=4))}"


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run as a list shows it. ``process`` works on it now; ``problem`` says why its journal cannot be read."""

    run_id: str
    path: Path
    started_at: str
    info: RunInfo | None = None
    report: Report | None = None
    process: int | None = None
    problem: str = ""

    @property
    def unfinished(self) -> bool:
        """Whether there is something to resume."""
        return self.report is not None and self.report.status not in _FINISHED


_FINISHED = frozenset({RunStatus.COMPLETED, RunStatus.COMPLETED_WITH_FAILURES})


class RunStore:
    """Makes and finds the journals of a state directory. The directory comes into being with the first run."""

    def __init__(self, state_dir: Path) -> None:
        self._runs = state_dir / "runs"

    def __repr__(self) -> str:
        return f"<RunStore {self._runs}>"

    def path(self, run_id: str) -> Path:
        """Where a run's journal lies. Raises JournalError for a name that no run can have."""
        if not _NAME.fullmatch(run_id):
            raise JournalError(
                f"{run_id!r} cannot name a run: use up to 100 letters, digits, '.', '_' and '-', "
                "beginning with a letter or digit"
            )
        return self._runs / (run_id + SUFFIX)

    def create(self, info: RunInfo, *, full: bool = False) -> Journal:
        """Begin a run. Raises JournalError when there is a run of this name."""
        path = self.path(info.run_id)
        private_directory(self._runs)
        return Journal.create(path, info, full=full)

    def open(self, name: str, *, full: bool = False) -> Journal:
        """Open a run to go on with it; ``name`` as for ``find``."""
        return Journal.open(self.path(self.find(name)), full=full)

    def read(self, name: str) -> JournalReader:
        """Open a run to look at it; ``name`` as for ``find``."""
        return JournalReader.open(self.path(self.find(name)))

    def find(self, name: str) -> str:
        """The run of this name, or the one whose name begins so. Raises JournalError, naming what may be meant."""
        names = sorted(self._names())
        if name in names:
            return name
        matching = [known for known in names if known.startswith(name)] if name else []
        if len(matching) == 1:
            return matching[0]
        if matching:
            raise JournalError(f"{name!r} may be any of {', '.join(matching[-5:])}")
        if not names:
            raise JournalError(f"there is no run {name!r}: none has been started here ({self._runs.parent})")
        near = get_close_matches(name, names, n=3, cutoff=0.5) or names[:-4:-1]
        raise JournalError(f"there is no run {name!r}; there is {', '.join(near)}")

    def runs(self) -> list[RunSummary]:
        """All runs, the newest first. A journal that cannot be read is among them, with its problem."""
        summaries = [_summary(self.path(name)) for name in self._names()]
        return sorted(summaries, key=lambda run: (run.started_at, run.run_id), reverse=True)

    def last(self, *, unfinished: bool = False) -> RunSummary | None:
        """The newest run, or the newest that can be resumed; None when there is none."""
        return next((run for run in self.runs() if run.unfinished or not unfinished), None)

    def unfinished_for(self, fingerprint: str, destination: str, intake_digest: str) -> RunSummary | None:
        """The newest unfinished run of the same input, for the same destination, shaped in the same way."""
        wanted = (fingerprint, destination, intake_digest)
        return next((run for run in self.runs() if run.unfinished and run.info and _identity(run.info) == wanted), None)

    def _names(self) -> Iterator[str]:
        if self._runs.is_dir():
            names = (path.name.removesuffix(SUFFIX) for path in self._runs.glob("*" + SUFFIX))
            yield from (name for name in names if _NAME.fullmatch(name))


def _identity(info: RunInfo) -> tuple[str, str, str]:
    return info.fingerprint, info.destination, info.intake_digest


def _summary(path: Path) -> RunSummary:
    run_id = path.name.removesuffix(SUFFIX)
    try:
        with JournalReader.open(path) as journal:
            process = journal.process() if Lock(path).taken() else None
            return RunSummary(run_id, path, journal.info.started_at, journal.info, journal.report(), process)
    except JournalError as error:
        return RunSummary(run_id, path, _modified(path), problem=str(error))


def _modified(path: Path) -> str:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat()
    except OSError:
        return ""
