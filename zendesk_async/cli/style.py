"""How the report looks: on a screen by day and by night, and on paper."""

from __future__ import annotations

__all__ = ["STYLE"]

STYLE = """
:root {
  --ink: #1c2024; --quiet: #6a737c; --paper: #fff; --line: #e3e6e8; --soft: #f5f7f8;
  --created: #2f9e6e; --updated: #3f7fbf; --unchanged: #8aa0b2; --merged: #a58bc9;
  --rejected: #d99a2b; --failed: #cc4b4b; --pending: #c3c9ce;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e4e7ea; --quiet: #95a0aa; --paper: #16191c; --line: #2c3237; --soft: #1e2327;
    --pending: #4b545c;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
main { max-width: 52rem; margin: 0 auto; padding: 3rem 1.5rem; }
h1 { font-size: 1.75rem; font-weight: 600; line-height: 1.25; margin: .5rem 0; overflow-wrap: anywhere; }
h1 .to { color: var(--quiet); font-weight: 400; }
h2 { font-size: 1.1rem; font-weight: 600; margin: 2.5rem 0 .75rem; }
h3 { font-size: 1rem; font-weight: 600; margin: 0 0 .25rem; overflow-wrap: anywhere; }
p { margin: .25rem 0; overflow-wrap: anywhere; }
.quiet, footer { color: var(--quiet); font-size: .875rem; font-weight: 400; }
footer { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: 1rem; }
.badge {
  display: inline-block; margin: 0; padding: .1rem .6rem; border-radius: 1rem;
  font-size: .8rem; font-weight: 600; color: #fff;
}
.badge.good { background: var(--created); } .badge.mixed { background: var(--rejected); }
.badge.bad { background: var(--failed); }
.action { border-left: 3px solid var(--failed); padding-left: 1rem; }
.bar { display: flex; height: .8rem; border-radius: .4rem; overflow: hidden; margin-bottom: 1rem; }
.bar span { min-width: 2px; flex-basis: 0; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem 0; border-bottom: 1px solid var(--line); text-align: right; }
th { text-align: left; font-weight: 400; }
td + td { color: var(--quiet); width: 7rem; }
tr.none { color: var(--quiet); }
th i { display: inline-block; width: .7rem; height: .7rem; border-radius: 50%; margin-right: .6rem; }
.created { background: var(--created); } .updated { background: var(--updated); }
.unchanged { background: var(--unchanged); } .merged { background: var(--merged); }
.rejected { background: var(--rejected); } .failed { background: var(--failed); }
.pending { background: var(--pending); }
.tiles { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: .75rem; }
.tiles div { background: var(--soft); border-radius: .5rem; padding: .75rem 1rem; }
.tiles b { display: block; font-size: 1.25rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.tiles span { color: var(--quiet); font-size: .8rem; }
article { border-top: 1px solid var(--line); padding: 1rem 0; break-inside: avoid; }
article .number { color: var(--failed); font-variant-numeric: tabular-nums; }
summary { cursor: pointer; color: var(--quiet); font-size: .875rem; margin-top: .5rem; }
.examples th, .examples td { text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0; }
.examples th { white-space: nowrap; color: var(--quiet); font-size: .875rem; }
.examples td { color: inherit; width: auto; overflow-wrap: anywhere; }
code, pre { font: .8rem/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
pre {
  background: var(--soft); border-radius: .4rem; padding: .6rem .8rem; margin: .4rem 0 0;
  white-space: pre-wrap; overflow-wrap: anywhere;
}
@media print {
  :root { --ink: #000; --quiet: #555; --paper: #fff; --line: #ccc; --soft: #f4f4f4; }
  main { max-width: none; padding: 0; }
  body { font-size: 11pt; }
  .bar span, .badge, th i { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""
