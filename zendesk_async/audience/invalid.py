"""Why a record cannot be sent. Pure.

``Invalid`` never leaves this room: the intake turns it into a Rejection, which is a value.
"""

from __future__ import annotations

__all__ = ["Invalid", "UnknownKey"]


class Invalid(Exception):
    """One record is not fit to be sent. ``error`` is a name to count by, ``details`` a sentence to mend it by."""

    def __init__(self, error: str, details: str) -> None:
        super().__init__(details)
        self.error = error
        self.details = details


class UnknownKey(Invalid):
    """A key that Zendesk would drop in silence: a mistake of the whole input rather than of one record."""

    def __init__(self, details: str) -> None:
        super().__init__("UnknownKey", details)
