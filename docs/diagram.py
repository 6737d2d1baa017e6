"""Draw the life of a batch into docs/design.md, from the table in the code: ``python docs/diagram.py``."""

from __future__ import annotations

import re
from pathlib import Path

from zendesk_async.upload.worker import LIFE

PAGE = Path(__file__).with_name("design.md")
FENCE = re.compile(r"```mermaid\nstateDiagram-v2\n.*?```", re.DOTALL)


def diagram() -> str:
    """The table ``LIFE`` as a Mermaid state diagram."""
    lines = [f"    {stage} --> {then}: {event}" for (stage, event), then in LIFE.items()]
    return "\n".join(["```mermaid", "stateDiagram-v2", "    [*] --> idle", *lines, "```"])


def drawn(page: str) -> str:
    """The page with its diagram as the code has it now."""
    return FENCE.sub(lambda _: diagram(), page)


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
