"""docs/configuration.md says what the code does."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import msgspec
import pytest

from tests.source import ROOT
from zendesk_async.config.credentials import DEFAULT_SCOPE, LONGEST_LIFE, SHORTEST_LIFE, TOKEN_LIFE
from zendesk_async.config.environment import VARIABLES
from zendesk_async.config.settings import NO_TEMPLATE, Options, resolve
from zendesk_async.config.toml import TABLES, read_toml
from zendesk_async.config.values import Limits

TEXT = (ROOT / "docs" / "configuration.md").read_text("utf-8")
EXAMPLES = [textwrap.dedent(block) for block in re.findall(r"^ *```toml\n(.*?)^ *```", TEXT, re.MULTILINE | re.DOTALL)]


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_a_good_zendesk_toml(example: str, tmp_path: Path) -> None:
    """What the documentation shows can be pasted into a file and is accepted."""
    path = tmp_path / "zendesk.toml"
    path.write_text(example, "utf-8")
    assert read_toml(path).credentials


def test_the_large_example_resolves(tmp_path: Path) -> None:
    """The documented file leads to an upload with the documented limits."""
    path = tmp_path / "zendesk.toml"
    path.write_text(EXAMPLES[0], "utf-8")
    settings = resolve(Options(config=path, destination="sandbox"), {"SANDBOX_TOKEN": "t"})
    assert settings.limits == Limits(rate=50, jobs=10, share=0.5)
    assert settings.template is not None
    assert settings.template.name == "loyalty"


def test_every_variable_is_documented_and_no_other() -> None:
    """The documentation names exactly the variables that are read."""
    assert set(re.findall(r"\bZENDESK_[A-Z_]+\b", TEXT)) == set(VARIABLES.values())


@pytest.mark.parametrize("key", [key for table in TABLES.values() for key in msgspec.structs.fields(table)])
def test_every_key_is_documented(key: msgspec.structs.FieldInfo) -> None:
    """There is no key of zendesk.toml that the documentation keeps to itself."""
    assert re.search(rf"`{key.name}`|\.{key.name}\]|^{key.name} = ", TEXT, re.MULTILINE)


@pytest.mark.parametrize("name", ["rate", "batch_size", "jobs", "share", "slack"])
def test_the_default_limits_are_the_documented_ones(name: str) -> None:
    """The last column of the table is what the code does."""
    row = re.search(rf"^\| `{name}` .*\| ([\d.]+) \|$", TEXT, re.MULTILINE)
    assert row is not None
    assert float(row[1]) == getattr(Limits(), name)


def test_the_bounds_of_tokens_are_the_documented_ones() -> None:
    """Scope and lives of tokens stand in the text as they are in the code."""
    assert f"`{DEFAULT_SCOPE}`" in TEXT
    assert f"{SHORTEST_LIFE} to {LONGEST_LIFE} ({TOKEN_LIFE})" in TEXT
    assert f"--template {NO_TEMPLATE}" in TEXT
