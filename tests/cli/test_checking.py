from __future__ import annotations

from tests.cli.shell import Shell, mock_account


def test_fields_that_the_account_lacks_are_named(shell: Shell) -> None:
    """A misspelt user field, which Zendesk would drop in silence, is found, with the nearest right name."""
    with mock_account("--fields", "company,loyalty_status") as account:
        fields = '{"compny": "x", "loyalty_status": "gold"}'
        shell.file("one.ndjson", f'{{"email": "a@example.com", "user_fields": {fields}}}\n')
        shell.environment["ZENDESK_BASE_URL"] = account.url
        done = shell.run("check", "one.ndjson")
        assert done.status == 1
        assert "user_fields.compny is no field of the account" in done.out
        assert '"company"' in done.out
        told = shell.run("check", "one.ndjson", "--json").json
        assert told["user_fields"] == {"known": ["company", "loyalty_status"], "missing": ["compny"]}
        shell.file("two.ndjson", '{"email": "a@example.com", "name": "A"}\n')
        assert shell.run("check", "two.ndjson").status == 0
