from __future__ import annotations

import math
from pathlib import Path

import pytest

from zendesk_async.cli.notices import notices
from zendesk_async.config.credentials import Credential, Credentials
from zendesk_async.config.destination import Destination
from zendesk_async.config.settings import Settings
from zendesk_async.config.values import Limits, Patience
from zendesk_async.errors import UsageError

OAUTH = Credentials.oauth_client("client", "secret")
TOKEN = Credentials.api_token("admin@acme.com", "secret")
ACME = Destination(subdomain="acme")
MOCK = Destination(base_url="http://127.0.0.1:8080")


def settings(destination: Destination, credential: Credential = OAUTH, rate: float = 100) -> Settings:
    return Settings(
        destination=destination,
        credential=credential,
        template=None,
        limits=Limits(rate=rate),
        patience=Patience(),
        state_dir=Path(),
        sources={},
    )


def test_who_uses_what_will_last_hears_nothing() -> None:
    """An OAuth client at the permitted rate needs no remark."""
    assert list(notices(settings(ACME))) == []


def test_who_uses_an_api_token_hears_of_its_end() -> None:
    """One line, with the date and the way out, and without the token."""
    (notice,) = notices(settings(ACME, TOKEN))
    assert "30 April 2027" in notice
    assert "OAuth" in notice
    assert "secret)" in notice
    assert "\n" not in notice


def test_a_higher_rate_is_permitted_with_a_word() -> None:
    """Zendesk may have promised more to this account; the others who use it should know."""
    (notice,) = notices(settings(ACME, rate=250))
    assert "250 users per second" in notice


def test_no_rate_at_all_is_refused_to_zendesk() -> None:
    """Nobody floods a real account by a word."""
    with pytest.raises(UsageError, match="mock"):
        list(notices(settings(ACME, rate=math.inf)))


@pytest.mark.parametrize("rate", [math.inf, 5_000])
def test_a_mock_may_be_met_with_anything(rate: float) -> None:
    """That is what it is for."""
    assert list(notices(settings(MOCK, rate=rate))) == []


def test_a_base_url_at_zendesk_is_zendesk() -> None:
    """The address decides, not how it was configured."""
    with pytest.raises(UsageError):
        list(notices(settings(Destination(base_url="https://acme.zendesk.com"), rate=math.inf)))
