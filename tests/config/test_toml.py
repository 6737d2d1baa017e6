from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.config import toml
from zendesk_async.config.toml import find_toml, read_toml
from zendesk_async.errors import ConfigError

EXAMPLE = """
[destinations.acme]
subdomain = "acme"
credential = "support"
rate = 50
jobs = 10
share = 0.5
slack = 0.02

[credentials.support]
type = "oauth-client"
client_id = "zendesk_async"
secret_command = ["op", "read", "op://vault/zendesk/secret"]

[templates.loyalty]
mode = "changed"

[templates.loyalty.fields]
external_id = "Customer Id"
name = "{First Name} {Last Name}"
"user_fields.customer_since" = { column = "Subscription Date", type = "date", format = "%d-%m-%Y" }
tags = { column = "Segments", split = "," }
"""

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a zendesk.toml and give its path."""

    def write_it(text: str) -> Path:
        path = tmp_path / "zendesk.toml"
        path.write_text(text, "utf-8")
        return path

    return write_it


def complaint(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        read_toml(path)
    return str(caught.value)


def test_a_whole_file_is_read(write: Write) -> None:
    """Destinations, credentials and templates come out as they were written."""
    tables = read_toml(write(EXAMPLE))
    assert tables.destinations["acme"].rate == 50
    assert tables.credentials["support"].secret_command == ["op", "read", "op://vault/zendesk/secret"]
    assert tables.templates["loyalty"].mode == "changed"
    assert list(tables.templates["loyalty"].fields) == ["external_id", "name", "user_fields.customer_since", "tags"]
    assert tables.templates["loyalty"].fields["tags"] == {"column": "Segments", "split": ","}


def test_no_file_is_empty_tables() -> None:
    """Who has no zendesk.toml has nothing in it."""
    tables = read_toml(None)
    assert (tables.path, tables.destinations, tables.credentials, tables.templates) == (None, {}, {}, {})


def test_every_complaint_names_the_file(write: Write) -> None:
    """With several files about, a message without its file would send people to the wrong one."""
    path = write("[destinations.acme]\njobs = 'many'")
    assert complaint(path).startswith(f"{path}: destinations.acme.jobs: ")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[destinatons.acme]", 'destinatons is not a key of zendesk.toml. Did you mean "destinations"?'),
        (
            "[destinations.acme]\nsubdomian = 'acme'",
            "destinations.acme.subdomian is not a key of zendesk.toml. Did you",
        ),
        ("[credentials.x]\ntype='api-token'\nemial='a@b.c'", "credentials.x.emial is not a key"),
        ("[templates.x]\nfeilds = {}", 'templates.x.feilds is not a key of zendesk.toml. Did you mean "fields"?'),
    ],
)
def test_a_misspelt_key_is_answered_with_the_right_one(write: Write, text: str, words: str) -> None:
    """A key that nothing reads is an error, with the nearest right name."""
    assert words in complaint(write(text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[destinations.acme]\nsubdomain = 1", "destinations.acme.subdomain: expected `str`, got `int`."),
        ("[destinations.acme]\njobs = 2.5", "destinations.acme.jobs: expected `int`, got `float`."),
        ("[destinations]\nacme = 'x'", "destinations.acme must be a table: [destinations.acme]."),
        ("destinations = 3", "destinations must be tables, each with a name of your choice: [destinations.NAME]."),
        ("[credentials.x]\ntype = 'token'", "credentials.x.type: must be one of oauth-client, oauth-token, api-token."),
        ("[credentials.x]\nemail = 'a@b.c'", "credentials.x: this table lacks `type`."),
        ("[credentials.x]\ntype='api-token'\nsecret_command='op read'", "credentials.x.secret_command: expected"),
        ("[templates.x]\nmode = 'some'\nfields = {}", "templates.x.mode: must be one of full, changed."),
        ("[templates.x]\nmode = 'full'", "templates.x: this table lacks `fields`."),
        ("[templates.x.fields]\nname = 3", "templates.x.fields: expected `str | table`, got `int`."),
        ("x = ", "is not valid TOML"),
    ],
)
def test_a_wrong_value_is_named_by_its_key(write: Write, text: str, words: str) -> None:
    """Each mistake is answered with the key as it is written, and what would be right."""
    assert words in complaint(write(text))


@pytest.mark.parametrize("key", sorted(toml.SECRET_KEYS))
@pytest.mark.parametrize("table", ["destinations.acme", "credentials.support"])
def test_a_secret_in_the_file_is_refused_and_not_quoted(write: Write, table: str, key: str) -> None:
    """A secret in a file that gets shared is answered with where to put it instead, and is not shown."""
    message = complaint(write(f'[{table}]\n{key} = "s3cr3t-0123"'))
    assert f"{table}.{key}: a secret does not belong in this file" in message
    assert "keyring set zendesk-async" in message
    assert "s3cr3t-0123" not in message


def test_a_file_that_is_not_utf8_says_so(tmp_path: Path) -> None:
    """An old editor's encoding is named, not met with a traceback."""
    path = tmp_path / "zendesk.toml"
    path.write_bytes("# Größe\n".encode("utf-16"))
    assert "is not UTF-8" in complaint(path)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    """Some editors put one at the beginning of UTF-8."""
    path = tmp_path / "zendesk.toml"
    path.write_text("[destinations.acme]\nsubdomain = 'acme'", "utf-8-sig")
    assert read_toml(path).destinations["acme"].subdomain == "acme"


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    """A directory of that name, or missing permission, is a ConfigError."""
    assert "cannot be read" in complaint(tmp_path)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("abt", max_size=2), inner, max_size=2),
    max_leaves=5,
)
KEYS = st.sampled_from(["destinations", "credentials", "templates", "acme", "type", "fields", "subdomain", "token"])


@given(st.dictionaries(KEYS, VALUES | st.dictionaries(KEYS, VALUES | st.dictionaries(KEYS, VALUES)), max_size=3))
def test_whatever_stands_in_the_file_no_other_error_is_raised(content: dict[str, object]) -> None:
    """Any content is either accepted or a ConfigError."""
    complaints = []
    try:
        toml._check_keys(Path("zendesk.toml"), "", content, toml.TABLES)
        for room in toml.TABLES:
            toml._read_room(Path("zendesk.toml"), room, content.get(room, {}))
    except ConfigError as error:
        complaints.append(str(error))
    assert all(words.startswith("zendesk.toml: ") for words in complaints)


def test_the_file_named_is_the_one(tmp_path: Path, write: Write) -> None:
    """--config goes before every other place."""
    path = write("")
    assert find_toml(path, tmp_path / "user") == path


def test_a_file_named_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """--config never falls back to another file in silence."""
    with pytest.raises(ConfigError, match=r"There is no file .*nowhere\.toml"):
        find_toml(tmp_path / "nowhere.toml", tmp_path)


def test_here_comes_before_the_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The zendesk.toml of the working directory hides the user's, which is found when there is no other."""
    here, user = tmp_path / "here", tmp_path / "user"
    here.mkdir()
    user.mkdir()
    (user / "zendesk.toml").touch()
    monkeypatch.chdir(here)
    assert find_toml(None, user) == user / "zendesk.toml"
    (here / "zendesk.toml").touch()
    assert find_toml(None, user) == Path("zendesk.toml")


def test_nowhere_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any file there is none, and that is no error."""
    monkeypatch.chdir(tmp_path)
    assert find_toml(None, tmp_path / "user") is None
