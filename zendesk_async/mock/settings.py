"""How a setting is declared: default and help stand at the field, so that no command line can disagree with it."""

from __future__ import annotations

from dataclasses import field
from typing import Any, Literal

__all__ = ["RequestKind", "setting"]

RequestKind = Literal["post", "poll", "other"]
"""``post``: an upsert. ``poll``: a look at jobs. ``other``: everything else."""


def setting(default: Any, text: str, **more: Any) -> Any:
    """A dataclass field that knows its help text. ``choices`` limits it, ``hidden`` keeps it off the command line."""
    return field(default=default, metadata={"help": text, **more})
