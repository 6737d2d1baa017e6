"""Describe the machine: what matters to speed, and nothing that names it."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

__all__ = ["describe", "load", "what_disturbs"]

SOFTWARE = ("aiohttp", "orjson", "uvloop")
DISTURBED = 0.5  # processes that wanted to run in the last minute, besides ours


def describe() -> dict[str, Any]:
    """Cores, CPU, memory, system, Python, and the versions that the figures rest on; with the load at this moment."""
    return {
        "cores": cores(),
        "cpu": cpu_model(),
        "memory_gb": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9),
        "os": f"{platform.system()} {'.'.join(platform.release().split('.')[:2])}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "software": {name: version for name in SOFTWARE if (version := version_of(name))},
        "zendesk_async": version_of("zendesk-async"),
        "commit": commit(),
        "load_before": load(),
        "made_at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    }


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def cpu_model() -> str:
    """The name of the CPU, as far as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


def load() -> float:
    """How many processes wanted to run, on average over the last minute."""
    return round(os.getloadavg()[0], 2)


def what_disturbs(load_before: float) -> str:
    """Say so if the machine has other work; "" if it is quiet."""
    if load_before <= DISTURBED:
        return ""
    return f"the machine was busy (load {load_before:g}): ratios may hold, absolute figures do not"


def version_of(package: str) -> str:
    """The version installed beside the suite; "" for what is not."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def commit() -> str:
    """The commit that is measured; "+" says that there are changes on top of it, "" that this is no clone."""
    try:
        found = subprocess.run(
            ["git", "describe", "--always", "--dirty=+", "--exclude=*"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return found.stdout.strip()
