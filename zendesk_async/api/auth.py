"""Prove who we are: the Authorization header for each kind of credential.

Tokens of an OAuth client are fetched, kept until shortly before they expire, and fetched anew when Zendesk answers 401
in mid-upload. One renewal serves everybody who waits for it.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

from zendesk_async.config.credentials import ApiToken, Credential, OAuthClient, OAuthToken
from zendesk_async.errors import ServerError

if TYPE_CHECKING:
    from zendesk_async.models import Requests

__all__ = ["Authentication", "authentication"]

EARLY = 60.0  # seconds before its expiry at which a token is renewed, at most a fifth of its life

Fetch = Callable[[OAuthClient, "Requests"], Awaitable[tuple[str, float]]]
"""Ask Zendesk for a token, at the expense of a tally: gives the token and its life in seconds. Raises ApiError."""


class Authentication(Protocol):
    """What the transport needs: a header, and whether a new one may help after a 401."""

    kind: str

    async def header(self, tally: Requests) -> str:
        """The value of the Authorization header. May ask for a token, which counts in ``tally``; raises ApiError."""

    def refused(self, header: str) -> bool:
        """Take note that Zendesk answered 401 to ``header``; say whether asking for a new one makes sense."""


class _Fixed:
    """A credential that never changes."""

    def __init__(self, kind: str, value: str) -> None:
        self.kind = kind
        self._value = value

    async def header(self, tally: Requests) -> str:
        del tally
        return self._value

    def refused(self, header: str) -> bool:
        del header
        return False


class _Renewed:
    """OAuth client credentials. Source: POST /oauth/tokens, grant_type client_credentials (no refresh token)."""

    kind = "oauth-client"

    def __init__(self, client: OAuthClient, fetch: Fetch, now: Callable[[], float]) -> None:
        self._client = client
        self._fetch = fetch
        self._now = now
        self._lock = asyncio.Lock()
        self._value = ""
        self._renew_at = 0.0

    async def header(self, tally: Requests) -> str:
        if self._stale():
            async with self._lock:
                if self._stale():  # nobody has renewed it while we waited
                    await self._renew(tally)
        return self._value

    def _stale(self) -> bool:
        return not self._value or self._now() >= self._renew_at

    async def _renew(self, tally: Requests) -> None:
        token, life = await self._fetch(self._client, tally)
        if not token:
            raise ServerError("Zendesk's answer to the token request holds no access token", status=200)
        self._value = f"Bearer {token}"
        self._renew_at = self._now() + life - min(EARLY, life / 5)

    def refused(self, header: str) -> bool:
        """Forget a refused token, unless somebody has renewed it already. How often to try is the caller's to say."""
        if header == self._value:
            self._value = ""
        return True


def authentication(credential: Credential, fetch: Fetch, now: Callable[[], float]) -> Authentication:
    """The right kind of Authentication for a credential."""
    if isinstance(credential, OAuthClient):
        return _Renewed(credential, fetch, now)
    if isinstance(credential, OAuthToken):
        return _Fixed("oauth-token", f"Bearer {credential.token}")
    return _Fixed("api-token", _basic(credential))


def _basic(credential: ApiToken) -> str:
    pair = f"{credential.email}/token:{credential.token}"
    return "Basic " + base64.b64encode(pair.encode()).decode()
