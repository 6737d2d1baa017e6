from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.accounts import ACTION, DONE, REASON, report
from zendesk_async.cli.telling import tell, write_page
from zendesk_async.models import RunStatus


def test_people_get_the_summary(capfd: pytest.CaptureFixture[str]) -> None:
    """On standard output, and nothing beside it."""
    tell(DONE, [], json=False)
    captured = capfd.readouterr()
    assert captured.out.startswith("Upload 20261124-023511-abcd has finished")
    assert captured.err == ""


def test_programs_get_json_and_nothing_else(capfd: pytest.CaptureFixture[str]) -> None:
    """One line, which a log collector takes as one entry."""
    tell(DONE, [REASON], json=True)
    captured = capfd.readouterr()
    assert json.loads(captured.out) == DONE.to_dict()
    assert captured.out.count("\n") == 1
    assert captured.err == ""


def test_what_a_person_must_do_is_told_to_the_person_too(capfd: pytest.CaptureFixture[str]) -> None:
    """The steps are in the JSON, and on standard error for who watches."""
    tell(report(status=RunStatus.NEEDS_ACTION, action=ACTION), [], json=True, state=Path("s"))
    captured = capfd.readouterr()
    assert json.loads(captured.out)["action"]["resume"] == "zendesk-async resume 20261124-023511-abcd"
    assert "1. Ask the account's owner" in captured.err
    assert "resume 20261124-023511-abcd --state s" in captured.err


def test_names_that_are_no_text_can_be_written(tmp_path: Path) -> None:
    """A file name may hold bytes that are no characters."""
    write_page(tmp_path / "r.html", report(input="caf\udce9.csv"), [])
    assert "caf" in (tmp_path / "r.html").read_text("utf-8")
