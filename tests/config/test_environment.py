from __future__ import annotations

import pytest

from zendesk_async.config.credentials import ApiToken, OAuthClient, OAuthToken
from zendesk_async.config.environment import read_environment
from zendesk_async.errors import ConfigError

API_TOKEN = {"ZENDESK_EMAIL": "admin@acme.com", "ZENDESK_API_TOKEN": "t0k3n"}
OAUTH_TOKEN = {"ZENDESK_OAUTH_TOKEN": "b34r3r"}
OAUTH_CLIENT = {"ZENDESK_OAUTH_CLIENT_ID": "uploader", "ZENDESK_OAUTH_CLIENT_SECRET": "s3cr3t"}


@pytest.mark.parametrize(
    ("variables", "credential"),
    [
        (API_TOKEN, ApiToken("admin@acme.com", "t0k3n")),
        (OAUTH_TOKEN, OAuthToken("b34r3r")),
        (OAUTH_CLIENT, OAuthClient("uploader", "s3cr3t")),
        ({}, None),
    ],
)
def test_each_kind_of_credential_is_read(variables: dict[str, str], credential: object) -> None:
    """The variables of a kind together make that credential."""
    assert read_environment(variables).credential() == credential


@pytest.mark.parametrize("name", ["ZENDESK_API_TOKEN", "ZENDESK_OAUTH_CLIENT_SECRET"])
def test_half_a_credential_is_none_and_says_what_is_missing(name: str) -> None:
    """A secret without its identity is not used, and the other half is named."""
    environment = read_environment({name: "s3cr3t"})
    assert environment.credential() is None
    other = {"ZENDESK_API_TOKEN": "ZENDESK_EMAIL", "ZENDESK_OAUTH_CLIENT_SECRET": "ZENDESK_OAUTH_CLIENT_ID"}[name]
    assert environment.what_is_missing() == f"{name} is set, but {other} is not: they only work together."


def test_nothing_begun_is_nothing_missing() -> None:
    """Who set nothing hears of no particular variable."""
    assert read_environment({}).what_is_missing() == ""


def test_two_whole_credentials_are_a_question() -> None:
    """Nobody uploads in the name of a token that was forgotten in the environment."""
    with pytest.raises(ConfigError, match="ZENDESK_OAUTH_TOKEN and ZENDESK_API_TOKEN are both set"):
        read_environment(API_TOKEN | OAUTH_TOKEN).credential()


def test_a_whole_credential_beside_half_a_one_is_used() -> None:
    """A leftover e-mail address does not disturb an OAuth token."""
    assert read_environment(OAUTH_TOKEN | {"ZENDESK_EMAIL": "admin@acme.com"}).credential() == OAuthToken("b34r3r")


def test_an_empty_variable_is_not_set() -> None:
    """CI systems set variables to nothing; that means nothing."""
    assert read_environment({"ZENDESK_OAUTH_TOKEN": " "}).credential() is None
    assert not read_environment({"ZENDESK_SUBDOMAIN": ""}).names_destination


@pytest.mark.parametrize("name", ["ZENDESK_SUBDOMAIN", "ZENDESK_BASE_URL"])
def test_subdomain_or_base_url_names_a_destination(name: str) -> None:
    """Either of the two says where to."""
    assert read_environment({name: "acme"}).names_destination


def test_a_variable_of_ones_own_is_found() -> None:
    """The zendesk.toml may name any variable for a secret."""
    assert read_environment({"ACME_SECRET": " s3cr3t\n"}).secret("ACME_SECRET") == "s3cr3t"
    assert read_environment({}).secret("ACME_SECRET") == ""


def test_no_secret_is_in_the_repr() -> None:
    """The environment may be printed without giving a secret away."""
    shown = repr(read_environment(API_TOKEN | OAUTH_TOKEN | OAUTH_CLIENT | {"OTHER": "0th3r"}))
    assert not {secret for secret in ("t0k3n", "b34r3r", "s3cr3t", "0th3r") if secret in shown}


def test_the_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without another mapping the real environment is read."""
    monkeypatch.setenv("ZENDESK_SUBDOMAIN", "acme")
    assert read_environment().subdomain == "acme"
