from __future__ import annotations

import json
import os
import pty
import signal
import stat
import subprocess
from functools import partial
from pathlib import Path

import pytest

from tests.cli.shell import Shell, ended, mock_account, until

FAST = ("--rate", "none")


def positions(path: Path) -> list[int]:
    """The positions in a file of results."""
    return [json.loads(line)["position"] for line in path.read_text("utf-8").splitlines()]


# -- the good night ---------------------------------------------------------------------------------------------------


def test_an_upload_tells_what_became_of_every_record(shell: Shell) -> None:
    """Status 0, a summary for people, and the users are there."""
    shell.audience(250)
    done = shell.run("upload", "audience.ndjson", *FAST)
    assert done.status == 0
    assert "Zendesk accepted every record" in done.out
    assert "audience.ndjson -> " in done.out
    assert done.err == ""
    records = shell.run("show", "--last", "--json").json["records"]
    assert (records["read"], records["created"] + records["updated"]) == (250, 250)


def test_json_is_all_there_is_on_standard_output(shell: Shell) -> None:
    """And it is what ``show`` says later, to the letter."""
    shell.audience(250, change=lambda number: {"email": "bad"} if number % 100 == 7 else {})
    done = shell.run("upload", "audience.ndjson", *FAST, "--json")
    assert done.status == 1
    assert done.json["status"] == "completed_with_failures"
    assert done.json["records"] | {"created": 0, "updated": 0} == {
        "read": 250,
        "created": 0,
        "updated": 0,
        "unchanged": 0,
        "merged": 0,
        "rejected": 3,
        "failed": 0,
        "pending": 0,
    }
    assert done.json == shell.run("show", done.json["run_id"], "--json").json


def test_a_pipe_is_an_input(shell: Shell) -> None:
    """``cat … | zendesk-async upload -``."""
    text = shell.audience(5).read_text()
    done = shell.run("upload", "-", *FAST, "--json", stdin=text)
    assert (done.status, done.json["input"], done.json["records"]["read"]) == (0, "-", 5)


def test_an_empty_input_is_a_finished_upload(shell: Shell) -> None:
    """Nothing to do is done."""
    shell.file("empty.ndjson", "")
    done = shell.run("upload", "empty.ndjson", *FAST, "--json")
    assert (done.status, done.json["status"], done.json["records"]["read"]) == (0, "completed", 0)


def test_results_have_one_line_for_each_record(shell: Shell) -> None:
    """Accepted or not, with the record as it was read."""
    path = shell.audience(120, change=lambda number: "not json" if number == 3 else {})
    done = shell.run("upload", str(path), *FAST, "--results", "results.ndjson")
    assert done.status == 1
    lines = [json.loads(line) for line in (shell.directory / "results.ndjson").read_text().splitlines()]
    assert sorted(line["position"] for line in lines) == list(range(120))
    assert [line["record"] for line in lines if line["outcome"] == "rejected"] == ["not json"]
    assert all(line["user_id"] for line in lines if line["outcome"] != "rejected")


def test_the_report_is_one_page(shell: Shell) -> None:
    """Written beside the summary."""
    shell.audience(3)
    assert shell.run("upload", "audience.ndjson", *FAST, "--report", "r.html").status == 0
    assert (shell.directory / "r.html").read_text("utf-8").startswith("<!DOCTYPE html>")


def test_a_limit_sends_a_test(shell: Shell) -> None:
    """Ten of them, and the whole is another upload."""
    shell.audience(250)
    first = shell.run("upload", "audience.ndjson", *FAST, "--limit", "10", "--json")
    whole = shell.run("upload", "audience.ndjson", *FAST, "--json")
    assert (first.json["records"]["read"], whole.json["records"]["read"]) == (10, 250)
    assert first.json["run_id"] != whole.json["run_id"]


def test_a_table_goes_through_its_template(shell: Shell) -> None:
    """The columns of a CSV become what ``zendesk.toml`` says."""
    assert shell.mock is not None
    shell.file("zendesk.toml", '[templates.t.fields]\nexternal_id = "Id"\nname = "{First} {Last}"\nemail = "Mail"\n')
    shell.file("people.csv", "Id,First,Last,Mail\nT-1,Ann,Lee,ann.lee@example.com\n")
    assert shell.run("upload", "people.csv", *FAST).status == 0
    assert [user["name"] for user in shell.mock.users() if user["external_id"] == "T-1"] == ["Ann Lee"]


def test_only_what_changed_is_sent(shell: Shell) -> None:
    """The second night of --changed-only sends the one user who is another."""
    shell.audience(20)
    first = shell.run("upload", "audience.ndjson", *FAST, "--changed-only", "--json")
    shell.audience(20, change=lambda number: {"notes": "new"} if number == 4 else {})
    second = shell.run("upload", "audience.ndjson", *FAST, "--changed-only", "--json")
    assert (first.status, second.status) == (0, 0)
    assert first.json["records"]["unchanged"] == 0
    assert (second.json["records"]["unchanged"], second.json["records"]["updated"]) == (19, 1)


def test_a_whole_upload_takes_note_for_the_next_partial_one(shell: Shell) -> None:
    """What an upload without --changed-only has changed is not taken for unchanged afterwards."""

    def upload(notes: str, option: str) -> str:
        shell.audience(1, change=lambda _: {"notes": notes})
        return shell.run("upload", "audience.ndjson", *FAST, option).out

    upload("a", "--changed-only")
    upload("b", "--report=r.html")
    assert "unchanged" not in upload("a", "--changed-only")


def test_on_a_terminal_progress_is_drawn_and_the_result_stays_clean(shell: Shell) -> None:
    """Two lines that are drawn over on standard error; the summary goes down the pipe as ever."""
    shell.environment = {"TERM": "xterm-256color", "COLUMNS": "100"}
    shell.audience(200)
    terminal, inner = pty.openpty()
    process = shell.start("upload", "audience.ndjson", "--json", stderr=inner)
    os.close(inner)
    drawn = b"".join(iter(partial(_read, terminal), b"")).decode()
    done = ended(process)
    os.close(terminal)
    assert (done.status, done.json["records"]["read"]) == (0, 200)
    assert "of 100 users/s" in drawn or "in flight" in drawn
    assert "100 records" in drawn
    assert "Traceback" not in drawn


def _read(terminal: int) -> bytes:
    """What was written to a terminal; nothing when its other end is gone."""
    try:
        return os.read(terminal, 65_536)
    except OSError:
        return b""


# -- bad input --------------------------------------------------------------------------------------------------------


def test_a_missing_file_is_told_before_anything_is_sent(shell: Shell) -> None:
    """Status 2, what is meant by it, and no trace."""
    shell.audience(1)
    done = shell.run("upload", "audiance.ndjson")
    assert (done.status, done.out) == (2, "")
    assert 'Did you mean "audience.ndjson"?' in done.err
    assert shell.journals == []


def test_a_column_that_is_not_there_is_told_before_anything_is_sent(shell: Shell) -> None:
    """The template names one, the file another."""
    shell.file("zendesk.toml", '[templates.t.fields]\nexternal_id = "Customer Id"\n')
    shell.file("people.csv", "Customer ID,Name\n1,Ann\n")
    done = shell.run("upload", "people.csv")
    assert (done.status, done.out) == (2, "")
    assert "Customer ID" in done.err
    assert shell.journals == []


def test_an_unknown_key_in_the_first_records_stops_everything(shell: Shell) -> None:
    """Zendesk would drop it in silence; so nothing is sent, and no journal stays behind."""
    shell.audience(250, change=lambda _: {"user_feilds": {}})
    done = shell.run("upload", "audience.ndjson", *FAST)
    assert (done.status, done.out) == (2, "")
    assert "user_fields" in done.err
    assert shell.journals == []
    assert shell.run("upload", "audience.ndjson", *FAST, "--ignore-unknown").status == 0


def test_a_broken_line_is_one_reject(shell: Shell) -> None:
    """The upload goes on; the line is told with its number."""
    shell.audience(150, change=lambda number: '{"email": "x@example.com"' if number == 120 else {})
    done = shell.run("upload", "audience.ndjson", *FAST, "--json")
    assert (done.status, done.json["records"]["rejected"]) == (1, 1)
    (line,) = shell.run("rejects", "--last").lines
    assert (line["position"], line["record"]) == (120, '{"email": "x@example.com"')
    assert "line 121" in line["details"]


def test_a_file_name_that_is_no_text_is_refused_with_a_way_out(shell: Shell) -> None:
    """Names are bytes, and somebody's old export has one that is no UTF-8: a journal could not name it."""
    path = shell.directory / os.fsdecode(b"caf\xe9.ndjson")
    path.write_bytes(shell.audience(1).read_bytes())
    done = shell.run("upload", str(path), *FAST)
    assert done.status == 2
    assert "zendesk-async upload - <" in done.err


def test_the_input_is_never_written_over(shell: Shell) -> None:
    """--results with the name of the input is a slip, and an expensive one."""
    path = shell.audience(3)
    before = path.read_bytes()
    done = shell.run("upload", "audience.ndjson", *FAST, "--results", "./audience.ndjson")
    assert done.status == 2
    assert path.read_bytes() == before


def test_results_that_cannot_be_written_are_told_before_anything_is_sent(shell: Shell) -> None:
    """A missing directory is no reason to lose a night."""
    shell.audience(3)
    done = shell.run("upload", "audience.ndjson", *FAST, "--results", "nowhere/r.ndjson")
    assert (done.status, done.out) == (2, "")
    assert "nowhere" in done.err
    assert shell.journals == []


# -- configuration ----------------------------------------------------------------------------------------------------


def test_without_configuration_it_says_how_to_begin(bare: Shell) -> None:
    """Three ways, and a mock for who has no account."""
    bare.audience(1)
    done = bare.run("upload", "audience.ndjson")
    assert (done.status, done.out) == (2, "")
    assert "ZENDESK_SUBDOMAIN" in done.err
    assert "zendesk-async mock" in done.err


def test_an_api_token_is_told_its_end_once(shell: Shell) -> None:
    """One line on standard error; the summary stays clean, and no secret is shown."""
    shell.environment = {
        "ZENDESK_OAUTH_TOKEN": "",
        "ZENDESK_EMAIL": "admin@example.com",
        "ZENDESK_API_TOKEN": "mock-token",
    }
    shell.audience(1)
    done = shell.run("upload", "audience.ndjson", *FAST, "--json")
    assert done.status == 0
    assert done.err.count("30 April 2027") == 1
    assert done.err.count("\n") == 1
    assert "mock-token" not in done.err + done.out


def test_no_rate_at_all_is_refused_to_zendesk(bare: Shell) -> None:
    """--rate none is for mocks."""
    bare.environment = {"ZENDESK_SUBDOMAIN": "acme", "ZENDESK_OAUTH_TOKEN": "x"}
    bare.audience(1)
    done = bare.run("upload", "audience.ndjson", "--rate", "none")
    assert done.status == 2
    assert "mock" in done.err


# -- a person must act ------------------------------------------------------------------------------------------------


def test_wrong_credentials_end_with_steps_and_the_way_back(shell: Shell) -> None:
    """Status 3; with the right token the very command that is printed goes on."""
    shell.audience(30)
    shell.environment = {"ZENDESK_OAUTH_TOKEN": "wrong-secret"}
    done = shell.run("upload", "audience.ndjson", *FAST, "--json")
    assert done.status == 3
    assert (done.json["status"], done.json["action"]["name"]) == ("needs_action", "Invalid credentials")
    assert done.json["action"]["steps"]
    assert done.json["action"]["resume"] == f"zendesk-async resume {done.json['run_id']}"
    assert "wrong-secret" not in done.out + done.err
    shell.environment = {}
    again = shell.run(*done.json["action"]["resume"].split()[1:], "--json")
    assert (again.status, again.json["records"]["created"] + again.json["records"]["updated"]) == (0, 30)


def test_what_is_forbidden_is_explained(shell: Shell) -> None:
    """403: imports are off by default, and only the owner can have them switched on."""
    with mock_account("--forbid", "imports") as shell.mock:
        shell.audience(30)
        done = shell.run("upload", "audience.ndjson", *FAST)
    assert done.status == 3
    assert "Authorization error" in done.out
    assert "1. " in done.out
    assert "zendesk-async resume " in done.out


# -- it stops ---------------------------------------------------------------------------------------------------------


def test_an_account_out_of_reach_stops_the_upload_resumably(shell: Shell) -> None:
    """The server is unplugged: after --patience it is status 4, with the command that goes on."""
    with mock_account() as shell.mock:
        shell.mock.unplug()
        shell.audience(30)
        done = shell.run("upload", "audience.ndjson", *FAST, "--patience", "1")
    assert done.status == 4
    assert "zendesk-async resume " in done.out
    assert "Traceback" not in done.err


def test_a_server_unplugged_in_mid_upload_stops_it_resumably(shell: Shell) -> None:
    """What was accepted stays accounted for, the rest is pending."""
    with mock_account("--job-seconds", "0.2") as shell.mock:
        shell.audience(500)
        process = shell.start("upload", "audience.ndjson", "--patience", "1", "--json")
        until(lambda: shell.mock and shell.mock.stats()["posts"])
        shell.mock.unplug()
        done = ended(process)
    assert (done.status, done.json["status"]) == (4, "stopped")
    assert done.json["records"]["read"] == sum(done.json["records"].values()) - done.json["records"]["read"]


def test_too_many_failures_stop_the_upload(shell: Shell) -> None:
    """--max-failed ends what is going wrong before two million customers have got it."""
    shell.audience(2_000, change=lambda number: {"email": "bad"} if number > 100 else {})
    done = shell.run("upload", "audience.ndjson", *FAST, "--max-failed", "10%")
    assert done.status == 4
    assert "more than was permitted" in done.out
    again = shell.run("resume", "--max-failed", "100%", "--json")
    assert (again.status, again.json["records"]["read"]) == (1, 2_000)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is full")
def test_results_on_a_full_disk_stop_the_upload(shell: Shell) -> None:
    """Resumable, with the reason; no line is lost in silence."""
    shell.audience(30)
    done = shell.run("upload", "audience.ndjson", *FAST, "--results", "/dev/full")
    assert done.status == 4
    assert "No space left" in done.err
    assert "zendesk-async resume " in done.out


# -- signals ----------------------------------------------------------------------------------------------------------


def started(shell: Shell, *options: str) -> subprocess.Popen[str]:
    """An upload in full swing: some of its jobs are at work at Zendesk."""
    mock = shell.mock
    assert mock is not None
    shell.audience(1_000)
    process = shell.start("upload", "audience.ndjson", *options)
    until(lambda: mock.stats()["posts"])
    return process


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_first_signal_sees_accepted_jobs_through(shell: Shell, number: signal.Signals, status: int) -> None:
    """It says how to resume, and resuming completes the upload without sending anything twice."""
    with mock_account("--job-seconds", "0.5") as shell.mock:
        process = started(shell, "--json", "--results", "r.ndjson")
        process.send_signal(number)
        done = ended(process)
        assert (done.status, done.json["status"]) == (status, "interrupted")
        assert "Stopping: seeing" in done.err
        assert f"zendesk-async resume {done.json['run_id']}" in done.err
        settled = done.json["records"]["created"]
        assert settled % 100 == 0
        assert settled > 0
        assert len(positions(shell.directory / "r.ndjson")) == settled
        again = shell.run("resume", done.json["run_id"], *FAST, "--json")
        assert (again.status, again.json["records"]["created"]) == (0, 1_000)
    assert sorted(positions(shell.directory / "r.ndjson")) == list(range(1_000))


def test_the_second_signal_leaves_at_once(shell: Shell) -> None:
    """Jobs of an hour are not waited for; the run goes on later."""
    with mock_account("--job-seconds", "3600") as shell.mock:
        process = started(shell)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        assert "Stopping" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        done = ended(process)
    assert done.status == 130
    assert "was interrupted" in done.out
    assert "zendesk-async resume " in done.out


def test_before_anything_has_begun_an_interrupt_is_quiet(shell: Shell) -> None:
    """A pipe that gives nothing, and Ctrl-C: 130, no word, no journal."""
    process = shell.start("upload", "-", stdin=subprocess.PIPE)
    until(lambda: _waits(process.pid))
    process.send_signal(signal.SIGINT)
    assert process.stdout is not None
    assert process.stderr is not None
    assert (process.wait(timeout=20), process.stdout.read(), process.stderr.read()) == (130, "", "")
    assert shell.journals == []


def _waits(pid: int) -> bool:
    """Whether a process has a thread of its own that waits for the pipe."""
    return len(list(Path(f"/proc/{pid}/task").iterdir())) > 1


# -- after a crash ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [("upload", "audience.ndjson"), ("resume", "--last")])
def test_after_kill_the_same_command_or_resume_goes_on(shell: Shell, command: tuple[str, ...]) -> None:
    """Nothing that was settled is sent again, and the file of results ends complete and without duplicates."""
    with mock_account("--job-seconds", "0.3") as shell.mock:
        process = started(shell, "--results", "r.ndjson")
        until(lambda: (shell.directory / "r.ndjson").stat().st_size)
        process.kill()
        process.communicate()
        with (shell.directory / "r.ndjson").open("ab") as file:
            file.write(b'{"position": 99')
        more = ("--results", "r.ndjson") if command[0] == "upload" else ()
        done = shell.run(*command, *more, *FAST, "--json")
        assert (done.status, done.json["status"]) == (0, "completed")
        assert (done.json["records"]["read"], done.json["records"]["created"]) == (1_000, 1_000)
        assert "Going on with run" in done.err
        assert ("--fresh" in done.err) == (command[0] == "upload")
    assert sorted(positions(shell.directory / "r.ndjson")) == list(range(1_000))
    assert len(shell.journals) == 1


def test_fresh_begins_anew(shell: Shell) -> None:
    """Who does not want to go on says so."""
    shell.audience(30)
    shell.environment = {"ZENDESK_OAUTH_TOKEN": "wrong"}
    first = shell.run("upload", "audience.ndjson", "--json")
    shell.environment = {}
    second = shell.run("upload", "audience.ndjson", *FAST, "--fresh", "--json")
    assert (first.status, second.status) == (3, 0)
    assert first.json["run_id"] != second.json["run_id"]


def test_a_name_belongs_to_one_upload(shell: Shell) -> None:
    """--run-id of another input is refused; of one that has finished, too."""
    shell.audience(3)
    shell.audience(4, "other.ndjson")
    assert shell.run("upload", "audience.ndjson", *FAST, "--run-id", "nightly").status == 0
    other = shell.run("upload", "other.ndjson", *FAST, "--run-id", "nightly")
    again = shell.run("upload", "audience.ndjson", *FAST, "--run-id", "nightly")
    assert (other.status, again.status) == (2, 2)
    assert "another input" in other.err
    assert "finished already" in again.err
    assert shell.run("upload", "audience.ndjson", "--run-id", "../evil").status == 2


def test_a_named_run_goes_on_under_its_name(shell: Shell) -> None:
    """A scheduler that says --run-id again means the same upload."""
    shell.audience(3)
    shell.environment = {"ZENDESK_OAUTH_TOKEN": "wrong"}
    assert shell.run("upload", "audience.ndjson", "--run-id", "nightly").status == 3
    shell.environment = {}
    done = shell.run("upload", "audience.ndjson", *FAST, "--run-id", "nightly", "--json")
    assert (done.status, done.json["run_id"]) == (0, "nightly")


def test_journals_are_the_users_own(shell: Shell) -> None:
    """They hold customers' data: nobody else may read them."""
    shell.audience(1)
    shell.run("upload", "audience.ndjson", *FAST)
    (journal,) = shell.state.glob("runs/*.journal")
    assert stat.S_IMODE(journal.stat().st_mode) == 0o600


# -- a dry run --------------------------------------------------------------------------------------------------------


def test_a_dry_run_needs_no_account_and_sends_nothing(bare: Shell) -> None:
    """It counts, and says why some would be rejected; nothing is left behind."""
    bare.audience(250, change=lambda number: {"email": "bad"} if number % 100 == 7 else {})
    done = bare.run("upload", "audience.ndjson", "--dry-run")
    assert (done.status, done.err) == (1, "")
    assert "247 would be sent, in 3 requests: about 2.5 s at 100 users/s" in done.out
    assert "3 records: InvalidEmail" in done.out
    assert not bare.state.exists()


def test_a_dry_run_of_a_good_file_is_0_and_of_a_bad_template_2(bare: Shell) -> None:
    """What the upload would refuse, the dry run refuses."""
    bare.audience(5)
    assert bare.run("upload", "audience.ndjson", "--dry-run", "--json").json["records"]["sent"] == 5
    bare.file("zendesk.toml", '[templates.t.fields]\nexternal_id = "Nowhere"\n')
    bare.file("people.csv", "Id\n1\n")
    assert bare.run("upload", "people.csv", "--dry-run").status == 2
