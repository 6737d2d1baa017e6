"""drt-core 1.2.1: its Zendesk destination, handed 10,000 records at a time.

It sends one batch after another and takes the 200 of a POST for success: it never looks at a job, so it cannot say
what became of a record. Its cap of 11 requests per second is lifted here, or set to what the account allows.
"""

from __future__ import annotations

from itertools import chain, islice

from drt.config.models import (  # type: ignore[import-not-found]
    RateLimitConfig,
    RetryConfig,
    SyncOptions,
    ZendeskDestinationConfig,
)
from drt.destinations import zendesk  # type: ignore[import-not-found]

from benchmarks.contenders.driving import EMAIL, SIZE, TOKEN, Seen, batches, finish, task

PIECE = 10_000

wanted, seen = task(), Seen(failed=None)
zendesk._ZENDESK_API_TEMPLATE = f"{wanted.base_url}/api/v2"  # noqa: SLF001 - it has no setting for this
zendesk._ZENDESK_MAX_REQUESTS_PER_SECOND = 1_000_000  # noqa: SLF001 - nor for this

requests = wanted.rate / SIZE or 1_000_000
config = ZendeskDestinationConfig(
    type="zendesk",
    subdomain="mock",
    email=EMAIL,
    api_token=TOKEN,
    rate_limit=RateLimitConfig(requests_per_second=requests),
    retry=RetryConfig(max_attempts=100),
)
options = SyncOptions(on_error="skip")
records = chain.from_iterable(batches(wanted, seen))
while piece := list(islice(records, PIECE)):
    result = zendesk.ZendeskDestination().load(piece, config, options)
    seen.accepted += result.success
finish(seen)
