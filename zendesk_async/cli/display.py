"""Where progress and messages go: a live display on a terminal, a plain line now and then elsewhere.

Rules of this file:

- All of it goes to standard error; standard output is the result's.
- Nothing is drawn by a thread: ``follow`` asks for a snapshot from the loop, four times a second at most.
- rich is optional, and imported only where there is a terminal to draw on.
"""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import math
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Protocol, Self

import click

from zendesk_async.cli.progress import Pace, figures, one_line, pace_line

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live

    from zendesk_async.upload.progress import Progress

__all__ = ["Display", "PlainDisplay", "RichDisplay", "display_for", "follow", "warnings_on"]

REFRESH = 0.25  # seconds
PLAIN = 10.0  # seconds between two lines where there is no terminal
REPEATED = 5.0  # seconds during which the same warning, of another worker, is not shown again
BAR = 30  # columns


class Display(Protocol):
    """Shows progress, and messages above it. ``every`` is how often, in seconds, it wants a snapshot."""

    every: float

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def show(self, progress: Progress) -> None:
        """Show where the upload stands."""

    def say(self, message: str) -> None:
        """Show a message that stays."""


class PlainDisplay:
    """A line on standard error every ten seconds."""

    def __init__(self, limit: float, most: int | None = None, every: float = PLAIN) -> None:
        self.every = every
        self._limit = limit
        self._pace = Pace(most)
        self._begun = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def show(self, progress: Progress) -> None:
        """Print a line; none for the first snapshot, when there is nothing to say yet."""
        self._pace.note(progress)
        if self._begun:
            self.say(one_line(progress, self._pace, self._limit))
        self._begun = True

    def say(self, message: str) -> None:
        """Print a message. That nobody can hear it is no reason to end an upload."""
        with suppress(OSError):
            click.echo(message, err=True)


class RichDisplay:
    """Two lines that are drawn over, and messages above them."""

    every = REFRESH

    def __init__(self, limit: float, most: int | None = None) -> None:
        from rich.console import Console
        from rich.live import Live

        self._limit = limit
        self._pace = Pace(most)
        self._console = Console(stderr=True, highlight=False)
        self._live: Live = Live(console=self._console, auto_refresh=False, transient=True)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def show(self, progress: Progress) -> None:
        """Draw the lines anew."""
        self._pace.note(progress)
        self._live.update(self._drawn(progress), refresh=True)

    def say(self, message: str) -> None:
        """Print a message above the lines."""
        self._console.print(message, markup=False, soft_wrap=True)

    def _drawn(self, progress: Progress) -> RenderableType:
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        first: RenderableType = Text(figures(progress.records), style="bold", no_wrap=True, overflow="ellipsis")
        if (share := self._pace.share) is not None:
            grid = Table.grid(padding=(0, 2))
            grid.add_row(
                ProgressBar(total=1.0, completed=share, width=BAR), Text(f"{math.floor(100 * share)} %"), first
            )
            first = grid
        second = Text(pace_line(progress, self._pace, self._limit), style="dim", no_wrap=True, overflow="ellipsis")
        return Group(first, second)


def display_for(limit: float, most: int | None = None) -> Display:
    """The display that suits standard error. ``limit`` is the rate, ``most`` the greatest number of records."""
    if sys.stderr is not None and sys.stderr.isatty() and importlib.util.find_spec("rich") is not None:
        from rich.console import Console

        if not Console(stderr=True).is_dumb_terminal:
            return RichDisplay(limit, most)
    return PlainDisplay(limit, most)


async def follow(display: Display, snapshot: Callable[[], Progress]) -> None:
    """Show snapshots until cancelled."""
    while True:
        display.show(snapshot())
        await asyncio.sleep(display.every)


class _Warnings(logging.Handler):
    """Shows warnings as single lines; what several workers complain of at the same time is said once."""

    def __init__(self, say: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._say = say
        self._said: dict[str, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        message = " ".join(record.getMessage().split())
        kind = re.sub(r"\d+", "", message)
        now = time.monotonic()
        if now - self._said.get(kind, -REPEATED) >= REPEATED:
            self._said[kind] = now
            self._say(message)


@contextmanager
def warnings_on(say: Callable[[str], None]) -> Iterator[None]:
    """Show what the package warns of, for as long as the block lasts."""
    logger = logging.getLogger("zendesk_async")
    handler: Any = _Warnings(say)
    propagate = logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate
