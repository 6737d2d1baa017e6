from __future__ import annotations

import asyncio
import os
import signal
import threading

import pytest

from zendesk_async.cli.signals import Interruption


async def heard(interruption: Interruption) -> None:
    """Wait until a signal that was sent has been acted upon."""
    while interruption.received is None:  # noqa: ASYNC110 - a signal sets no event
        await asyncio.sleep(0)


async def test_the_first_signal_asks_politely() -> None:
    """Ctrl-C does not tear an upload down; it asks it to stop."""
    asked: list[bool] = []
    with Interruption() as interruption:
        interruption.polite = lambda: asked.append(True)
        os.kill(os.getpid(), signal.SIGINT)
        await heard(interruption)
    assert asked == [True]
    assert interruption.received is signal.SIGINT
    assert not interruption.at_once


async def test_the_second_ends_at_once() -> None:
    """Who presses twice means it."""
    asked: list[bool] = []
    with pytest.raises(asyncio.CancelledError), Interruption() as interruption:
        interruption.polite = lambda: asked.append(True)
        os.kill(os.getpid(), signal.SIGTERM)
        await heard(interruption)
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(10)
    assert asked == [True]
    assert interruption.at_once
    assert interruption.received is signal.SIGTERM


async def test_before_there_is_anything_to_stop_the_first_ends_at_once() -> None:
    """While the input is being opened nothing is under way that would need to be seen through."""
    with pytest.raises(asyncio.CancelledError), Interruption() as interruption:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(10)
    assert interruption.received is signal.SIGINT


async def test_to_leave_can_be_decided_without_a_second_signal() -> None:
    """When there is nothing to see through, the first signal is enough."""
    with pytest.raises(asyncio.CancelledError), Interruption() as interruption:
        interruption.polite = interruption.leave
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(10)
    assert interruption.at_once


async def test_handlers_are_put_back() -> None:
    """A program that embeds the command line has its own Ctrl-C again afterwards."""
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with Interruption():
        assert signal.getsignal(signal.SIGTERM) != before[1]
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_outside_the_main_thread_signals_are_somebody_elses() -> None:
    """Python permits no handlers there; an upload runs all the same."""
    outcome: list[object] = []

    async def quiet() -> None:
        with Interruption() as interruption:
            outcome.append(interruption.received)

    thread = threading.Thread(target=lambda: asyncio.run(quiet()))
    thread.start()
    thread.join()
    assert outcome == [None]
