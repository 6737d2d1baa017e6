"""Decide what an upload works with: option before environment before ``zendesk.toml`` before default.

- The destination is the one that ``--destination`` names, else what ZENDESK_SUBDOMAIN and ZENDESK_BASE_URL say, else
  the only one in the file. ZENDESK_BASE_URL redirects a named destination too: who has a mock set up there must not
  reach the real account.
- The credential is the environment's when it is whole, else the destination's, else the only one in the file. A
  destination named on the command line brings its own credential: the environment's may belong to another account.
  The environment only fills in what the file's credential leaves open, above all the secret.
- The template is the one named, else the only one; ``--template none`` is to have none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import platformdirs

from zendesk_async.config.credentials import DEFAULT_SCOPE, TOKEN_LIFE, Credential, Credentials
from zendesk_async.config.destination import Destination, checked_url
from zendesk_async.config.environment import SECRET_VARIABLES, Environment, read_environment
from zendesk_async.config.secret import find_secret
from zendesk_async.config.toml import CredentialTable, DestinationTable, Tables, TemplateTable, find_toml, read_toml
from zendesk_async.config.values import Limits, Patience
from zendesk_async.config.welcome import no_credential, no_destination
from zendesk_async.config.wording import did_you_mean, listed
from zendesk_async.errors import ConfigError

__all__ = [
    "NO_TEMPLATE",
    "Options",
    "Outline",
    "Settings",
    "TemplateSpec",
    "outline",
    "read_tables",
    "resolve",
    "state_directory",
]

APP = "zendesk-async"
NO_TEMPLATE = "none"

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line said; None where it said nothing."""

    destination: str | None = None
    template: str | None = None
    config: Path | None = None
    state: Path | None = None
    rate: float | None = None
    batch_size: int | None = None
    jobs: int | None = None
    share: float | None = None
    slack: float | None = None
    patience: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateSpec:
    """A template as it stands in the file. ``changed_only`` leaves out users whose record is what they last got."""

    name: str
    fields: Mapping[str, str | Mapping[str, object]]
    changed_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that an upload needs to know. ``template`` is None when records have Zendesk's own keys.

    ``sources`` says where the destination and the credential came from, in words for a person.
    """

    destination: Destination
    credential: Credential
    template: TemplateSpec | None
    limits: Limits
    patience: Patience
    state_dir: Path
    sources: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """As much of ``Settings`` as there is before anything can be sent. ``destination`` is its name, "" if not known."""

    destination: str
    template: TemplateSpec | None
    limits: Limits


def resolve(options: Options, environ: Mapping[str, str] | None = None, tables: Tables | None = None) -> Settings:
    """Decide everything. ``environ`` and ``tables`` are read when they are not given. Raises ConfigError.

    May run the credential's ``secret_command`` or ask the keyring, and wait for them.
    """
    tables = read_tables(options) if tables is None else tables
    environment = read_environment(environ)
    table, destination, where = _destination(options, environment, tables)
    credential, whose = _credential(options, environment, tables, table)
    return Settings(
        destination=destination,
        credential=credential,
        template=_template(options, tables),
        limits=_limits(options, table),
        patience=Patience() if options.patience is None else Patience(requests=options.patience),
        state_dir=state_directory(options),
        sources={"destination": where, "credential": whose},
    )


def outline(options: Options, environ: Mapping[str, str] | None = None, tables: Tables | None = None) -> Outline:
    """Decide what a dry run needs: no secret is looked up, and no account need be configured yet. Raises ConfigError.

    What is configured must make sense all the same.
    """
    tables = read_tables(options) if tables is None else tables
    environment = read_environment(environ)
    table, name = DestinationTable(), ""
    if options.destination is not None or environment.names_destination or tables.destinations:
        table, destination, _ = _destination(options, environment, tables)
        name = destination.name
    return Outline(destination=name, template=_template(options, tables), limits=_limits(options, table))


def read_tables(options: Options) -> Tables:
    """Read the ``zendesk.toml`` that these options lead to; empty tables when there is none. Raises ConfigError."""
    return read_toml(find_toml(options.config, platformdirs.user_config_path(APP)))


def state_directory(options: Options) -> Path:
    """Say where journals and sent-state live. The directory may not be there yet."""
    return options.state or platformdirs.user_state_path(APP)


def _destination(
    options: Options, environment: Environment, tables: Tables
) -> tuple[DestinationTable, Destination, str]:
    if options.destination is None and environment.names_destination:
        with _about("In the environment"):
            destination = Destination(subdomain=environment.subdomain, base_url=environment.base_url)
        return DestinationTable(), destination, "environment"
    if options.destination is None and not tables.destinations:
        raise ConfigError(no_destination())
    name = _pick("destination", options.destination, tables.destinations, tables.path)
    table = tables.destinations[name]
    with _about("In the environment"):
        base_url = checked_url(environment.base_url) if environment.base_url else table.base_url
    with _about(f"{tables.path}: destinations.{name}"):
        destination = Destination(name=name, subdomain=table.subdomain, base_url=base_url)
        _limits(Options(), table)
    return table, destination, str(tables.path)


def _credential(
    options: Options, environment: Environment, tables: Tables, table: DestinationTable
) -> tuple[Credential, str]:
    own_only = options.destination is not None and bool(table.credential)
    if not own_only and (credential := environment.credential()) is not None:
        return credential, "environment"
    if table.credential or len(tables.credentials) == 1:
        name = _pick("credential", table.credential or None, tables.credentials, tables.path)
        secret = _secret(name, tables.credentials[name], environment)
        with _about(f"{tables.path}: credentials.{name}"):
            return _build(tables.credentials[name], environment, secret), str(tables.path)
    raise ConfigError(environment.what_is_missing() or no_credential(listed(tables.credentials)))


def _secret(name: str, table: CredentialTable, environment: Environment) -> str:
    variable = table.secret_env or SECRET_VARIABLES[table.type]
    return find_secret(name, variable=variable, value=environment.secret(variable), command=table.secret_command)


def _build(table: CredentialTable, environment: Environment, secret: str) -> Credential:
    if table.type == "oauth-token":
        return Credentials.oauth_token(secret)
    if table.type == "api-token":
        return Credentials.api_token(table.email or environment.email, secret)
    life = TOKEN_LIFE if table.expires_in is None else table.expires_in
    client_id = table.client_id or environment.client_id
    return Credentials.oauth_client(client_id, secret, scope=table.scope or DEFAULT_SCOPE, expires_in=life)


def _template(options: Options, tables: Tables) -> TemplateSpec | None:
    if options.template == NO_TEMPLATE or (options.template is None and not tables.templates):
        return None
    name = _pick("template", options.template, tables.templates, tables.path)
    table: TemplateTable = tables.templates[name]
    return TemplateSpec(name=name, fields=table.fields, changed_only=table.mode == "changed")


def _limits(options: Options, table: DestinationTable) -> Limits:
    names = ("rate", "batch_size", "jobs", "share", "slack")
    said = {name: _first(getattr(options, name), getattr(table, name)) for name in names}
    return Limits(**{name: value for name, value in said.items() if value is not None})


def _first(option: T | None, entry: T | None) -> T | None:
    return entry if option is None else option


def _pick(kind: str, name: str | None, known: Mapping[str, object], path: Path | None) -> str:
    """Choose the one named, or the only one there is."""
    if name is None and len(known) == 1:
        return next(iter(known))
    where = f"in {path}" if path else "yet, for there is no zendesk.toml here"
    if name is None:
        raise ConfigError(f"Which {kind}? There are {listed(known)} {where}: say --{kind} NAME.")
    if name not in known:
        raise ConfigError(f'There is no {kind} "{name}" {where}.{did_you_mean(name, known)} Known: {listed(known)}.')
    return name


@contextmanager
def _about(place: str) -> Iterator[None]:
    """Say of what is wrong in the file where it stands there."""
    try:
        yield
    except ConfigError as error:
        raise ConfigError(f"{place}: {error}") from None
