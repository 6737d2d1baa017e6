"""Find the secret of a credential: environment, then a command, then the keyring.

A secret stands in no file of ours and on no command line. The command that zendesk.toml names runs without a shell,
with no standard input (that may be the audience), and its standard error goes to the person at the terminal: it may
ask them to unlock something. Of what it prints, the first line is the secret.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from zendesk_async.errors import ConfigError

__all__ = ["KEYRING_SERVICE", "find_secret", "from_command", "from_keyring"]

KEYRING_SERVICE = "zendesk-async"
COMMAND_PATIENCE = 60.0


def find_secret(name: str, *, variable: str, value: str, command: Sequence[str]) -> str:
    """Find the secret of the credential ``name``; ``value`` is what the environment's ``variable`` holds.

    Raises ConfigError that lists the places where it may be put.
    """
    if value:
        return value
    if command:
        return from_command(name, command)
    secret = from_keyring(name)
    if not secret:
        raise ConfigError(_where_to_put_it(name, variable))
    return secret


def from_command(name: str, command: Sequence[str]) -> str:
    """Run ``secret_command`` and take the first line that it prints. Raises ConfigError."""
    what = f"secret_command of credentials.{name} ({command[0]})"
    try:
        done = subprocess.run(  # noqa: S603 - the command stands in the user's own configuration; no shell reads it
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=COMMAND_PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        raise ConfigError(f"{what} gave no answer within {COMMAND_PATIENCE:.0f} s.") from None
    except OSError as error:
        raise ConfigError(f"{what} cannot be run: {error.strerror}.") from None
    if done.returncode:
        raise ConfigError(f"{what} failed with status {done.returncode}. Run it by hand to see why.")
    secret = done.stdout.decode(errors="replace").partition("\n")[0].strip()
    if not secret:
        raise ConfigError(f"{what} printed nothing on the first line of its standard output.")
    return secret


def from_keyring(name: str) -> str:
    """Ask the keyring; "" when there is no keyring, or it does not know the credential."""
    try:
        import keyring

        return keyring.get_password(KEYRING_SERVICE, name) or ""
    except Exception:  # noqa: BLE001 - not installed, no service, locked: backends are many, and each fails its own way
        return ""


def _where_to_put_it(name: str, variable: str) -> str:
    return (
        f"The secret of credentials.{name} is nowhere to be found. Put it in one of these places:\n"
        f"  the environment      read -rs {variable} && export {variable}\n"
        f"  the keyring          keyring set {KEYRING_SERVICE} {name}      (pip install 'zendesk-async[keyring]')\n"
        f'  a password manager   secret_command = ["op", "read", "op://vault/zendesk/secret"], '
        f"under [credentials.{name}] in zendesk.toml"
    )
