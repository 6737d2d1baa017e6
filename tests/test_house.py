"""Habits that hold for every file."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import zendesk_async
from tests.source import ROOT, TESTS, files_with_tests, imports, modules, tree

EVERY_TEST_FILE = [pytest.param(path, id=str(path.relative_to(TESTS))) for path in files_with_tests()]
EVERY_FILE = [pytest.param(path, id=str(path.relative_to(ROOT))) for path in (*modules(), *files_with_tests())]

JUDGES = ("assert", "check", "fail", "raises", "warns")


def functions_that_test(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Find the tests in a file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            yield node


def judges(function: ast.AST) -> bool:
    """Whether something in a test can fail it: an assert, or a call that judges by its name."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if called.startswith(JUDGES):
                return True
    return False


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


@pytest.mark.parametrize("path", EVERY_TEST_FILE)
def test_every_test_says_what_it_defends(path: Path) -> None:
    """A test has one sentence that says the truth it stands for."""
    silent = [node.name for node in functions_that_test(path) if not (ast.get_docstring(node) or "").endswith(".")]
    assert not silent


@pytest.mark.parametrize("path", EVERY_TEST_FILE)
def test_every_test_can_fail(path: Path) -> None:
    """A test without a judgement defends nothing."""
    toothless = [node.name for node in functions_that_test(path) if not judges(node)]
    assert not toothless


@pytest.mark.parametrize("path", EVERY_FILE)
def test_nothing_is_mocked_behind_its_back(path: Path) -> None:
    """Fakes stand at borders, as objects of their own: unittest.mock is used nowhere."""
    assert not [found for found in imports(path) if found.name.startswith("unittest")]


@pytest.mark.parametrize("path", EVERY_FILE)
def test_every_exemption_is_named(path: Path) -> None:
    """A silenced checker says which rule is meant: a blanket one would silence tomorrow's mistakes too."""
    text = path.read_text("utf-8")
    assert not re.findall(r"#\s*noqa(?!:)|#\s*type:\s*ignore(?!\[)", text)


def test_the_version_stands_in_one_place() -> None:
    """The package's own ``__version__`` is what the build takes, so the two cannot differ."""
    assert pyproject()["tool"]["hatch"]["version"]["path"] == "zendesk_async/__init__.py"
    assert re.fullmatch(r"\d+\.\d+\.\d+((a|b|rc)\d+)?", zendesk_async.__version__)


def test_all_means_every_extra() -> None:
    """``zendesk-async[all]`` leaves no feature out but the tools of development."""
    extras = pyproject()["project"]["optional-dependencies"]
    (everything,) = extras["all"]
    named = set(everything.partition("[")[2].rstrip("]").split(","))
    assert named == set(extras) - {"all", "dev"}


def test_every_ignored_rule_has_its_reason() -> None:
    """Ruff checks all it can; what it must not check says why, in the same line."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    rules = re.findall(r'^\s+"[A-Z]+\d*",(.*)$', text.partition("[tool.ruff.lint]")[2], re.MULTILINE)
    assert rules
    assert all(rest.strip().startswith("# ") for rest in rules)
