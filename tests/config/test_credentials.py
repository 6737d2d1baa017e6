from __future__ import annotations

from collections.abc import Callable

import pytest

from zendesk_async.config.credentials import DEFAULT_SCOPE, ApiToken, Credential, Credentials, OAuthClient, OAuthToken
from zendesk_async.errors import ConfigError

SECRET = "s3cr3t-0123456789"

EVERY_KIND = [
    pytest.param(lambda secret: Credentials.api_token("admin@acme.com", secret), id="api-token"),
    pytest.param(Credentials.oauth_token, id="oauth-token"),
    pytest.param(lambda secret: Credentials.oauth_client("zendesk_async", secret), id="oauth-client"),
]


@pytest.mark.parametrize("make", EVERY_KIND)
def test_a_secret_is_in_no_repr(make: Callable[[str], Credential]) -> None:
    """A credential may be printed or logged without giving its secret away."""
    credential = make(SECRET)
    assert SECRET not in f"{credential!r} {credential} {[credential]!r}"


@pytest.mark.parametrize("make", EVERY_KIND)
@pytest.mark.parametrize("broken", ["two words", "two\nlines", "tab\tbed"])
def test_a_secret_is_in_no_error(make: Callable[[str], Credential], broken: str) -> None:
    """Whoever pastes a broken secret is told what is wrong without seeing it quoted."""
    with pytest.raises(ConfigError, match="space or a line break") as caught:
        make(broken)
    assert broken not in str(caught.value)


@pytest.mark.parametrize("make", EVERY_KIND)
@pytest.mark.parametrize("empty", ["", "  ", "\n"])
def test_an_empty_secret_is_refused(make: Callable[[str], Credential], empty: str) -> None:
    """An empty secret would be answered by Zendesk as an anonymous user; it is refused before."""
    with pytest.raises(ConfigError, match="is empty"):
        make(empty)


@pytest.mark.parametrize("make", EVERY_KIND)
def test_the_line_break_that_was_copied_along_is_dropped(make: Callable[[str], Credential]) -> None:
    """Secrets copied with blanks or a line break around them are the same secrets."""
    assert make(f"  {SECRET}\n") == make(SECRET)


def test_each_way_gives_its_kind() -> None:
    """The three class methods give the three kinds of credential with what was said."""
    assert Credentials.api_token("admin@acme.com", SECRET) == ApiToken("admin@acme.com", SECRET)
    assert Credentials.oauth_token(SECRET) == OAuthToken(SECRET)
    client = Credentials.oauth_client("zendesk_async", SECRET, scope="users:write", expires_in=600)
    assert client == OAuthClient("zendesk_async", SECRET, "users:write", 600)


def test_an_oauth_client_asks_for_what_an_upload_needs() -> None:
    """Without a scope said, the token may read and write: jobs and user fields have no scope of their own."""
    assert Credentials.oauth_client("zendesk_async", SECRET).scope == DEFAULT_SCOPE == "read write"


def test_an_email_as_zendesk_documents_it_is_understood() -> None:
    """Who pastes ``admin@acme.com/token``, as curl examples have it, means admin@acme.com."""
    assert Credentials.api_token("admin@acme.com/token", SECRET).email == "admin@acme.com"


@pytest.mark.parametrize("email", ["admin", "admin@acme.com:secret", "admin acme@acme.com"])
def test_what_is_no_email_is_refused(email: str) -> None:
    """A user name, or a pair with its password, is not an e-mail address."""
    with pytest.raises(ConfigError):
        Credentials.api_token(email, SECRET)


@pytest.mark.parametrize("seconds", [299, 172_801])
def test_a_token_lives_as_long_as_zendesk_permits(seconds: int) -> None:
    """Zendesk accepts lives from 300 to 172,800 seconds; others are refused here, with these numbers."""
    with pytest.raises(ConfigError, match=r"from 300 to 172800 seconds"):
        Credentials.oauth_client("zendesk_async", SECRET, expires_in=seconds)


@pytest.mark.parametrize("seconds", [300, 172_800])
def test_the_bounds_of_a_life_belong_to_it(seconds: int) -> None:
    """300 and 172,800 seconds themselves are accepted."""
    assert Credentials.oauth_client("zendesk_async", SECRET, expires_in=seconds).expires_in == seconds


def test_a_blank_scope_is_refused() -> None:
    """A token without a scope would be answered 403 everywhere."""
    with pytest.raises(ConfigError, match="scope"):
        Credentials.oauth_client("zendesk_async", SECRET, scope=" ")
