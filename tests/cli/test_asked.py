from __future__ import annotations

import math
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.cli.asked import Asked
from zendesk_async.config.settings import Options

NUMBER = st.none() | st.floats(1, 1e6)
PATH = st.none() | st.just(Path("/tmp/x.ndjson"))


@given(
    st.builds(
        Asked,
        input=st.sampled_from(["-", "/data/a.csv"]),
        destination=st.none() | st.text(max_size=5),
        rate=NUMBER | st.just(math.inf),
        limit=st.none() | st.integers(1, 10),
        max_failed=NUMBER,
        ignore_unknown=st.booleans(),
        results=PATH,
        config=PATH,
    )
)
def test_what_was_asked_comes_back_from_the_journal(asked: Asked) -> None:
    """``resume`` works as ``upload`` was told to, to the last option."""
    assert Asked.of(orjson.loads(orjson.dumps(asked.kept()))) == asked


def test_paths_are_kept_for_a_process_that_begins_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cron job resumes from another directory."""
    monkeypatch.chdir(tmp_path)
    kept = Asked(input="a.csv", results=Path("r.ndjson")).kept()
    assert (kept["input"], kept["results"]) == (str(tmp_path / "a.csv"), str(tmp_path / "r.ndjson"))


def test_what_is_said_anew_goes_first() -> None:
    """``resume --rate 50`` is slower than the upload was; what is not said stays."""
    asked = Asked.of({"input": "-", "rate": 100, "jobs": 5}, rate=50.0, jobs=None)
    assert (asked.rate, asked.jobs) == (50, 5)


def test_options_of_another_version_do_no_harm() -> None:
    """A journal may have been begun by a newer or an older program."""
    assert Asked.of({"input": "-", "telepathy": True}) == Asked(input="-")


def test_configuration_gets_its_part() -> None:
    """What ``zendesk.toml`` and the environment answer to is handed on under the same names."""
    asked = Asked(input="-", destination="acme", rate=5, batch_size=7, jobs=3, patience=1, state=Path("s"))
    assert asked.options() == Options(destination="acme", rate=5, batch_size=7, jobs=3, patience=1, state=Path("s"))
