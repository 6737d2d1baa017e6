"""The command line. ``main`` is its entry point; what a command needs is imported when the command is used."""

from __future__ import annotations

from zendesk_async.cli.program import main

__all__ = ["main"]
