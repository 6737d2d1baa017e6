"""How a journal looks inside. ``docs/journal.md`` explains it to whoever opens one with ``sqlite3``.

A change here is a new ``version``; a test holds the schema to the one that the version stands for.
"""

from __future__ import annotations

from zendesk_async.state.database import Format

__all__ = ["JOURNAL"]

RUN = """
CREATE TABLE run (
  run_id TEXT NOT NULL, destination TEXT NOT NULL, base_url TEXT NOT NULL,
  input TEXT NOT NULL, format TEXT NOT NULL, tabular INTEGER NOT NULL,
  fingerprint TEXT NOT NULL, intake_digest TEXT NOT NULL, replayable INTEGER NOT NULL,
  started_at TEXT NOT NULL, options TEXT NOT NULL)
"""

# One row, changed in the same transaction as what it sums up: so the account balances after any crash, and reading it
# costs nothing however long the run is.
ACCOUNT = """
CREATE TABLE account (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  read INTEGER NOT NULL DEFAULT 0, created INTEGER NOT NULL DEFAULT 0, updated INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0, merged INTEGER NOT NULL DEFAULT 0, rejected INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0, total INTEGER, batches INTEGER NOT NULL DEFAULT 0,
  posts INTEGER NOT NULL DEFAULT 0, polls INTEGER NOT NULL DEFAULT 0, other INTEGER NOT NULL DEFAULT 0,
  retries INTEGER NOT NULL DEFAULT 0, rate_limited INTEGER NOT NULL DEFAULT 0, active_seconds REAL NOT NULL DEFAULT 0,
  status TEXT NOT NULL DEFAULT 'running', finished_at TEXT, action TEXT, message TEXT NOT NULL DEFAULT '',
  process INTEGER)
"""

# Jobs at Zendesk: a few dozen rows. A transaction costs by the pages it touches, so a submission touches this table
# alone (``read`` stands here until the account is next written) and a settlement does not touch it: a batch is over
# when all of its positions are settled, and its row goes some submissions later, with those of others.
SUBMITTED = """
CREATE TABLE submitted (
  seq INTEGER PRIMARY KEY, job_id TEXT NOT NULL, attempt INTEGER NOT NULL, read INTEGER NOT NULL,
  first INTEGER NOT NULL, count INTEGER NOT NULL, runs BLOB, merged BLOB)
"""

# Only ever added to, and without an index: so its pages stay full, and a settlement touches one of them. ``first`` is
# the smallest position of a row.
SETTLED = """
CREATE TABLE settled (
  id INTEGER PRIMARY KEY, first INTEGER NOT NULL, count INTEGER NOT NULL, runs BLOB, kinds BLOB NOT NULL,
  user_ids BLOB, carriers BLOB, job_id TEXT)
"""

REJECTS = """
CREATE TABLE rejects (
  position INTEGER PRIMARY KEY, outcome TEXT NOT NULL, error TEXT NOT NULL, details TEXT NOT NULL, record BLOB NOT NULL)
"""

# What was read of an input that cannot be read again, and, until the last of the records is settled, the records. Two
# tables, because a row that is emptied leaves its page half empty for ever, and a row that is deleted does not.
SPOOL = "CREATE TABLE spool (start INTEGER PRIMARY KEY, count INTEGER NOT NULL, digest BLOB NOT NULL)"
KEPT = """
CREATE TABLE kept (start INTEGER PRIMARY KEY, count INTEGER NOT NULL, lines BLOB NOT NULL, payload BLOB NOT NULL)
"""

JOURNAL = Format(
    noun="journal",
    application_id=0x5A44414A,  # "ZDAJ"
    version=1,
    schema=(RUN, ACCOUNT, SUBMITTED, SETTLED, REJECTS, SPOOL, KEPT),
)
