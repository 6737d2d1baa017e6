from __future__ import annotations

import math

import pytest

from tests.cli.settings_made import NOWHERE, settings
from zendesk_async.cli.notices import notices
from zendesk_async.config.credentials import Credentials
from zendesk_async.config.destination import Destination
from zendesk_async.config.values import Limits
from zendesk_async.errors import UsageError

TOKEN = Credentials.api_token("admin@acme.com", "secret")
ACME = Destination(subdomain="acme")
ACME_BY_ADDRESS = Destination(base_url="https://acme.zendesk.com")


def test_who_uses_what_will_last_hears_nothing() -> None:
    """An OAuth client at the permitted rate needs no remark."""
    assert list(notices(settings(destination=ACME))) == []


def test_who_uses_an_api_token_hears_of_its_end() -> None:
    """One line, with the date and the way out, and without the token."""
    (notice,) = notices(settings(destination=ACME, credential=TOKEN))
    assert "30 April 2027" in notice
    assert "OAuth" in notice
    assert "secret)" in notice
    assert "\n" not in notice


def test_a_higher_rate_is_permitted_with_a_word() -> None:
    """Zendesk may have promised more to this account; the others who use it should know."""
    (notice,) = notices(settings(destination=ACME, limits=Limits(rate=250)))
    assert "250 users per second" in notice


def test_no_rate_at_all_is_refused_to_zendesk() -> None:
    """Nobody floods a real account by a word."""
    with pytest.raises(UsageError, match="mock"):
        list(notices(settings(destination=ACME, limits=Limits(rate=math.inf))))


@pytest.mark.parametrize("rate", [math.inf, 5_000])
def test_a_mock_may_be_met_with_anything(rate: float) -> None:
    """That is what it is for."""
    assert list(notices(settings(destination=NOWHERE, limits=Limits(rate=rate)))) == []


def test_a_base_url_at_zendesk_is_zendesk() -> None:
    """The address decides, not how it was configured."""
    with pytest.raises(UsageError):
        list(notices(settings(destination=ACME_BY_ADDRESS, limits=Limits(rate=math.inf))))
