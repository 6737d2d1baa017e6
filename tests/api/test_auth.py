from __future__ import annotations

import asyncio
import base64

import pytest

from zendesk_async.api.auth import EARLY, Authentication, authentication
from zendesk_async.config.credentials import ApiToken, Credential, OAuthClient, OAuthToken
from zendesk_async.errors import ApiError, ServerError
from zendesk_async.models import Requests

pytestmark = pytest.mark.virtual_time

CLIENT = OAuthClient("our-app", "s3cr3t")
TALLY = Requests()


class Issuer:
    """Issues token-1, token-2 … as Zendesk's token endpoint would, after a round trip; ``fails`` are raised first."""

    def __init__(self, life: float = 7200.0) -> None:
        self.life = life
        self.issued = 0
        self.fails: list[Exception] = []
        self.tallies: list[Requests] = []

    async def __call__(self, client: OAuthClient, tally: Requests) -> tuple[str, float]:
        self.tallies.append(tally)
        await asyncio.sleep(0.1)
        if self.fails:
            raise self.fails.pop(0)
        self.issued += 1
        return f"token-{self.issued}", self.life

    def authentication(self, credential: Credential = CLIENT) -> Authentication:
        return authentication(credential, self, asyncio.get_running_loop().time)


async def test_an_api_token_is_basic_authentication() -> None:
    """The header is base64 of "email/token:token", as Zendesk documents it."""
    header = await Issuer().authentication(ApiToken("admin@example.com", "abc")).header(TALLY)
    scheme, _, secret = header.partition(" ")
    assert (scheme, base64.b64decode(secret)) == ("Basic", b"admin@example.com/token:abc")


async def test_an_oauth_token_is_a_bearer() -> None:
    """A token made elsewhere is sent as it is, and nothing is fetched."""
    issuer = Issuer()
    assert await issuer.authentication(OAuthToken("abc")).header(TALLY) == "Bearer abc"
    assert issuer.issued == 0


@pytest.mark.parametrize("credential", [ApiToken("admin@example.com", "abc"), OAuthToken("abc")])
async def test_a_fixed_credential_is_not_renewed(credential: Credential) -> None:
    """Asking again with the same secret would be refused again."""
    auth = Issuer().authentication(credential)
    assert not auth.refused(await auth.header(TALLY))


async def test_one_token_serves_everybody() -> None:
    """Twenty who need a token at once cause one request for it, which counts in the tally of the first."""
    issuer = Issuer()
    auth = issuer.authentication()
    tallies = [Requests() for _ in range(20)]
    headers = await asyncio.gather(*(auth.header(tally) for tally in tallies))
    assert set(headers) == {"Bearer token-1"}
    assert issuer.tallies == [tallies[0]]


async def test_a_token_is_kept_until_shortly_before_it_expires() -> None:
    """It is renewed a minute early, so that no request leaves with one that expires on its way."""
    auth = Issuer(life=7200).authentication()
    assert await auth.header(TALLY) == "Bearer token-1"
    await asyncio.sleep(7200 - EARLY - 1)
    assert await auth.header(TALLY) == "Bearer token-1"
    await asyncio.sleep(1)
    assert await auth.header(TALLY) == "Bearer token-2"


async def test_a_short_life_is_not_eaten_by_the_margin() -> None:
    """A token of 100 seconds serves for 80 of them: a minute's margin would leave it 40."""
    auth = Issuer(life=100).authentication()
    await auth.header(TALLY)
    await asyncio.sleep(79)
    assert await auth.header(TALLY) == "Bearer token-1"
    await asyncio.sleep(1)
    assert await auth.header(TALLY) == "Bearer token-2"


async def test_a_refused_token_is_replaced() -> None:
    """A token revoked in mid-upload costs one renewal, however many requests were under way with it."""
    issuer = Issuer()
    auth = issuer.authentication()
    old = await auth.header(TALLY)
    assert all(auth.refused(old) for _ in range(10))
    assert set(await asyncio.gather(*(auth.header(TALLY) for _ in range(10)))) == {"Bearer token-2"}
    assert issuer.issued == 2


async def test_a_late_refusal_of_the_old_token_spares_the_new_one() -> None:
    """A 401 to a request that left before the renewal says nothing of the new token."""
    issuer = Issuer()
    auth = issuer.authentication()
    old = await auth.header(TALLY)
    auth.refused(old)
    new = await auth.header(TALLY)
    assert auth.refused(old)
    assert await auth.header(TALLY) == new


async def test_a_failed_renewal_is_tried_by_the_next() -> None:
    """Whoever waited for a renewal that failed tries himself; the lock is not lost."""
    issuer = Issuer()
    issuer.fails = [ServerError("busy", status=503)]
    auth = issuer.authentication()
    first, second = await asyncio.gather(auth.header(TALLY), auth.header(TALLY), return_exceptions=True)
    assert isinstance(first, ServerError)
    assert second == "Bearer token-1"


async def test_a_cancelled_renewal_leaves_nothing_locked() -> None:
    """Cancelling who fetches a token lets the next one fetch it."""
    issuer = Issuer()
    auth = issuer.authentication()
    fetching = asyncio.create_task(auth.header(TALLY))
    waiting = asyncio.create_task(auth.header(TALLY))
    await asyncio.sleep(0.05)
    fetching.cancel()
    assert await waiting == "Bearer token-1"
    assert fetching.cancelled()


async def test_an_answer_without_a_token_is_a_temporary_error() -> None:
    """A proxy's page instead of a token is no reason to send an empty one."""

    async def nothing(client: OAuthClient, tally: Requests) -> tuple[str, float]:
        return "", 7200.0

    with pytest.raises(ServerError):
        await authentication(CLIENT, nothing, lambda: 0.0).header(TALLY)


@pytest.mark.parametrize("credential", [ApiToken("admin@example.com", "s3cr3t"), OAuthToken("s3cr3t"), CLIENT])
async def test_no_secret_is_in_a_repr(credential: Credential) -> None:
    """What logs and debuggers show of an authentication gives nothing away."""
    auth = Issuer().authentication(credential)
    header = await auth.header(TALLY)
    shown = repr(auth)
    assert "s3cr3t" not in shown
    assert header.split()[1] not in shown


async def test_a_refused_client_is_not_asked_about_again_and_again() -> None:
    """What the token endpoint refuses is raised as it is, once for each who asks."""
    issuer = Issuer()
    issuer.fails = [ApiError("refused", status=401)]
    with pytest.raises(ApiError, match="refused"):
        await issuer.authentication().header(TALLY)
    assert len(issuer.tallies) == 1
