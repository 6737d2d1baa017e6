"""The rivals' environments: one for each, made by the suite itself, from PyPI and npm, with versions that are pinned.

They live in ``.bench``, which git ignores and which may be removed at any time. What cannot be installed is left out of
the tables, with the reason.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.process import ROOT

__all__ = ["PYTHON", "Unavailable", "cache", "node_modules", "python_with"]

CACHE = ROOT / ".bench"

PYTHON: dict[str, tuple[str, ...]] = {
    "zenpy": ("zenpy==2.0.57", "requests==2.34.2", "urllib3==2.8.0", "orjson==3.13.0"),
    "sdk": ("python-zendesk-sdk==0.16.2", "httpx==0.28.1", "pydantic==2.14.3", "orjson==3.13.0"),
    "drt": ("drt-core==1.2.1", "httpx==0.28.1", "orjson==3.13.0"),
    "plots": ("matplotlib==3.11.2",),
}
"""What is installed from PyPI, by environment. What decides a rival's speed is pinned beside it."""

NODE = {"node-zendesk": "6.0.1"}
PATIENCE = 600.0  # seconds


class Unavailable(Exception):
    """This environment cannot be had on this machine."""


def cache() -> Path:
    """The suite's own folder, which says of itself that git shall ignore it."""
    CACHE.mkdir(exist_ok=True)
    (CACHE / ".gitignore").write_text("*\n")
    return CACHE


def python_with(name: str, say: Callable[[str], None] = lambda _: None) -> Path:
    """The Python of an environment, made when it is first asked for. Raises Unavailable."""
    place, pins = cache() / "environments" / name, PYTHON[name]
    python = place / "bin" / "python"
    if not _stands(place, pins):
        say(f"installing {' '.join(pins)}")
        shutil.rmtree(place, ignore_errors=True)
        _do([sys.executable, "-m", "venv", str(place)])
        _do([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *pins])
        _stamp(place, pins)
    return python


def node_modules(say: Callable[[str], None] = lambda _: None) -> Path:
    """The folder with the rivals from npm, made when it is first asked for. Raises Unavailable."""
    place, pins = cache() / "environments" / "node", tuple(f"{name}@{version}" for name, version in NODE.items())
    if not _stands(place, pins):
        if not shutil.which("npm"):
            raise Unavailable("Node.js with npm is not installed")
        say(f"installing {' '.join(pins)}")
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        (place / "package.json").write_text(json.dumps({"private": True, "dependencies": NODE}))
        _do(["npm", "install", "--prefix", str(place), "--no-audit", "--no-fund", "--silent"])
        _stamp(place, pins)
    return place / "node_modules"


def _stands(place: Path, pins: tuple[str, ...]) -> bool:
    """Whether an environment is there, whole, with these versions."""
    stamp = place / ".pins"
    return stamp.exists() and stamp.read_text() == "\n".join(pins)


def _stamp(place: Path, pins: tuple[str, ...]) -> None:
    (place / ".pins").write_text("\n".join(pins))


def _do(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE)
    except FileNotFoundError:
        raise Unavailable(f"{command[0]} is not installed") from None
    except subprocess.TimeoutExpired:
        raise Unavailable(f"{' '.join(command[:4])} … took too long") from None
    except subprocess.CalledProcessError as error:
        sys.stderr.write(error.stderr or error.stdout)
        raise Unavailable(f"{Path(command[0]).name} could not install it") from None
