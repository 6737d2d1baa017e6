"""``python -m zendesk_async.mock``: a mock Zendesk account, until the process is told to end."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING

from zendesk_async.mock.options import OPTIONS, Option, Options
from zendesk_async.mock.server import serve

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = _parser()
    values = vars(parser.parse_args(arguments))
    host, port = values.pop("host"), values.pop("port")
    try:
        asyncio.run(serve(Options.of(**values), host, port))
    except (ValueError, OSError) as error:
        parser.error(str(error))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m zendesk_async.mock",
        description="A mock Zendesk account on this machine. Prints its URL as one line of JSON when it is ready.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at")
    parser.add_argument("--port", type=int, default=0, help="port to listen at; 0: a free one")
    for option in OPTIONS:
        _add(parser, option)
    return parser


def _add(parser: argparse.ArgumentParser, option: Option) -> None:
    if option.type is bool:
        parser.add_argument(option.flag, action="store_true", help=option.help)
    else:
        text = option.help.replace("%", "%%")
        parser.add_argument(option.flag, type=option.type, default=option.default, choices=option.choices, help=text)


if __name__ == "__main__":
    sys.exit(main())
