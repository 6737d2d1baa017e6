from __future__ import annotations

import os
import signal
import threading

import pytest

from zendesk_async.cli.termination import Terminated, terminable


def test_sigterm_ends_what_has_not_begun() -> None:
    """While a password manager is being asked for the secret, SIGTERM ends the command."""
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(Terminated), terminable():
        os.kill(os.getpid(), signal.SIGTERM)
        signal.pause()
    assert signal.getsignal(signal.SIGTERM) == before


def test_outside_the_main_thread_nothing_is_changed() -> None:
    """Python permits no handlers there; the command runs all the same."""
    ran: list[bool] = []

    def work() -> None:
        with terminable():
            ran.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert ran == [True]
