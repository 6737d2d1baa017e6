"""What a person must do when Zendesk turns us away: the workflow actions, in Amperity's words where it has some.

Amperity names a 403's action "Authorization error" and a wrong credential's "Invalid credentials"
(zendesk-api-facts 8.3); Zendesk itself answers a wrong credential with 401 (4.2).
"""

from __future__ import annotations

from zendesk_async.errors import ApiError, AuthorizationError, InvalidCredentials, NeedsAction
from zendesk_async.models import WorkflowAction

__all__ = ["anonymous", "turned_away"]

_INVALID = {
    "api-token": (
        "Open Zendesk Admin Center > Apps and integrations > APIs > API tokens and see that the token is there and"
        " active (Zendesk ends all API tokens on 30 April 2027; OAuth replaces them).",
        "See that the e-mail address belongs to an active admin, or to an agent who may manage end users.",
        "Set ZENDESK_EMAIL and ZENDESK_API_TOKEN (or the credential in zendesk.toml) to the right values.",
    ),
    "oauth-token": (
        "The access token has expired or was revoked: make a new one in Zendesk Admin Center > Apps and integrations >"
        " APIs > OAuth clients.",
        "Set ZENDESK_OAUTH_TOKEN to it, or use an OAuth client (ZENDESK_OAUTH_CLIENT_ID and"
        " ZENDESK_OAUTH_CLIENT_SECRET), whose tokens renew themselves.",
    ),
    "oauth-client": (
        "Open Zendesk Admin Center > Apps and integrations > APIs > OAuth clients and see that the client is there, is"
        " confidential, and that its secret is the one configured.",
        "Set ZENDESK_OAUTH_CLIENT_ID and ZENDESK_OAUTH_CLIENT_SECRET (or the credential in zendesk.toml) to the"
        " right values.",
    ),
}

_FORBIDDEN = (
    "Ask the account's owner whether bulk imports are enabled: they are off by default, and Zendesk Support switches"
    " them on at the owner's request.",
    "See that the person behind the credential is an admin, or an agent in a custom role that may manage end users, and"
    " is not suspended.",
    "With OAuth, see that the scope allows writing users (users:write or write).",
    "See whether the account restricts access by IP address.",
)

_AGAIN = "Then go on with the upload: nothing that was accepted is sent again."


def turned_away(error: ApiError, credential: str) -> NeedsAction:
    """Turn a 401 or 403 into the error that names its workflow action. ``credential`` is its type in zendesk.toml."""
    if error.status == 403:
        action = WorkflowAction("Authorization error", (*_FORBIDDEN, _AGAIN))
        return AuthorizationError(f"Zendesk does not permit this. {error}", action)
    return _unknown(f"Zendesk does not accept the credentials. {error}", credential)


def anonymous(credential: str) -> NeedsAction:
    """The error for 200 with an anonymous user, which is how Zendesk answers some wrong credentials (facts 4.3)."""
    return _unknown("Zendesk answered as to an anonymous visitor: the credentials are not accepted.", credential)


def _unknown(message: str, credential: str) -> NeedsAction:
    return InvalidCredentials(message, WorkflowAction("Invalid credentials", (*_INVALID[credential], _AGAIN)))
