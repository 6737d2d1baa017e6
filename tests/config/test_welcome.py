from __future__ import annotations

import tomllib

import msgspec

from zendesk_async.config import environment, toml
from zendesk_async.config.welcome import no_credential, no_destination


def test_the_newcomer_reads_three_ways_with_lines_to_type() -> None:
    """Who configured nothing learns every way in, with lines that can be typed as they stand."""
    message = no_destination()
    for line in (
        "export ZENDESK_SUBDOMAIN=acme",
        "read -rs ZENDESK_OAUTH_CLIENT_SECRET && export ZENDESK_OAUTH_CLIENT_SECRET",
        "read -rs ZENDESK_API_TOKEN && export ZENDESK_API_TOKEN",
        "zendesk-async mock",
    ):
        assert line in message


def test_the_variables_it_names_are_the_ones_that_are_read() -> None:
    """Advice about a variable that nobody reads would be worse than none."""
    words = no_destination().replace("=", " ").split()
    named = {word for word in words if word.startswith("ZENDESK_")}
    assert named <= set(environment.VARIABLES.values())


def test_the_zendesk_toml_that_it_shows_is_a_good_one() -> None:
    """The example can be pasted into a file and is accepted."""
    example = no_destination().partition("[destinations.acme]")
    content = tomllib.loads("[destinations.acme]" + example[2].partition("   and its secret")[0])
    assert msgspec.convert(content, toml.Tables).credentials["support"].client_id == "zendesk_async"


def test_who_has_credentials_but_chose_none_is_asked_which() -> None:
    """Several credentials and none chosen is a question, not a lecture."""
    assert no_credential("support, marketing").startswith("Which credential? There are support, marketing")
    assert "export ZENDESK_SUBDOMAIN" in no_credential("none")
