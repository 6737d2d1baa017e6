"""A Zendesk account that behaves: another program, which shares no code with the client.

So the two cannot share a misunderstanding. Nothing else of this package is imported here.

``Account`` is the whole account without I/O: requests in, answers out, time given. ``MockZendesk`` puts it on
a socket of this machine for as long as a block lasts; ``serve`` does so until the process is told to end.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zendesk_async.mock.account import Account
    from zendesk_async.mock.answers import Answer
    from zendesk_async.mock.faults import FAULT_KINDS, Faults
    from zendesk_async.mock.options import OPTIONS, Option, Options
    from zendesk_async.mock.server import MockZendesk, serve

__all__ = ["FAULT_KINDS", "OPTIONS", "Account", "Answer", "Faults", "MockZendesk", "Option", "Options", "serve"]

# The command line reads the table of options to print its help, and must not pay for a server to do so.
_HOMES = {
    "Account": "account",
    "Answer": "answers",
    "FAULT_KINDS": "faults",
    "Faults": "faults",
    "MockZendesk": "server",
    "OPTIONS": "options",
    "Option": "options",
    "Options": "options",
    "serve": "server",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
