"""Who is asking, and whether they may.

API tokens by Basic authentication, OAuth tokens by Bearer, and client_credentials to get one. Passwords are no longer
taken by Zendesk's API (January 2026) and make an anonymous visitor, as does sending nothing.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qsl

import orjson

from zendesk_async.mock.answers import Answer, forbidden, imports_off, json_answer, unauthenticated
from zendesk_async.mock.dice import hex_id
from zendesk_async.mock.options import FORBIDDEN, Options

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Auth", "Visitor"]

Visitor = Literal["anonymous", "known"]

_SHORTEST, _LONGEST = 300, 172_800


@dataclass(slots=True)
class _Token:
    expires: float
    scopes: frozenset[str]


@dataclass(slots=True)
class Auth:
    """The account's credentials. ``forbid`` may be set while it runs: none, imports or all."""

    options: Options
    forbid: str = "none"
    revoked_everything: bool = False
    _issued: dict[str, _Token] = field(default_factory=dict, repr=False)
    _count: int = 0

    def visitor(self, headers: Mapping[str, str], now: float) -> Visitor | Answer:
        """Who sends these headers (keys in lower case), or the 401 for them."""
        given = headers.get("authorization", "")
        scheme, _, secret = given.partition(" ")
        if scheme.lower() == "bearer":
            return "known" if self._is_good(secret.strip(), now) else _bad_token()
        if scheme.lower() == "basic":
            return self._by_basic(secret.strip())
        return "anonymous"

    def may(self, headers: Mapping[str, str], method: str, resource: str, *, imports: bool) -> Answer | None:
        """The 403 for somebody known, or None when they may. ``resource`` is the first word of the path."""
        if self.forbid == "all" or self.options.role == "end-user":
            return forbidden()
        if imports and self.forbid == "imports":
            return imports_off()
        token = self._issued.get(headers.get("authorization", "").partition(" ")[2].strip())
        verb = "read" if method == "GET" else "write"
        if token is not None and not token.scopes & {verb, f"{resource}:{verb}"}:
            return forbidden()
        return None

    def issue(self, headers: Mapping[str, str], body: bytes, now: float) -> Answer:
        """Answer ``POST /oauth/tokens``: a token for client_credentials, or an error as RFC 6749, 5.2 has it."""
        asked = _asked(headers, body)
        if asked.get("grant_type") != "client_credentials":
            return _oauth_error(400, "unsupported_grant_type", "The authorization grant type is not supported")
        known = (asked.get("client_id"), asked.get("client_secret")) == (
            self.options.client_id,
            self.options.client_secret,
        )
        if self.revoked_everything or not (known or self.options.any_credentials):
            return _oauth_error(401, "invalid_client", "Client authentication failed")
        lifetime = _lifetime(asked.get("expires_in"), self.options.token_seconds)
        if lifetime is None:
            return _oauth_error(400, "invalid_request", f"expires_in must be from {_SHORTEST} to {_LONGEST}")
        return self._issue(str(asked.get("scope") or "read write"), lifetime, now)

    def _issue(self, scope: str, lifetime: int, now: float) -> Answer:
        self._count += 1
        token = hex_id(self.options.faults.seed, self._count, 401) * 2
        # A token may be revoked before the time it was promised: the promise stays in the answer.
        revoked_after = self.options.revoke_seconds or lifetime
        self._issued[token] = _Token(now + min(lifetime, revoked_after), frozenset(scope.split()))
        return json_answer(200, {"access_token": token, "token_type": "bearer", "scope": scope, "expires_in": lifetime})

    def revoke(self, *, everything: bool = False) -> int:
        """Revoke the tokens issued so far, and with ``everything`` all other credentials too; how many were issued."""
        count = len(self._issued)
        for token in self._issued.values():
            token.expires = float("-inf")
        self.revoked_everything = self.revoked_everything or everything
        return count

    def set_forbidden(self, what: str) -> None:
        """Forbid none, imports or all from now on. Raises ``ValueError``."""
        if what not in FORBIDDEN:
            raise ValueError(f"what is forbidden is one of {', '.join(FORBIDDEN)}, not {what!r}")
        self.forbid = what

    def _is_good(self, token: str, now: float) -> bool:
        issued = self._issued.get(token)
        if issued is not None:
            return now < issued.expires
        return not self.revoked_everything and (self.options.any_credentials or token == self.options.oauth_token)

    def _by_basic(self, secret: str) -> Visitor | Answer:
        name, _, password = _decoded(secret).partition(":")
        if not name.endswith("/token"):
            return "known" if self.options.any_credentials and not self.revoked_everything else "anonymous"
        good = (name.removesuffix("/token").lower(), password) == (self.options.email.lower(), self.options.token)
        if self.revoked_everything or not (good or self.options.any_credentials):
            return unauthenticated()
        return "known"


def _decoded(secret: str) -> str:
    try:
        return base64.b64decode(secret, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _bad_token() -> Answer:
    """401 for a Bearer token, as seen in issues of Zendesk's own clients (zendesk_api_client_rb#297, zdesk#58)."""
    text = "The access token provided is expired, revoked, malformed or invalid for other reasons."
    return _oauth_error(401, "invalid_token", text)


def _oauth_error(status: int, error: str, description: str) -> Answer:
    return json_answer(status, {"error": error, "error_description": description})


def _asked(headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    if "json" not in headers.get("content-type", ""):
        return dict(parse_qsl(body.decode(errors="replace")))
    try:
        asked = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return asked if isinstance(asked, dict) else {}


def _lifetime(asked: Any, default: int) -> int | None:
    """Seconds to live, None if that cannot be: 300 to 172800 (Zendesk's documentation of the grant)."""
    if asked is None:
        return default
    try:
        seconds = int(asked)
    except (TypeError, ValueError):
        return None
    return seconds if _SHORTEST <= seconds <= _LONGEST else None
