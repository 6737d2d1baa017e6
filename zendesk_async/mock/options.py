"""How the account is set up, and the one table of options that every command line is built from."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from zendesk_async.mock.faults import Faults
from zendesk_async.mock.settings import setting

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["OPTIONS", "Option", "Options", "parse_fields"]

LIMIT_STYLES = ("text", "json", "edge")
ERAS = ("none", "2023", "2024")
ROLES = ("admin", "agent", "end-user")
FORBIDDEN = ("none", "imports", "all")
_NO_FAULTS = Faults()


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """An account's limits, credentials and manners. Durations are seconds."""

    rate: int = setting(0, "users in any sliding second before a request is answered 429; 0: no such limit")
    rpm: int = setting(0, "requests in a minute (200 to 2500 by plan); 0: no such limit, and no rate headers")
    job_limit: int = setting(30, "jobs queued or running at once; 0: no limit")
    job_seconds: float = setting(5.0, "seconds from POST to the completion of its job; 0: finished at once")
    job_jitter: float = setting(0.0, "how far a job's duration strays from job-seconds, as a part of it (0 to 1)")
    queued_share: float = setting(0.3, "the part of a job's duration that it is queued")
    job_ttl: float = setting(86400.0, "seconds that a finished job can be read (Zendesk: about one day)")
    jobs_kept: int = setting(5000, "finished jobs kept at most; about 11 KB each")
    limit_style: str = setting("text", "how a 429 is worded", choices=LIMIT_STYLES)
    era: str = setting("2024", "rate headers as of 2023, 2024, or none", choices=ERAS)
    email: str = setting("admin@example.com", "e-mail address that goes with the API token")
    token: str = setting("mock-token", "API token that is accepted")
    oauth_token: str = setting("mock-oauth-token", "OAuth token that is accepted")
    client_id: str = setting("mock-client", "OAuth client that is accepted")
    client_secret: str = setting("mock-secret", "its secret")
    any_credentials: bool = setting(False, "accept whatever credentials are sent, but not their absence")
    token_seconds: int = setting(1800, "lifetime of an OAuth token whose request names none")
    revoke_seconds: float = setting(0.0, "revoke every issued OAuth token this long after it was issued; 0: never")
    role: str = setting("admin", "role of the person whose credentials these are", choices=ROLES)
    forbid: str = setting("none", "answer 403 to imports, or to all but users/me", choices=FORBIDDEN)
    fields: tuple[Mapping[str, Any], ...] | None = setting(
        None, "user fields: a JSON file, or key:type,key:type…; not given: every key is accepted", parse=True
    )
    bare_failures: bool = setting(False, "leave e-mail and external id out of failed results")
    fast: bool = setting(False, "for benchmarks: keep no users, check no attributes, call every record created")
    faults: Faults = field(default=_NO_FAULTS, metadata={"hidden": True})

    def __post_init__(self) -> None:
        """Refuse what no account can be."""
        for item in fields(self):
            choices = item.metadata.get("choices")
            if choices and getattr(self, item.name) not in choices:
                raise ValueError(f"{item.name} is one of {', '.join(choices)}, not {getattr(self, item.name)!r}")
        if not 0 <= self.job_jitter <= 1 or not 0 <= self.queued_share <= 1:
            raise ValueError("job_jitter and queued_share are parts of a whole: from 0 to 1")

    @classmethod
    def of(cls, **values: Any) -> Options:
        """Options from flat names, those of the faults among them: ``Options.of(rate=100, error_rate=0.01)``.

        ``fields`` may be text, as on a command line. Raises ``TypeError`` for a name that is none, ``ValueError`` for
        a value that cannot be.
        """
        wrong = {name: value for name, value in values.items() if name in Faults.__dataclass_fields__}
        rest = {name: value for name, value in values.items() if name not in wrong}
        if isinstance(rest.get("fields"), str):
            rest["fields"] = parse_fields(rest["fields"])
        if wrong:
            rest["faults"] = Faults(**wrong)
        return cls(**rest)


def parse_fields(text: str) -> tuple[Mapping[str, Any], ...]:
    """Definitions of user fields from ``key:type,key`` (type text if not said) or from a JSON file of them.

    The file holds a list, or Zendesk's own answer to GET /api/v2/user_fields. Raises ``ValueError``.
    """
    if text.endswith(".json"):
        return _fields_of_file(Path(text))
    pairs = (item.strip().partition(":") for item in text.split(",") if item.strip())
    return tuple({"key": key, "type": kind or "text", "title": key} for key, _, kind in pairs)


def _fields_of_file(path: Path) -> tuple[Mapping[str, Any], ...]:
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise ValueError(f"cannot read the user fields of {path}: {error.strerror}") from None
    if isinstance(content, dict):
        content = content.get("user_fields")
    if not isinstance(content, list) or not all(isinstance(item, dict) for item in content):
        raise ValueError(f"{path} holds no list of user fields")
    return tuple(content)


class Option(NamedTuple):
    """One option of a command line. ``type`` is what its text becomes; ``bool`` is a flag that takes no value."""

    name: str
    type: type[int | float | str | bool]
    default: Any
    help: str
    choices: tuple[str, ...] | None

    @property
    def flag(self) -> str:
        """The option as it is typed: ``--job-seconds``."""
        return "--" + self.name.replace("_", "-")


def _option(item: Any) -> Option:
    kind = str if item.metadata.get("parse") else type(item.default)
    return Option(item.name, kind, item.default, item.metadata["help"], item.metadata.get("choices"))


OPTIONS: tuple[Option, ...] = tuple(
    _option(item) for item in (*fields(Options), *fields(Faults)) if not item.metadata.get("hidden")
)
"""Every option of the mock, in the order of its help. ``Options.of`` takes them by name."""
