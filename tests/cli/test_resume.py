from __future__ import annotations

import pytest

from tests.cli.shell import Shell, until
from tests.cli.test_upload import FAST, positions


def test_a_pipe_is_resumed_without_the_pipe(shell: Shell) -> None:
    """What had been read is in the journal: it is sent, and the rest of the pipe is nobody's to give."""
    text = shell.audience(300).read_text()
    shell.environment = {"ZENDESK_OAUTH_TOKEN": ""}
    assert shell.run("upload", "-", stdin=text).status == 2
    shell.environment = {}
    process = shell.start("upload", "-", "--results", "r.ndjson", stdin=-1)
    assert process.stdin is not None
    process.stdin.write(text)
    process.stdin.flush()
    until(lambda: (shell.directory / "r.ndjson").exists() and positions(shell.directory / "r.ndjson"))
    process.kill()
    process.wait()
    done = shell.run("resume", *FAST, "--json")
    assert "If it held more" in done.err
    assert (done.status, done.json["records"]["read"], done.json["records"]["pending"]) == (0, 300, 0)
    assert sorted(positions(shell.directory / "r.ndjson")) == list(range(300))


def test_a_pipe_of_which_nothing_was_read_is_not_a_finished_upload(shell: Shell) -> None:
    """Turned away before the first record was read: to resume would send nothing, and call that completed."""
    text = shell.audience(3).read_text()
    shell.environment = {"ZENDESK_OAUTH_TOKEN": "wrong"}
    first = shell.run("upload", "-", *FAST, "--json", stdin=text)
    shell.environment = {}
    resumed = shell.run("resume", first.json["run_id"])
    again = shell.run("upload", "-", *FAST, "--json", stdin=text)
    assert (first.status, resumed.status, again.status) == (3, 2, 0)
    assert "… | zendesk-async upload -" in resumed.err
    assert again.json["run_id"] == first.json["run_id"]


@pytest.mark.parametrize("words", [("resume",), ("resume", "nobody"), ("resume", "--last")])
def test_without_anything_to_resume_it_says_so(bare: Shell, words: tuple[str, ...]) -> None:
    """Status 2, and how to look."""
    done = bare.run(*words)
    assert (done.status, done.out) == (2, "")
    assert "There is no" in done.err or "there is no" in done.err


def test_it_needs_no_option_again(shell: Shell) -> None:
    """Limit, results, template and the path of the input come from the journal, wherever it is called."""
    shell.file("other.toml", '[templates.t.fields]\nexternal_id = "Id"\nname = "Name"\n')
    shell.file("people.csv", "".join(["Id,Name\n", *(f"R-{at},Ann\n" for at in range(9))]))
    shell.environment = {"ZENDESK_OAUTH_TOKEN": "wrong"}
    first = shell.run(
        "upload", "people.csv", "--config", "other.toml", "--limit", "4", "--results", "r.ndjson", "--rate", "none"
    )
    assert first.status == 3
    shell.environment = {}
    elsewhere = shell.directory / "elsewhere"
    elsewhere.mkdir()
    there = Shell(elsewhere, shell.mock, {"XDG_STATE_HOME": str(shell.directory / "state")})
    done = there.run("resume", "--last", "--json")
    there.close()
    assert (done.status, done.json["records"]["read"]) == (0, 4)
    assert len(positions(shell.directory / "r.ndjson")) == 4
