"""Read ``zendesk.toml``: destinations, credentials without their secrets, templates.

Keys are checked before values, so that a misspelt key is answered with the nearest right one; then msgspec checks the
types. Every message begins with the file and the key, as they are written: ``zendesk.toml: destinations.acme.jobs``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from zendesk_async.config.wording import did_you_mean, listed
from zendesk_async.errors import ConfigError

__all__ = ["FILE_NAME", "CredentialTable", "DestinationTable", "Tables", "TemplateTable", "find_toml", "read_toml"]

FILE_NAME = "zendesk.toml"

SECRET_KEYS = frozenset(
    {"access_token", "api_key", "api_token", "client_secret", "oauth_token", "password", "secret", "token"}
)


class DestinationTable(msgspec.Struct, frozen=True, kw_only=True):
    """``[destinations.NAME]``: an account, who uploads there, and how much it may be asked (see ``Limits``)."""

    subdomain: str = ""
    base_url: str = ""
    credential: str = ""
    rate: float | None = None
    batch_size: int | None = None
    jobs: int | None = None
    share: float | None = None
    slack: float | None = None


class CredentialTable(msgspec.Struct, frozen=True, kw_only=True):
    """``[credentials.NAME]``: everything about a credential but its secret."""

    type: Literal["oauth-client", "oauth-token", "api-token"]
    email: str = ""
    client_id: str = ""
    scope: str = ""
    expires_in: int | None = None
    secret_env: str = ""
    secret_command: list[str] = []


class TemplateTable(msgspec.Struct, frozen=True, kw_only=True):
    """``[templates.NAME]``: which column becomes which attribute; ``mode = "changed"`` is ``--changed-only``."""

    fields: dict[str, str | dict[str, Any]]
    mode: Literal["full", "changed"] = "full"


class Tables(msgspec.Struct, frozen=True, kw_only=True):
    """All of a ``zendesk.toml``. ``path`` is None when there is no such file."""

    path: Path | None = None
    destinations: dict[str, DestinationTable] = {}
    credentials: dict[str, CredentialTable] = {}
    templates: dict[str, TemplateTable] = {}


TABLES: dict[str, type[DestinationTable | CredentialTable | TemplateTable]] = {
    "destinations": DestinationTable,
    "credentials": CredentialTable,
    "templates": TemplateTable,
}

CHOICES = {"type": ("oauth-client", "oauth-token", "api-token"), "mode": ("full", "changed")}

T = TypeVar("T")


def find_toml(config: Path | None, user_dir: Path) -> Path | None:
    """Find the file: the one named, else ``zendesk.toml`` here, else in the user's configuration directory.

    Raises ConfigError when the one named is not there.
    """
    if config is not None:
        if not config.is_file():
            raise ConfigError(f"There is no file {config}. --config names a zendesk.toml.")
        return config
    return next((path for path in (Path(FILE_NAME), user_dir / FILE_NAME) if path.is_file()), None)


def read_toml(path: Path | None) -> Tables:
    """Read and check the file. Raises ConfigError that names the file and the key."""
    if path is None:
        return Tables()
    content = _parse(path)
    _check_keys(path, "", content, TABLES)
    tables = {room: _read_room(path, room, content.get(room, {})) for room in TABLES}
    return msgspec.convert({"path": path, **tables}, Tables)


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8. Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.") from None


def _read_room(path: Path, room: str, entries: Any) -> dict[str, Any]:
    """Read the tables of one kind, such as every ``[destinations.NAME]``."""
    if not isinstance(entries, dict):
        raise ConfigError(f"{path}: {room} must be tables, each with a name of your choice: [{room}.NAME].")
    return {name: _read_table(path, f"{room}.{name}", entry, TABLES[room]) for name, entry in entries.items()}


def _read_table(path: Path, key: str, entry: Any, kind: type[T]) -> T:
    known = getattr(kind, "__struct_fields__", ())
    if not isinstance(entry, dict):
        raise ConfigError(f"{path}: {key} must be a table: [{key}].")
    _check_keys(path, key, entry, known)
    return _convert(path, key, entry, kind)


def _check_keys(path: Path, key: str, entry: Mapping[str, Any], known: Iterable[str]) -> None:
    for name in entry:
        if name in known:
            continue
        if name in SECRET_KEYS:
            raise ConfigError(_no_secrets_here(path, key, name))
        full = f"{key}.{name}" if key else name
        raise ConfigError(
            f"{path}: {full} is not a key of zendesk.toml.{did_you_mean(name, known)} Known here: {listed(known)}."
        )


def _convert(path: Path, key: str, entry: Any, kind: type[T]) -> T:
    try:
        return msgspec.convert(entry, kind)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `$")
        where = key + place.removesuffix("`").removesuffix("[...]")
        raise ConfigError(f"{path}: {where}: {_in_toml_words(message, where)}.") from None


def _in_toml_words(message: str, where: str) -> str:
    """Say what msgspec says of JSON as it stands in a TOML file."""
    if message.startswith("Invalid enum value"):
        return f"must be one of {listed(CHOICES[where.rpartition('.')[2]])}"
    words = message.replace("Object missing required field", "this table lacks").replace("object", "table")
    return words.replace(" | null", "").replace("Expected", "expected")


def _no_secrets_here(path: Path, key: str, name: str) -> str:
    credential = key.rpartition(".")[2] or "NAME"
    place = f"{key}.{name}".lstrip(".")
    return (
        f"{path}: {place}: a secret does not belong in this file, which may be shared or committed. Remove it "
        f"(and replace it in Zendesk if others have seen the file). Keep it in the environment, in the keyring "
        f"(keyring set zendesk-async {credential}), or name a command that prints it: secret_command = [...]."
    )
