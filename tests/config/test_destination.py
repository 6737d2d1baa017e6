from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.config.destination import LABEL, Destination, account_url, checked_url, subdomain_of
from zendesk_async.errors import ConfigError


@pytest.mark.parametrize(
    "text",
    [
        "acme",
        "ACME",
        " acme\n",
        "acme.zendesk.com",
        "https://acme.zendesk.com",
        "https://acme.zendesk.com/",
        "http://acme.zendesk.com/agent/dashboard?x=1#y",
        "//acme.zendesk.com",
    ],
)
def test_whatever_a_browser_shows_is_reduced_to_the_subdomain(text: str) -> None:
    """A subdomain may be pasted as a host or a whole address."""
    destination = Destination(subdomain=text)
    assert destination.subdomain == destination.name == "acme"
    assert destination.base_url == "https://acme.zendesk.com"


@pytest.mark.parametrize(
    "text", ["acme.example.com", "-acme", "acme-", "ac me", "acme_1", "a" * 64, "https://", "acme.zendesk.com.evil.com"]
)
def test_what_is_no_subdomain_is_refused(text: str) -> None:
    """Credentials are never sent to a host made of something that is no subdomain."""
    with pytest.raises(ConfigError, match="is not a Zendesk subdomain"):
        Destination(subdomain=text)


@given(st.text(max_size=30))
def test_a_subdomain_always_stays_under_zendesk(text: str) -> None:
    """Whatever is given, either it is refused or the address is one label under zendesk.com."""
    try:
        label = subdomain_of(text)
    except ConfigError:
        return
    assert LABEL.fullmatch(label)
    assert account_url(label) == f"https://{label}.zendesk.com"


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8080", "http://127.1.2.3", "http://[::1]:9", "http://localhost:8080", "https://proxy.acme.com"],
)
def test_a_mock_here_and_a_proxy_elsewhere_are_accepted(url: str) -> None:
    """Plain http is for this machine, https for anywhere."""
    assert Destination(base_url=url).base_url == url


@pytest.mark.parametrize(
    "url", ["http://acme.zendesk.com", "http://10.0.0.1", "http://localhost.evil.com", "http://0.0.0.0", "http://[::]"]
)
def test_plain_http_to_another_host_is_refused(url: str) -> None:
    """Credentials never travel in the clear."""
    with pytest.raises(ConfigError, match="in the clear: use https"):
        Destination(base_url=url)


@pytest.mark.parametrize(
    "url",
    ["127.0.0.1:8080", "ftp://127.0.0.1", "http://", "http://127.0.0.1:port", "http://[::1", "http://a b", "acme"],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    """A base URL is a whole address, and the message shows one."""
    with pytest.raises(ConfigError, match=r"must be a whole address, such as http://127\.0\.0\.1:8080"):
        checked_url(url)


@pytest.mark.parametrize(
    "url", ["https://admin:hunter2@proxy.acme.com", "https://proxy.acme.com/?token=hunter2", "admin:hunter2@proxy"]
)
def test_an_address_with_a_secret_is_refused_without_quoting_it(url: str) -> None:
    """A password or token in the address would end up in messages; it is refused, and not quoted."""
    with pytest.raises(ConfigError) as caught:
        checked_url(url)
    assert "hunter2" not in str(caught.value)


def test_the_trailing_slash_goes() -> None:
    """Paths are appended to the base URL, so it ends without a slash."""
    assert checked_url("http://127.0.0.1:8080/") == "http://127.0.0.1:8080"


def test_a_destination_without_address_is_refused() -> None:
    """Nothing said about where to is an error that says what to give."""
    with pytest.raises(ConfigError, match="needs a subdomain"):
        Destination(name="acme")


def test_a_name_is_kept_and_otherwise_made() -> None:
    """Messages call a destination by its name, else by its subdomain, else by its address."""
    assert Destination(name="production", subdomain="acme").name == "production"
    assert Destination(base_url="http://127.0.0.1:8080").name == "127.0.0.1:8080"
