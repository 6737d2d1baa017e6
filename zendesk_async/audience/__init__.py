"""Records in: from a file, standard input or a program to what may be sent."""

from __future__ import annotations

from zendesk_async.audience.files import open_source
from zendesk_async.audience.intake import Intake
from zendesk_async.audience.original import original_json
from zendesk_async.audience.records import records_source
from zendesk_async.audience.source import Source
from zendesk_async.audience.template import Template, compile_template

__all__ = ["Intake", "Source", "Template", "compile_template", "open_source", "original_json", "records_source"]
