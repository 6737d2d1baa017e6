from __future__ import annotations

import asyncio
import io
import logging
import sys

import pytest

from zendesk_async.cli.display import (
    REFRESH,
    Display,
    PlainDisplay,
    RichDisplay,
    display_for,
    follow,
    warnings_on,
)
from zendesk_async.models import Counts
from zendesk_async.upload.progress import Progress

PROGRESS = Progress(records=Counts(read=300, updated=200), elapsed=20, in_flight=1, fraction=0.5)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_where_there_is_no_terminal_there_are_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log file gets lines, not cursor movements; and the first snapshot, of nothing, gets none."""
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    with display_for(100) as display:
        assert isinstance(display, PlainDisplay)
        display.show(Progress())
        display.show(PROGRESS)
    assert log.getvalue() == "200 records: 200 updated; 10 of 100 users/s, 1 job in flight, about 40 s left\n"


def test_on_a_terminal_it_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lines are drawn over, with the share of the input that has been read."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "120")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with display_for(100) as display:
        assert isinstance(display, RichDisplay)
        display.show(PROGRESS)
        display.say("a [message] that stays")
    assert "33 %" in terminal.getvalue()
    assert "200 records" in terminal.getvalue()
    assert "a [message] that stays" in terminal.getvalue()


def test_no_color_means_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR is respected on a terminal too."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with RichDisplay(100) as display:
        display.show(PROGRESS)
    assert "200 records" in terminal.getvalue()
    assert "\x1b[3" not in terminal.getvalue()


def test_a_dumb_terminal_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """An editor's shell cannot move its cursor."""
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert isinstance(display_for(100), PlainDisplay)


def test_without_rich_there_are_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is optional: without it nothing is missing but the drawing."""
    monkeypatch.setitem(sys.modules, "rich", None)
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert isinstance(display_for(100), PlainDisplay)


def test_a_message_that_nobody_can_hear_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log whose disk is full does not end an upload."""
    attempts: list[str] = []

    class Full(io.StringIO):
        def write(self, text: str) -> int:
            attempts.append(text)
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "stderr", Full())
    PlainDisplay(100).say("hello")
    assert attempts, "it was tried, and it did not raise"


@pytest.mark.virtual_time
async def test_progress_is_asked_for_four_times_a_second_at_most() -> None:
    """Watching an upload costs nothing beside it."""

    class Counting(PlainDisplay):
        shown = 0

        def show(self, _: Progress) -> None:
            self.shown += 1

    display = Counting(100, every=REFRESH)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(10.1):
            await follow(display, Progress)
    assert display.shown == 41


def test_warnings_become_calm_single_lines() -> None:
    """Twenty-five workers that are all refused at the same moment complain once."""
    said: list[str] = []
    with warnings_on(said.append):
        for seconds in range(25):
            logging.getLogger("zendesk_async").warning("no connection\nat all; trying again in %.1f s", seconds)
        logging.getLogger("zendesk_async").warning("something else")
        logging.getLogger("zendesk_async").info("chatter")
    assert said == ["no connection at all; trying again in 0.0 s", "something else"]


def test_the_logger_is_left_as_it_was() -> None:
    """Whoever has set logging up for themselves finds it again."""
    logger = logging.getLogger("zendesk_async")
    before = (list(logger.handlers), logger.propagate)
    with warnings_on(print):
        pass
    assert (list(logger.handlers), logger.propagate) == before


def test_every_display_is_a_display() -> None:
    """Both can be used where one is asked for."""
    displays: list[Display] = [PlainDisplay(100), RichDisplay(100)]
    assert all(display.every > 0 for display in displays)
