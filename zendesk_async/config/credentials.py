"""Who we are to Zendesk. Small frozen values whose repr never shows a secret.

Zendesk ends API tokens: from 27 October 2026 nobody can make a new one, on 30 April 2027 the last one stops working
(developer.zendesk.com, "OAuth migration"). What lasts is an OAuth client: its tokens are fetched and renewed for you.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from zendesk_async.errors import ConfigError

__all__ = ["DEFAULT_SCOPE", "ApiToken", "Credential", "Credentials", "OAuthClient", "OAuthToken"]

DEFAULT_SCOPE = "read write"
"""Background jobs and user fields have no scope of their own in Zendesk's list, so ``users:read users:write`` is not
known to reach them; a scope that Zendesk does not know yields a token that is answered 403 everywhere."""

TOKEN_LIFE = 7_200
SHORTEST_LIFE = 300
LONGEST_LIFE = 172_800


@dataclass(frozen=True, slots=True)
class ApiToken:
    """An API token and the e-mail address of the person who acts with it."""

    email: str
    token: str = field(repr=False)

    def __post_init__(self) -> None:
        email = _one_word(self.email, "the e-mail address").removesuffix("/token")
        if "@" not in email or ":" in email:
            raise ConfigError("An API token goes with the e-mail address of a Zendesk admin, such as admin@acme.com.")
        object.__setattr__(self, "email", email)
        object.__setattr__(self, "token", _one_word(self.token, "the API token"))


@dataclass(frozen=True, slots=True)
class OAuthToken:
    """An OAuth access token made elsewhere. When it expires in mid-upload, the upload stops and can be resumed."""

    token: str = field(repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "token", _one_word(self.token, "the OAuth token"))


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """An OAuth client of Zendesk's kind "confidential"; tokens are fetched with it, and renewed before they expire.

    ``expires_in`` is the life, in seconds, that each token is asked to have: 300 to 172,800 (two days). Source: POST
    /oauth/tokens, grant type client_credentials.
    """

    client_id: str
    client_secret: str = field(repr=False)
    scope: str = DEFAULT_SCOPE
    expires_in: int = TOKEN_LIFE

    def __post_init__(self) -> None:
        object.__setattr__(self, "client_id", _one_word(self.client_id, "the OAuth client's identifier"))
        object.__setattr__(self, "client_secret", _one_word(self.client_secret, "the OAuth client's secret"))
        if not self.scope.split():
            raise ConfigError(f'An OAuth client needs a scope. Leave it out to ask for "{DEFAULT_SCOPE}".')
        if not SHORTEST_LIFE <= self.expires_in <= LONGEST_LIFE:
            raise ConfigError(
                f"expires_in must be from {SHORTEST_LIFE} to {LONGEST_LIFE} seconds, not {self.expires_in}: "
                "that is what Zendesk accepts for the life of a token."
            )


Credential = ApiToken | OAuthToken | OAuthClient
"""Any of the three."""


class Credentials:
    """The three ways to say who you are: ``Credentials.api_token(...)``, ``.oauth_token(...)``, ``.oauth_client(...)``.

    Raises ConfigError when a part is missing or cannot be right.
    """

    @classmethod
    def api_token(cls, email: str, token: str) -> ApiToken:
        """Act as the person with this e-mail address, by an API token (until 30 April 2027)."""
        return ApiToken(email, token)

    @classmethod
    def oauth_token(cls, token: str) -> OAuthToken:
        """Act by an OAuth access token that you keep fresh yourself."""
        return OAuthToken(token)

    @classmethod
    def oauth_client(
        cls, client_id: str, client_secret: str, *, scope: str = DEFAULT_SCOPE, expires_in: int = TOKEN_LIFE
    ) -> OAuthClient:
        """Act by an OAuth client, whose tokens are fetched and renewed as the upload goes on."""
        return OAuthClient(client_id, client_secret, scope, expires_in)


def _one_word(value: str, what: str) -> str:
    """Trim what was copied along; refuse what could never stand in a header. The value itself is never quoted."""
    word = value.strip()
    if not word:
        raise ConfigError(f"{what[0].upper()}{what[1:]} is empty.")
    if not word.isprintable() or " " in word:
        raise ConfigError(f"{what[0].upper()}{what[1:]} holds a space or a line break. Was more copied than itself?")
    return word
