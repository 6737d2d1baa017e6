from __future__ import annotations

from zendesk_async.audience.invalid import Invalid, UnknownKey


def test_an_invalid_record_has_a_name_and_a_sentence() -> None:
    """``error`` is for counting, ``details`` for the person who mends it."""
    invalid = Invalid("TooLong", "the name is too long")
    assert (invalid.error, invalid.details, str(invalid)) == ("TooLong", "the name is too long", "the name is too long")


def test_an_unknown_key_is_told_from_other_mistakes() -> None:
    """It may be a mistake of the whole input, so it is a class of its own."""
    assert isinstance(UnknownKey("emial"), Invalid)
    assert UnknownKey("emial").error == "UnknownKey"
