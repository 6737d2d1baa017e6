from __future__ import annotations

from tests.cli.shell import Shell, mock_account


def test_check_tries_the_credentials(shell: Shell) -> None:
    """Without an input it says that the account knows us; with a wrong token it ends with status 3."""
    done = shell.run("check")
    assert done.status == 0
    assert "knows us" in done.out
    shell.environment |= {"ZENDESK_API_TOKEN": "wrong", "ZENDESK_OAUTH_TOKEN": "wrong"}
    assert shell.run("check").status == 3


def test_check_reads_every_record_and_sends_none(shell: Shell) -> None:
    """It counts what would be sent and what would be rejected, and the account stays as it was."""
    with mock_account() as account:
        shell.audience(30, change=lambda number: {"email": "bad"} if number == 3 else {})
        shell.environment["ZENDESK_BASE_URL"] = account.url
        done = shell.run("check", "audience.ndjson", "--json")
        assert done.status == 1
        assert done.json["input"]["records"]["sent"] == 29
        assert done.json["input"]["records"]["rejected"] == 1
        assert account.users() == []


def test_check_counts_what_has_changed(shell: Shell) -> None:
    """After a night nothing is left to send; without having asked, nothing is said of it."""
    shell.audience(30)
    shell.run("upload", "audience.ndjson", "--changed-only", "--rate", "none")
    done = shell.run("check", "audience.ndjson", "--changed-only", "--json")
    assert done.json["input"]["records"] == {"read": 30, "sent": 0, "unchanged": 30, "rejected": 0, "nameless": 0}
    assert shell.run("check", "audience.ndjson", "--json").json["input"]["records"]["unchanged"] is None
