"""Who competes, and how each is started."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from benchmarks.audience import TEMPLATE
from benchmarks.contenders.driving import OAUTH_TOKEN
from benchmarks.environments import node_modules, python_with
from benchmarks.process import ROOT, clean_environment

__all__ = ["FLOOR", "FLOOR_UVLOOP", "PRODUCT", "RIVALS", "UNGUARDED", "Command", "Contender", "Order"]

HERE = Path(__file__).resolve().parent
NEEDS_TEMPLATE = ("customers", "table")  # kinds of audience


class Order(NamedTuple):
    """What a contender shall do, and where.

    ``rate`` is in users per second, 0 for as fast as it goes. ``jobs`` None is the contender's own default. ``scratch``
    is an empty folder of its own. ``extra`` goes to the product's command line only.
    """

    url: str
    input: Path
    scratch: Path
    jobs: int | None = None
    poll: float = 0.05
    rate: float = 0.0
    piped: bool = False
    extra: tuple[str, ...] = ()


class Command(NamedTuple):
    """What to run, and in which environment."""

    words: list[str | Path]
    env: dict[str, str]


class Contender(NamedTuple):
    """One who competes.

    ``speed`` is about how many users per second it manages: it decides how many it is given. ``follows``: whether it
    waits for the jobs that it makes.
    """

    name: str
    command: Callable[[Order], Command]
    speed: float
    most_jobs: int = 1_000
    says: str = "what became of each record"
    follows: bool = True


def _environment(**more: str) -> dict[str, str]:
    return clean_environment(PYTHONPATH=str(ROOT), **more)


def _product(order: Order, program: tuple[str, ...] = ("-m", "zendesk_async")) -> Command:
    words: list[str | Path] = [sys.executable, *program, "upload", "-" if order.piped else order.input]
    words += ["--json", "--state", order.scratch / "state", "--rate", f"{order.rate:g}" if order.rate else "none"]
    words += ["--format", order.input.suffix.removeprefix(".")] if order.piped else []
    words += ["--jobs", str(order.jobs)] if order.jobs else []
    if order.input.name.startswith(NEEDS_TEMPLATE):
        (order.scratch / "zendesk.toml").write_text(TEMPLATE)
        words += ["--config", order.scratch / "zendesk.toml", "--template", "loyalty"]
    account = {"ZENDESK_BASE_URL": order.url, "ZENDESK_OAUTH_TOKEN": OAUTH_TOKEN}
    return Command([*words, *order.extra], _environment(**account))


def _unguarded(order: Order) -> Command:
    return _product(order, ("-m", "benchmarks.contenders.unguarded"))


def _arguments(order: Order) -> list[str | Path]:
    source = "-" if order.piped else order.input
    words = ["--base-url", order.url, "--input", source, "--poll", str(order.poll), "--rate", str(order.rate)]
    return [*words, "--jobs", str(order.jobs)] if order.jobs else list(words)


def _driver(module: str, environment: str = "", **variables: str) -> Callable[[Order], Command]:
    def command(order: Order) -> Command:
        python = python_with(environment) if environment else Path(sys.executable)
        return Command([python, "-m", f"benchmarks.contenders.{module}", *_arguments(order)], _environment(**variables))

    return command


def _node(order: Order) -> Command:
    words: list[str | Path] = ["node", HERE / "node_zendesk.cjs", *_arguments(order)]
    return Command(words, _environment(NODE_PATH=str(node_modules())))


PRODUCT = Contender("zendesk-async", _product, 150_000)
UNGUARDED = Contender("zendesk-async, guard removed", _unguarded, 150_000)
FLOOR = Contender("floor: aiohttp + orjson", _driver("floor"), 280_000, says="nothing")
FLOOR_UVLOOP = Contender("floor on uvloop", _driver("floor", FLOOR_LOOP="uvloop"), 280_000, says="nothing")

RIVALS: Mapping[str, Contender] = {
    "naive": Contender("aiohttp + asyncio.gather", _driver("naive"), 70_000),
    "node": Contender("node-zendesk 6.0.1", _node, 110_000),
    "sdk": Contender("python-zendesk-sdk 0.16.2", _driver("sdk", "sdk"), 36_000, most_jobs=20),
    "drt": Contender(
        "drt-core 1.2.1", _driver("drt_load", "drt"), 70_000, most_jobs=1, says="that it was sent", follows=False
    ),
    "zenpy": Contender("zenpy 2.0.57, threads", _driver("zenpy_threads", "zenpy"), 7_500, most_jobs=16),
}
"""Everybody else, by a short name."""
