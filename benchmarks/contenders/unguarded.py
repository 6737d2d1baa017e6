"""zendesk-async without its guard against the same user twice: what the guard costs is the difference.

Only the benchmark does this: a user in two live jobs is a race in Zendesk. The keys by which users are told apart are
still made, so their price is not in the difference.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from zendesk_async.cli import main
from zendesk_async.upload import guard

if TYPE_CHECKING:
    from zendesk_async.models import Record


def claim(_: guard.Guard, __: Record) -> bool:
    """Let every record through."""
    return True


def claim_all(_: guard.Guard, __: Sequence[Record]) -> bool:
    """Let all of them through."""
    return True


def release(_: guard.Guard, __: Iterable[str]) -> None:
    """Forget what was never claimed."""


if __name__ == "__main__":
    guard.Guard.claim = claim  # type: ignore[assignment, method-assign]
    guard.Guard.claim_all = claim_all  # type: ignore[assignment, method-assign]
    guard.Guard.free = claim  # type: ignore[assignment, method-assign]
    guard.Guard.release = release  # type: ignore[assignment, method-assign]
    sys.exit(main())
