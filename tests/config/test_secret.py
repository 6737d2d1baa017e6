from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

from zendesk_async.config import secret
from zendesk_async.config.secret import find_secret, from_command, from_keyring
from zendesk_async.errors import ConfigError

KeyringBy = Callable[[Callable[[str, str], str | None]], None]


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> KeyringBy:
    """Put a keyring in place that answers with the given function."""

    def install(get_password: Callable[[str, str], str | None]) -> None:
        module = ModuleType("keyring")
        module.get_password = get_password  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "keyring", module)

    return install


def test_the_environment_comes_first() -> None:
    """A value in the environment spares the command and the keyring."""
    assert find_secret("support", variable="V", value="s3cr3t", command=["no-such-command"]) == "s3cr3t"


def test_the_command_comes_before_the_keyring(keyring: KeyringBy) -> None:
    """Who names a command gets what it prints."""
    keyring(lambda _service, _name: "from the keyring")
    command = python("print('from-the-command')")
    assert find_secret("support", variable="V", value="", command=command) == "from-the-command"


def test_the_keyring_is_asked_by_the_name_of_the_credential(keyring: KeyringBy) -> None:
    """``keyring set zendesk-async support`` is where the credential "support" is found."""
    keyring(lambda service, name: f"{service}/{name}")
    assert find_secret("support", variable="V", value="", command=[]) == "zendesk-async/support"


def test_a_secret_that_is_nowhere_is_answered_with_the_places(keyring: KeyringBy) -> None:
    """The message names each place with the line to type."""
    keyring(lambda _service, _name: None)
    with pytest.raises(ConfigError) as caught:
        find_secret("support", variable="ZENDESK_API_TOKEN", value="", command=[])
    for line in (
        "read -rs ZENDESK_API_TOKEN && export ZENDESK_API_TOKEN",
        "keyring set zendesk-async support",
        "secret_command",
    ):
        assert line in str(caught.value)


def test_a_keyring_that_fails_is_one_that_knows_nothing(keyring: KeyringBy) -> None:
    """Whatever a keyring's backend raises, no traceback reaches the user."""

    def locked(_service: str, _name: str) -> str:
        raise RuntimeError("the collection is locked")

    keyring(locked)
    assert from_keyring("support") == ""


def test_without_keyring_installed_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keyring is an extra; its absence is no error of its own."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert from_keyring("support") == ""


def test_only_the_first_line_is_the_secret() -> None:
    """What password managers print below the password is left alone, and line ends of any kind go."""
    assert from_command("support", python("print('s3cr3t\\r\\nuser: me')")) == "s3cr3t"


def test_no_shell_reads_the_command() -> None:
    """Words with a meaning to a shell are handed over as they are."""
    command = [*python("import sys; print(sys.argv[1])"), "$(echo hacked);`x`"]
    assert from_command("support", command) == "$(echo hacked);`x`"


@pytest.fixture
def audience_on_stdin() -> Iterator[None]:
    """Let records wait on this process's standard input."""
    reading, writing = os.pipe()
    os.write(writing, b"a record\n")
    os.close(writing)
    kept = os.dup(0)
    os.dup2(reading, 0)
    yield
    os.dup2(kept, 0)
    os.close(kept)
    os.close(reading)


@pytest.mark.usefixtures("audience_on_stdin")
def test_the_command_cannot_read_the_audience() -> None:
    """Standard input may be the audience: the command gets none of it."""
    assert from_command("support", python("import sys; print('read:' + sys.stdin.read())")) == "read:"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (python("raise SystemExit(3)"), "failed with status 3"),
        (python("print()"), "printed nothing"),
        (["no-such-command-anywhere"], "cannot be run"),
    ],
)
def test_a_command_that_fails_is_named_with_its_credential(command: list[str], words: str) -> None:
    """A failing command is an error of the configuration that says which one and how it failed."""
    with pytest.raises(ConfigError, match=rf"secret_command of credentials\.support .* {words}"):
        from_command("support", command)


def test_what_a_failing_command_printed_is_not_repeated() -> None:
    """A command may print the secret and fail; the message must not hold it."""
    with pytest.raises(ConfigError) as caught:
        from_command("support", python("print('s3cr3t'); raise SystemExit(1)"))
    assert "s3cr3t" not in str(caught.value)


def test_a_command_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A password manager that nobody unlocks does not hold the upload for ever."""
    monkeypatch.setattr(secret, "COMMAND_PATIENCE", 0.2)
    with pytest.raises(ConfigError, match="gave no answer"):
        from_command("support", python("import time; time.sleep(60)"))
