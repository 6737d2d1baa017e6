from __future__ import annotations

import json

from tests.cli.shell import Shell

CHANGED = ("upload", "audience.ndjson", "--changed-only", "--rate", "none", "--json")


def test_a_second_night_sends_nothing_and_succeeds(shell: Shell) -> None:
    """The same file again: every record unchanged, no request of users, status 0."""
    shell.audience(120)
    assert shell.run(*CHANGED).json["records"]["unchanged"] == 0
    again = shell.run(*CHANGED)
    assert (again.status, again.json["records"]["unchanged"], again.json["requests"]["posts"]) == (0, 120, 0)


def test_stats_and_export_tell_what_is_known(shell: Shell) -> None:
    """So many users, since today; and as many lines of hashes, none of which names anybody."""
    shell.audience(7)
    assert "Nothing is known" in shell.run("sent", "stats").out
    shell.run(*CHANGED)
    (known,) = shell.run("sent", "stats", "--json").json
    assert known["users"] == 7
    assert known["oldest"] == known["newest"]
    assert "7 users" in shell.run("sent", "stats").out
    lines = shell.run("sent", "export").lines
    assert len(lines) == 7
    assert all(set(line) == {"key", "content", "accepted", "user_id"} for line in lines)
    assert all(line["user_id"] for line in lines)


def test_forgetting_sends_again(shell: Shell) -> None:
    """Whoever is forgotten is sent with the next upload; forgetting needs somebody named, or everybody."""
    shell.audience(7)
    shell.run(*CHANGED)
    (first, *_) = shell.audience(7).read_text("utf-8").splitlines()
    record = json.loads(first)
    assert "Forgot 1 user." in shell.run("sent", "forget", "--external-id", str(record["external_id"]).upper()).out
    assert shell.run(*CHANGED).json["records"]["unchanged"] == 6
    assert "Forgot 7 users." in shell.run("sent", "forget", "--all").out
    assert shell.run(*CHANGED).json["records"]["unchanged"] == 0
    assert shell.run("sent", "forget").status == 2
    assert shell.run("sent", "forget", "--all", "--email", "a@example.com").status == 2


def test_an_account_that_is_not_known_is_named(shell: Shell) -> None:
    """Which accounts there are stands in the message."""
    shell.audience(1)
    shell.run(*CHANGED)
    done = shell.run("sent", "export", "--account", "beta.zendesk.com")
    assert done.status == 2
    assert "127.0.0.1" in done.err
