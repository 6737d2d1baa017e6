from __future__ import annotations

from tests.cli.shell import Shell
from tests.cli.test_upload import FAST


def test_what_did_not_make_it_is_sent_again_as_a_new_upload(shell: Shell) -> None:
    """The template was at fault; it is mended, and only its victims go again."""
    shell.file("zendesk.toml", '[templates.t.fields]\nexternal_id = "Id"\nname = "Name"\nemail = "Name"\n')
    shell.file("people.csv", "Id,Name,Mail\nY-1,Ann,ann.y@example.com\nY-2,bob.y@example.com,x\n")
    first = shell.run("upload", "people.csv", *FAST, "--json")
    assert (first.status, first.json["records"]["rejected"]) == (1, 1)
    shell.file("zendesk.toml", '[templates.t.fields]\nexternal_id = "Id"\nname = "Name"\nemail = "Mail"\n')
    again = shell.run("retry", first.json["run_id"], "--json")
    assert again.status == 0
    assert (again.json["records"]["read"], again.json["records"]["created"]) == (1, 1)
    assert again.json["input"] == f"rejects of {first.json['run_id']}"


def test_an_interrupted_retry_is_resumed(shell: Shell) -> None:
    """It is a run like any other."""
    shell.audience(30, change=lambda number: {"email": "bad"} if number < 3 else {})
    assert shell.run("upload", "audience.ndjson", *FAST).status == 1
    shell.environment = {"ZENDESK_OAUTH_TOKEN": "wrong"}
    turned_away = shell.run("retry", "--last", "--json")
    assert turned_away.status == 3
    shell.environment = {}
    done = shell.run("resume", turned_away.json["run_id"], "--json")
    assert (done.status, done.json["records"]["rejected"]) == (1, 3)


def test_rejects_are_mended_in_a_pipe(shell: Shell) -> None:
    """``rejects RUN | mend | upload -`` means what it says."""
    shell.audience(30, change=lambda number: {"email": "bad"} if number == 3 else {})
    assert shell.run("upload", "audience.ndjson", *FAST).status == 1
    rejects = shell.run("rejects", "--last").out
    done = shell.run("upload", "-", *FAST, "--json", stdin=rejects.replace('"bad"', '"good.z@example.com"'))
    assert done.status == 0
    assert done.json["records"]["read"] == 1
