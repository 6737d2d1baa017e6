"""Where the users go: one account of Zendesk's, or something on this machine that stands for it."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from zendesk_async.errors import ConfigError

__all__ = ["Destination", "account_url", "checked_url", "subdomain_of"]

ZENDESK = ".zendesk.com"
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where to. ``base_url`` has no trailing slash; left out, it is the subdomain's own address.

    ``subdomain`` may be given as it is found in a browser: ``acme``, ``acme.zendesk.com`` or a whole address. ``name``
    is what messages and reports call the destination; left out, the subdomain. Raises ConfigError.
    """

    name: str = ""
    subdomain: str = ""
    base_url: str = ""

    def __post_init__(self) -> None:
        if not (self.subdomain.strip() or self.base_url.strip()):
            raise ConfigError('A destination needs a subdomain: "acme" for https://acme.zendesk.com.')
        subdomain = subdomain_of(self.subdomain) if self.subdomain.strip() else ""
        base_url = checked_url(self.base_url) if self.base_url.strip() else account_url(subdomain)
        object.__setattr__(self, "subdomain", subdomain)
        object.__setattr__(self, "base_url", base_url)
        object.__setattr__(self, "name", self.name or subdomain or urlsplit(base_url).netloc)


def account_url(subdomain: str) -> str:
    """Give the address of an account."""
    return f"https://{subdomain}{ZENDESK}"


def subdomain_of(text: str) -> str:
    """Reduce what a browser shows to the subdomain. Raises ConfigError for what is none."""
    host = text.strip().lower()
    if "//" in host:
        host = host.split("//", 1)[1]
    label = re.split(r"[/?#]", host)[0].removesuffix(ZENDESK)
    if not LABEL.fullmatch(label):
        raise ConfigError(
            f'"{text.strip()}" is not a Zendesk subdomain. It is what stands before {ZENDESK} in your address: '
            f'"acme" for https://acme{ZENDESK}.'
        )
    return label


def checked_url(text: str) -> str:
    """Check the address of a mock or a proxy. Raises ConfigError for plain http to any host but this machine."""
    url = text.strip().rstrip("/")
    parts = _split(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigError(f'The base URL must be a whole address, such as http://127.0.0.1:8080, not "{_shown(text)}".')
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ConfigError("The base URL holds more than an address. A user name or token belongs in the credentials.")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ConfigError(
            f"Plain http to {parts.hostname} would send your credentials in the clear: use https. "
            "(http is accepted for this machine only: 127.0.0.1, ::1, localhost.)"
        )
    return url


def _split(url: str) -> SplitResult:
    """Take an address apart; nothing comes out of what is none."""
    try:
        parts = urlsplit(url if url.split() == [url] else "")
        _ = parts.port
    except ValueError:
        return urlsplit("")
    return parts


def _shown(text: str) -> str:
    """Leave out what may be a secret: whatever stands before an @."""
    return text.strip().rpartition("@")[2]


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
