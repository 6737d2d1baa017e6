"""Build sdist and wheel as for publication, and try the wheel where nothing else is installed.

What only works from a source tree, or only beside the tools of development, shows here.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import zendesk_async

ROOT = Path(__file__).resolve().parent.parent

IMPORTS = """
import importlib, pkgutil, sys
import zendesk_async
assert "site-packages" in zendesk_async.__file__, zendesk_async.__file__
for name in zendesk_async.__all__:
    getattr(zendesk_async, name)
for module in pkgutil.walk_packages(zendesk_async.__path__, "zendesk_async."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""


def main() -> int:
    """Build, install, try. The exit status is 1 when any of it fails, and then its output is shown."""
    with tempfile.TemporaryDirectory(prefix="zendesk-async-wheel-") as place:
        here = Path(place)
        try:
            wheel = build(here / "dist")
            python = install(wheel, here / "venv")
            try_out(python, here)
        except subprocess.CalledProcessError as error:
            print(
                error.stdout, f"The wheel does not work on its own: {error.cmd[:4]} failed.", sep="\n", file=sys.stderr
            )
            return 1
    print(f"{wheel.name} works on its own.")
    return 0


def build(dist: Path) -> Path:
    """Build the sdist, and the wheel from it."""
    run(sys.executable, "-m", "build", "--outdir", dist, ROOT, cwd=ROOT)
    (wheel,) = dist.glob("*.whl")
    return wheel


def install(wheel: Path, place: Path) -> Path:
    """Install a wheel, without extras, into a new environment; give its Python."""
    venv.create(place, with_pip=True)
    python = place / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--no-compile", wheel, cwd=place)
    run(python, "-m", "pip", "check", cwd=place)
    return python


def try_out(python: Path, cwd: Path) -> None:
    """Import every module with warnings as errors, and run the command."""
    run(python, "-W", "error", "-c", IMPORTS, cwd=cwd)
    version = run(python.with_name("zendesk-async"), "--version", cwd=cwd)
    if zendesk_async.__version__ not in version:
        raise subprocess.CalledProcessError(1, ["zendesk-async", "--version"], output=version)


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command and give what it printed. Raises CalledProcessError."""
    done = subprocess.run(
        command,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
