"""``python -m zendesk_async`` is ``zendesk-async``."""

from __future__ import annotations

import sys

from zendesk_async.cli import main

if __name__ == "__main__":
    sys.exit(main())
