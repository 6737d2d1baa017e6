"""What the environment says. Nothing else in this package reads it.

An empty variable is one that is not set. Who sets two whole credentials is asked which one is meant, rather than
uploading in the name of somebody else.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from zendesk_async.config.credentials import Credential, Credentials
from zendesk_async.config.wording import listed
from zendesk_async.errors import ConfigError

__all__ = ["SECRET_VARIABLES", "VARIABLES", "Environment", "read_environment"]

VARIABLES = {
    "subdomain": "ZENDESK_SUBDOMAIN",
    "base_url": "ZENDESK_BASE_URL",
    "email": "ZENDESK_EMAIL",
    "api_token": "ZENDESK_API_TOKEN",
    "oauth_token": "ZENDESK_OAUTH_TOKEN",
    "client_id": "ZENDESK_OAUTH_CLIENT_ID",
    "client_secret": "ZENDESK_OAUTH_CLIENT_SECRET",
}

SECRET_VARIABLES = {
    "oauth-client": "ZENDESK_OAUTH_CLIENT_SECRET",
    "oauth-token": "ZENDESK_OAUTH_TOKEN",
    "api-token": "ZENDESK_API_TOKEN",
}
"""Where the secret of a credential is looked for first, by the credential's type."""

KINDS = (("client_id", "client_secret"), ("oauth_token",), ("email", "api_token"))
"""The fields that make each kind of credential whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The variables that this package knows; "" where one is not set."""

    subdomain: str = ""
    base_url: str = ""
    email: str = ""
    api_token: str = field(default="", repr=False)
    oauth_token: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    others: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def names_destination(self) -> bool:
        """Whether the environment says where to."""
        return bool(self.subdomain or self.base_url)

    def secret(self, variable: str) -> str:
        """The value of a variable that zendesk.toml names, "" when it is not set."""
        return self.others.get(variable, "").strip()

    def credential(self) -> Credential | None:
        """The credential that is whole, None when none is. Raises ConfigError when two are."""
        whole = [kind for kind in KINDS if all(getattr(self, name) for name in kind)]
        if len(whole) > 1:
            both = " and ".join(VARIABLES[kind[-1]] for kind in whole)
            raise ConfigError(f"{both} are both set, and only one can be meant. Unset the other: unset NAME")
        if not whole:
            return None
        if whole[0] == KINDS[0]:
            return Credentials.oauth_client(self.client_id, self.client_secret)
        if whole[0] == KINDS[1]:
            return Credentials.oauth_token(self.oauth_token)
        return Credentials.api_token(self.email, self.api_token)

    def what_is_missing(self) -> str:
        """Say which variable a credential lacks that was begun; "" when none was begun."""
        for kind in KINDS:
            missing = [VARIABLES[name] for name in kind if not getattr(self, name)]
            if 0 < len(missing) < len(kind):
                begun = [VARIABLES[name] for name in kind if getattr(self, name)]
                return f"{listed(begun)} is set, but {listed(missing)} is not: they only work together."
        return ""


def read_environment(environ: Mapping[str, str] | None = None) -> Environment:
    """Read the process's environment, or the one given."""
    environ = os.environ if environ is None else environ
    values = {name: environ.get(variable, "").strip() for name, variable in VARIABLES.items()}
    return Environment(**values, others=environ)
