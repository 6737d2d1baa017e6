"""How an account is set up."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from zendesk_async.mock.faults import Faults
from zendesk_async.mock.options import OPTIONS, Options, parse_fields


def test_flat_names_reach_the_faults() -> None:
    """One flat set of names sets up the account and what goes wrong in it."""
    options = Options.of(rate=100, error_rate=0.25, seed=7)
    assert (options.rate, options.faults.error_rate, options.faults.seed) == (100, 0.25, 7)


def test_the_table_is_complete() -> None:
    """Every setting of the account and of its faults is an option, with its default, and none comes twice."""
    names = [option.name for option in OPTIONS]
    wanted = {item.name for item in (*fields(Options), *fields(Faults))} - {"faults"}
    assert len(names) == len(set(names))
    assert set(names) == wanted
    assert Options.of(**{option.name: option.default for option in OPTIONS}) == Options()


def test_every_option_says_what_it_is_for() -> None:
    """No option is without help, and its flag is how people type it."""
    assert all(option.help for option in OPTIONS)
    assert {option.flag for option in OPTIONS} >= {"--job-seconds", "--any-credentials", "--rpm"}


def test_the_type_of_an_option_makes_its_default() -> None:
    """A command line that converts by ``type`` gets the same value as the default."""
    given = [option for option in OPTIONS if option.default is not None]
    assert all(option.type(option.default) == option.default for option in given)


@pytest.mark.parametrize(
    "wrong",
    [
        {"era": "2022"},
        {"limit_style": "loud"},
        {"role": "king"},
        {"forbid": "some"},
        {"job_jitter": 2.0},
        {"error_rate": 1.5},
    ],
)
def test_nonsense_is_refused(wrong: dict[str, Any]) -> None:
    """A value that no account can have is an error at once."""
    with pytest.raises(ValueError, match=next(iter(wrong)).split("_")[0]):
        Options.of(**wrong)


def test_an_unknown_name_is_refused() -> None:
    """A misspelt option must not be ignored."""
    with pytest.raises(TypeError, match="job_secnds"):
        Options.of(job_secnds=3)


def test_fields_can_be_listed_by_hand() -> None:
    """``key:type,key`` is enough to define user fields; without a type it is text."""
    assert [(field["key"], field["type"]) for field in parse_fields("tier, vip:checkbox,")] == [
        ("tier", "text"),
        ("vip", "checkbox"),
    ]
    assert Options.of(fields="").fields == ()


@pytest.mark.parametrize("wrap", [lambda fields: fields, lambda fields: {"user_fields": fields}])
def test_fields_can_stand_in_a_file(tmp_path: Path, wrap: Any) -> None:
    """A file holds a list of definitions, or Zendesk's own answer."""
    path = tmp_path / "fields.json"
    path.write_text(json.dumps(wrap([{"key": "tier", "title": "Tier"}])))
    assert parse_fields(str(path)) == ({"key": "tier", "title": "Tier"},)


def test_a_file_without_fields_says_so(tmp_path: Path) -> None:
    """A missing file and one with something else in it are named in the message."""
    path = tmp_path / "fields.json"
    with pytest.raises(ValueError, match=r"fields\.json: No such file"):
        parse_fields(str(path))
    path.write_text('{"users": []}')
    with pytest.raises(ValueError, match="no list of user fields"):
        parse_fields(str(path))


def test_reading_the_table_starts_no_server() -> None:
    """A command line prints its help without paying for the account or its server."""
    code = "import sys, zendesk_async.mock.options; print(*sorted(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"asyncio", "orjson", "zendesk_async.mock.account"} & set(told.stdout.split())
