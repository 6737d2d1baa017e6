"""Tell an e-mail address from what is none. Pure.

An ordinary ASCII address is told by a regular expression that accepts nothing doubtful; everything else (quotes,
umlauts, unusual signs) is for email-validator, which is imported only when it is needed. Syntax alone is judged: no
name is looked up, and reserved domains (``.local``, ``.test``) are for Zendesk to like or dislike.
"""

from __future__ import annotations

import re

__all__ = ["LONGEST_ORDINARY", "ORDINARY", "ORDINARY_LINES", "why_not"]

_ADDRESS = (
    r"[a-zA-Z0-9_+-]++(?:\.[a-zA-Z0-9_+-]++)*+"  # dots stand alone, and not at an end
    r"@(?:[a-zA-Z0-9]++[.-])++(?<=\.)[a-zA-Z]{2,}+"  # so do dots and hyphens here
)
ORDINARY = re.compile(_ADDRESS).fullmatch
ORDINARY_LINES = re.compile(rf"(?:{_ADDRESS}\n)*+").fullmatch
"""Many of them, each with a line break: asked once, that takes a fraction of the time."""

LONGEST_ORDINARY = 64
"""Up to this length, no part of an address can be too long."""


def why_not(email: str) -> str | None:
    """Say what is wrong with an address; None when it is one."""
    if len(email) <= LONGEST_ORDINARY and ORDINARY(email):
        return None
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(email, check_deliverability=False, strict=True, test_environment=True)
    except EmailNotValidError as error:
        return str(error)
    return None
