"""What somebody reads who has not said yet where to, or who they are."""

from __future__ import annotations

import platformdirs

__all__ = ["no_credential", "no_destination"]

WAYS = """\
1. An OAuth client in the environment. It lasts. Make one in Zendesk's Admin Center, under Apps and integrations > APIs
   > OAuth clients, of the kind "Confidential"; then type, with your own subdomain and identifier:
     export ZENDESK_SUBDOMAIN=acme
     export ZENDESK_OAUTH_CLIENT_ID=zendesk_async
     read -rs ZENDESK_OAUTH_CLIENT_SECRET && export ZENDESK_OAUTH_CLIENT_SECRET

2. An API token in the environment. Zendesk ends API tokens on 30 April 2027; until then:
     export ZENDESK_SUBDOMAIN=acme
     export ZENDESK_EMAIL=admin@acme.com
     read -rs ZENDESK_API_TOKEN && export ZENDESK_API_TOKEN

3. A file zendesk.toml, here or in {user_dir}, which may name several accounts; the secret stays out of it:
     [destinations.acme]
     subdomain = "acme"
     credential = "support"

     [credentials.support]
     type = "oauth-client"
     client_id = "zendesk_async"
   and its secret goes into your keyring:  keyring set zendesk-async support

No account at hand? A mock one runs on this machine:  zendesk-async mock"""


def no_destination() -> str:
    """Say how to begin, to somebody who has configured nothing."""
    return f"No Zendesk account is configured yet. There are three ways:\n\n{_ways()}"


def no_credential(known: str) -> str:
    """Say how to prove who one is. ``known`` lists the credentials of zendesk.toml, "none" when it has none."""
    if known != "none":
        return (
            f"Which credential? There are {known} in zendesk.toml: "
            'give the destination its own, as in credential = "NAME" under [destinations.NAME].'
        )
    return f"Nothing says who you are to Zendesk. There are three ways:\n\n{_ways()}"


def _ways() -> str:
    return WAYS.format(user_dir=platformdirs.user_config_path("zendesk-async"))
