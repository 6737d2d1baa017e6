from __future__ import annotations

from zendesk_async.config.wording import did_you_mean, listed, words_for


def test_the_nearest_name_is_offered_as_it_is_written() -> None:
    """A slip of the finger is answered with the right name, in its own case."""
    assert did_you_mean("SUBDOMIAN", ["subdomain", "base_url"]) == ' Did you mean "subdomain"?'
    assert did_you_mean("acem", ["Acme", "beta"]) == ' Did you mean "Acme"?'


def test_a_name_that_is_near_to_none_gets_no_offer() -> None:
    """A wild guess would mislead."""
    assert did_you_mean("colour", ["subdomain", "base_url"]) == ""


def test_names_are_listed_in_their_order() -> None:
    """A list reads as it was given, and an empty one says so."""
    assert listed(["b", "a"]) == "b, a"
    assert listed([]) == "none"


def test_there_are_words_for_everything() -> None:
    """Also for what Python refuses to write: whoever looks at a rejected record sees at least what it was."""
    assert words_for({"a": 1}) == "{'a': 1}"
    assert words_for({"a": 10**5000}) == "<dict>"
