"""The report to look at: one HTML page that needs nothing but itself. Pure.

Everything that is not written in this file is escaped; the page's own policy forbids whatever would fetch or run
anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

import orjson

from zendesk_async import __version__
from zendesk_async.cli.numbers import count, counted, duration, per_second, share
from zendesk_async.cli.render import headline, input_name
from zendesk_async.cli.style import STYLE
from zendesk_async.models import Counts, Report, RunStatus

if TYPE_CHECKING:
    from zendesk_async.cli.reasons import Example, Reason

__all__ = ["page"]

KINDS = ("created", "updated", "unchanged", "merged", "rejected", "failed", "pending")
LONGEST = 2_000  # characters of an example's record

MOODS = {RunStatus.COMPLETED: "good", RunStatus.COMPLETED_WITH_FAILURES: "mixed", RunStatus.RUNNING: "mixed"}


def page(report: Report, reasons: Sequence[Reason]) -> str:
    """The whole page."""
    title = f"Upload {report.run_id}"
    body = "\n".join(
        [
            _header(report),
            _action(report),
            _records(report.records),
            _requests(report),
            _reasons(reasons),
            f"<footer>zendesk-async {escape(__version__)}</footer>",
        ]
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(title)}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def _header(report: Report) -> str:
    status = str(report.status).replace("_", " ")
    when = " to ".join(escape(_moment(moment)) for moment in (report.started_at, report.finished_at) if moment)
    return f"""<header>
<p class="badge {MOODS.get(report.status, "bad")}">{escape(status)}</p>
<h1>{escape(input_name(report.input))} <span class="to">to</span> {escape(report.destination)}</h1>
<p>{escape(headline(report))}</p>
<p class="quiet">{when}</p>
</header>"""


def _moment(moment: str) -> str:
    return moment.replace("T", " ").replace("+00:00", " UTC")


def _action(report: Report) -> str:
    if report.action is None:
        return ""
    steps = "".join(f"<li>{escape(step)}</li>" for step in report.action.steps)
    resume = f"<p><code>{escape(report.action.resume)}</code></p>" if report.action.resume else ""
    return f'<section class="action"><h2>{escape(report.action.name)}</h2><ol>{steps}</ol>{resume}</section>'


def _records(records: Counts) -> str:
    numbers = records.to_dict()
    some = [(kind, numbers[kind]) for kind in KINDS if numbers[kind]]
    bar = "".join(f'<span class="{kind}" style="flex-grow:{number}"></span>' for kind, number in some)
    rows = "".join(_record_row(kind, numbers[kind], records.read) for kind in KINDS)
    return f"""<section>
<h2>{counted(records.read, "record")}</h2>
<div class="bar" aria-hidden="true">{bar}</div>
<table>{rows}</table>
</section>"""


def _record_row(kind: str, number: int, read: int) -> str:
    quiet = "" if number else ' class="none"'
    return (
        f'<tr{quiet}><th scope="row"><i class="{kind}"></i>{kind}</th>'
        f"<td>{count(number)}</td><td>{share(number, read)}</td></tr>"
    )


def _requests(report: Report) -> str:
    asked = report.requests
    tiles = [
        (per_second(report.users_per_second), "users per second"),
        (duration(report.duration_seconds), "at work"),
        (count(asked.posts), "requests of users"),
        (count(asked.polls), "looks at jobs"),
        (count(asked.retries), "retries"),
        (count(asked.rate_limited), "answered 429"),
    ]
    inner = "".join(f"<div><b>{escape(value)}</b><span>{escape(label)}</span></div>" for value, label in tiles)
    return f'<section><h2>Pace</h2><div class="tiles">{inner}</div></section>'


def _reasons(reasons: Sequence[Reason]) -> str:
    if not reasons:
        return ""
    return f"<section><h2>What did not make it, and why</h2>{''.join(_reason(reason) for reason in reasons)}</section>"


def _reason(reason: Reason) -> str:
    return f"""<article>
<h3><span class="number">{count(reason.number)}</span> {escape(reason.error)}
<span class="quiet">{escape(reason.outcome)}</span></h3>
<p>{escape(reason.details)}</p>
<details><summary>Examples</summary><table class="examples">{_examples(reason.examples)}</table></details>
</article>"""


def _examples(examples: Iterable[Example]) -> str:
    return "".join(
        f'<tr><th scope="row">record {count(example.position)}</th>'
        f"<td>{escape(example.details)}<pre>{escape(_shown(example.record))}</pre></td></tr>"
        for example in examples
    )


def _shown(record: object) -> str:
    text = record if isinstance(record, str) else orjson.dumps(record, option=orjson.OPT_INDENT_2).decode()
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
