from __future__ import annotations

import hashlib

from zendesk_async.state.schema import JOURNAL


def test_a_changed_schema_is_another_version() -> None:
    """A journal says which schema it has: who changes the schema raises ``version``, and then the digest here."""
    text = " ".join(" ".join(JOURNAL.schema).split())
    assert (JOURNAL.version, hashlib.sha256(text.encode()).hexdigest()[:16]) == (1, "3272c664b3a4722b")


def test_a_journal_is_recognised_by_its_mark() -> None:
    """The mark is ours, fits SQLite's signed 32 bits, and can be read in a dump."""
    assert JOURNAL.application_id.to_bytes(4, "big") == b"ZDAJ"
    assert JOURNAL.application_id < 1 << 31
