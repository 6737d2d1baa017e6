"""How a setting is declared."""

from __future__ import annotations

from dataclasses import dataclass, fields

from zendesk_async.mock.settings import setting


@dataclass
class Kettle:
    degrees: int = setting(100, "how hot", choices=(80, 100))


def test_a_setting_knows_its_help() -> None:
    """Default, help and choices stand at the field, where everybody who builds a command line can read them."""
    (item,) = fields(Kettle)
    assert Kettle().degrees == 100
    assert item.metadata["help"] == "how hot"
    assert item.metadata["choices"] == (80, 100)
