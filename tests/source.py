"""The package and its tests as text and as syntax trees, for the tests that are about them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

__all__ = ["PACKAGE", "ROOT", "TESTS", "Import", "files_with_tests", "imports", "modules", "name_of", "tree"]

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "zendesk_async"
TESTS = ROOT / "tests"


class Import(NamedTuple):
    """One name that a module imports. ``lazy`` is inside a function: it happens when that is called, if ever."""

    name: str
    line: int
    lazy: bool


def modules() -> list[Path]:
    """Every module of the package."""
    return sorted(PACKAGE.rglob("*.py"))


def files_with_tests() -> list[Path]:
    """Every file of tests."""
    return sorted(TESTS.rglob("test_*.py"))


def name_of(path: Path) -> str:
    """Give a module's name without the package's: "api.wire"; "__init__" for the package itself."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


@cache
def tree(path: Path) -> ast.Module:
    """Parse a file."""
    return ast.parse(path.read_text("utf-8"), str(path))


def imports(path: Path) -> list[Import]:
    """Everything a module imports, by full name: ``from zendesk_async.api import wire`` is "zendesk_async.api.wire"."""
    return list(_imports(tree(path), lazy=False))


def _imports(node: ast.AST, *, lazy: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(alias.name, child.lineno, lazy) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            start = "." * child.level + (child.module or "")
            yield from (Import(f"{start}.{alias.name}", child.lineno, lazy) for alias in child.names)
        else:
            yield from _imports(child, lazy=lazy or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef))
