"""What an upload was asked to do: kept in its journal, so that ``resume`` needs nothing but the run's name. Pure.

No secret is among it: credentials are looked up anew, by the same names, in whatever process goes on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Self

from zendesk_async.config.settings import Options

__all__ = ["STDIN", "Asked"]

STDIN = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options of ``upload``, as given; None where nothing was said.

    ``input`` is a path or "-"; ``retry_of`` names the run whose rejects are the input instead. Paths are kept
    absolute, for the process that goes on may begin elsewhere.
    """

    input: str = ""
    retry_of: str = ""
    format: str = "auto"
    destination: str | None = None
    template: str | None = None
    config: Path | None = None
    state: Path | None = None
    rate: float | None = None
    batch_size: int | None = None
    jobs: int | None = None
    patience: float | None = None
    slack: float | None = None
    limit: int | None = None
    ignore_unknown: bool = False
    changed_only: bool = False
    resend_after: int | None = None
    max_failed: float | None = None
    results: Path | None = None
    report: Path | None = None

    def options(self) -> Options:
        """The part that configuration answers to."""
        names = {field.name for field in fields(Options)} & {field.name for field in fields(self)}
        return Options(**{name: getattr(self, name) for name in names})

    def kept(self) -> dict[str, Any]:
        """What a journal keeps of it: anything that JSON can say. ``state`` is left out: the journal is there."""
        told = {name: value for name, value in asdict(self).items() if value is not None and name != "state"}
        if self.input not in {"", STDIN}:
            told["input"] = str(Path(self.input).absolute())
        if self.rate == math.inf:
            told["rate"] = "none"
        if self.max_failed == math.inf:
            del told["max_failed"]
        return {name: str(value.absolute()) if isinstance(value, Path) else value for name, value in told.items()}

    @classmethod
    def of(cls, kept: Mapping[str, Any], **more: Any) -> Self:
        """What a journal has kept, and what was said anew. Options of other versions are let go."""
        known = {field.name for field in fields(cls)}
        told = {name: value for name, value in kept.items() if name in known}
        if told.get("rate") == "none":
            told["rate"] = math.inf
        for name in ("config", "results", "report"):
            if told.get(name) is not None:
                told[name] = Path(told[name])
        return replace(cls(**told), **{name: value for name, value in more.items() if value is not None})
