"""zenpy 2.0.57, driven by threads.

Each thread has a client of its own (they are not safe to share) and takes the next batch itself, so that the input is
never held as a whole. zenpy waits for Retry-After by itself. Its own ``job_status(ids=[...])`` for all threads at once
was tried and is no faster: nearly all of its time goes into building and serialising its User objects.
"""

from __future__ import annotations

import os
import threading
import time
from typing import Any
from urllib.parse import urlsplit

from benchmarks.contenders.driving import EMAIL, OVER, TOKEN, Seen, batches, finish, job_limit, task

MOST_JOBS = 16  # more threads only wait for each other

wanted, seen = task(), Seen()
os.environ["ZENPY_FORCE_SCHEME"] = "http"
os.environ["ZENPY_FORCE_NETLOC"] = urlsplit(wanted.base_url).netloc

from zenpy import Zenpy  # type: ignore[import-not-found]  # noqa: E402 - it reads the environment
from zenpy.lib.api_objects import User  # type: ignore[import-not-found]  # noqa: E402

source = batches(wanted, seen)
one_at_a_time = threading.Lock()


def next_batch() -> list[dict[str, Any]] | None:
    """Take the next batch of the input."""
    with one_at_a_time:
        return next(source, None)


def work() -> None:
    """Send batches until there are none, waiting for each job."""
    client = Zenpy(subdomain="mock", email=EMAIL, token=TOKEN, disable_cache=True)
    while batch := next_batch():
        job = client.users.create_or_update([User(**record) for record in batch])
        while job.status not in OVER:
            job = client.job_status(id=job.id)
            if job.status not in OVER:
                time.sleep(wanted.poll)
        results = [result if isinstance(result, dict) else result.to_dict() for result in job.results or ()]
        with one_at_a_time:
            seen.count(results)


threads = [threading.Thread(target=work) for _ in range(job_limit(wanted, MOST_JOBS))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
finish(seen)
