"""The house keeps its shape: arrows point down only, pure modules are pure, rooms stay small."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from tests.source import PACKAGE, TESTS, Import, imports, modules, name_of, tree

BASE = {"errors", "models", "config"}
MIDDLE = {"api", "audience", "state"}

MAY_IMPORT: dict[str, set[str]] = {
    "__init__": {"client", "upload", *MIDDLE, *BASE},  # the public names
    "__main__": {"cli"},
    "cli": {"client", "upload", "mock", *MIDDLE, *BASE},
    "client": {"upload", *MIDDLE, *BASE},
    "upload": {*MIDDLE, *BASE},
    "api": BASE,
    "audience": BASE,
    "state": BASE,
    "config": {"errors", "models"},
    "errors": {"models"},
    "models": set(),
    "mock": set(),
}

PURE = {
    "api.actions",
    "api.jobs",
    "api.request",
    "api.retrying",
    "api.wire",
    "audience.alike",
    "audience.attributes",
    "audience.column",
    "audience.columnwise",
    "audience.conversion",
    "audience.defaults",
    "audience.doubts",
    "audience.emails",
    "audience.fitting",
    "audience.headers",
    "audience.makes",
    "audience.ordinary",
    "audience.picking",
    "audience.plain",
    "audience.quick",
    "audience.quoting",
    "audience.remembered",
    "audience.template",
    "audience.unwrapping",
    "audience.validation",
    "config.credentials",
    "config.destination",
    "config.values",
    "config.wording",
    "errors",
    "mock.account",
    "mock.world",
    "models",
    "state.encoding",
    "state.positions",
    "upload.batching",
    "upload.folding",
    "upload.guard",
    "upload.matching",
    "upload.polling",
}

WORLDLY = {
    "aiohttp",
    "asyncio",
    "io",
    "os",
    "pathlib",
    "random",
    "socket",
    "sqlite3",
    "subprocess",
    "threading",
    "time",
}
CLOCKS = {"now", "today", "utcnow"}

TESTED_BY_OTHERS = {"__init__", "__main__"}
"""Names and doors: the tests of what stands behind them go through them."""

HEAVY = {"aiohttp", "duckdb", "email_validator", "keyring", "lmdb", "msgspec", "rich", "sqlite3", "xxhash"}

LONGEST = 330  # lines

EVERY_MODULE = [pytest.param(path, id=name_of(path)) for path in modules()]
PURE_MODULES = [pytest.param(path, id=name_of(path)) for path in modules() if name_of(path) in PURE]


def room_of(name: str) -> str:
    """Name the room of a module: "api" for "api.wire"."""
    return name.partition(".")[0]


def rooms_imported(path: Path) -> list[tuple[str, Import]]:
    """Every room of ours that a module reaches into. The version is a name of everybody's."""
    ours = [name for name in imports(path) if name.name.partition(".")[0] == "zendesk_async"]
    inner = [(name.name.partition(".")[2], name) for name in ours if name.name != "zendesk_async.__version__"]
    return [(room_of(name) or "__init__", found) for name, found in inner]


@pytest.mark.parametrize("path", EVERY_MODULE)
def test_arrows_point_down_only(path: Path) -> None:
    """Cli -> client -> upload -> api, audience, state -> errors, models, config; mock imports nothing of ours."""
    room = room_of(name_of(path))
    wrong = [
        f"line {found.line}: {room} must not import {found.name}"
        for target, found in rooms_imported(path)
        if target not in MAY_IMPORT[room] | {room}
    ]
    assert not wrong


@pytest.mark.parametrize("path", EVERY_MODULE)
def test_no_import_hides_its_room(path: Path) -> None:
    """Imports are written in full, so that the arrows can be read off them."""
    assert not [found for found in imports(path) if found.name.startswith(".")]


@pytest.mark.parametrize("path", EVERY_MODULE)
def test_the_mock_is_another_program(path: Path) -> None:
    """Only the command that starts the mock knows it."""
    known = [found for target, found in rooms_imported(path) if target == "mock"]
    assert not known or name_of(path) == "cli.mock" or room_of(name_of(path)) == "mock"


@pytest.mark.parametrize("path", PURE_MODULES)
def test_pure_modules_are_pure(path: Path) -> None:
    """No async, no clock, no dice and no I/O: ``now`` and ``random`` are arguments."""
    worldly = [found for found in imports(path) if room_of(found.name) in WORLDLY]
    awaits = [node for node in ast.walk(tree(path)) if isinstance(node, ast.AsyncFunctionDef | ast.Await)]
    calls = [node.func for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    clocks = [call.attr for call in calls if isinstance(call, ast.Attribute) and call.attr in CLOCKS]
    streams = [call.id for call in calls if isinstance(call, ast.Name) and call.id in {"open", "print", "input"}]
    assert (worldly, awaits, clocks, streams) == ([], [], [], [])


def test_every_pure_module_is_there() -> None:
    """A module that was renamed must not slip out of the table."""
    assert {name_of(path) for path in modules()} >= PURE


@pytest.mark.parametrize("path", EVERY_MODULE)
def test_only_config_reads_the_environment(path: Path) -> None:
    """There is one place where a variable of the environment can change what we do."""
    if room_of(name_of(path)) == "config":
        return
    reads = [
        node.lineno
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv", "getenvb"}
    ]
    named = [found.line for found in imports(path) if found.name in {"os.environ", "os.getenv"}]
    assert (reads, named) == ([], [])


@pytest.mark.parametrize("path", EVERY_MODULE)
def test_every_module_has_its_own_tests(path: Path) -> None:
    """``api/wire.py`` is covered by ``tests/api/test_wire.py``: who changes one knows where to look."""
    if path.stem in TESTED_BY_OTHERS:
        return
    assert (TESTS / path.relative_to(PACKAGE).with_name(f"test_{path.name}")).exists()


@pytest.mark.parametrize("path", EVERY_MODULE)
def test_rooms_stay_small(path: Path) -> None:
    """A file that has grown large holds two things."""
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("path", EVERY_MODULE)
def test_public_names_are_declared_and_there(path: Path) -> None:
    """Every module says which of its names are for others, and has them."""
    module = importlib.import_module(("zendesk_async." + name_of(path)).removesuffix(".__init__"))
    if path.stem not in {"__init__", "__main__"}:
        assert hasattr(module, "__all__")
    assert not [name for name in getattr(module, "__all__", ()) if not hasattr(module, name)]


def test_importing_the_package_costs_little() -> None:
    """``--version`` and ``--help`` must not wait for libraries that they do not need."""
    code = f"import sys, zendesk_async, zendesk_async.cli; print(*sorted({HEAVY!r} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []
