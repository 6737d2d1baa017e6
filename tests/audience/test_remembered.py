from __future__ import annotations

from zendesk_async.audience.column import ABSENT, Absent, Column
from zendesk_async.audience.remembered import MOST, Remembered


def recalled(remembered: Remembered, *values: object) -> list[object] | None:
    found = remembered.recall(Column(values))
    return None if found is None else list(found.values)


def test_what_was_learnt_is_recalled() -> None:
    """All of a column or nothing: one new text, and it has to be made as ever."""
    remembered = Remembered()
    assert recalled(remembered, "1") is None
    remembered.learn(Column(["1", "", "2"]), Column([1, ABSENT, 2]))
    assert recalled(remembered, "2", "2", "") == [2, 2, ABSENT]
    assert recalled(remembered, "2", "3") is None
    remembered.learn(Column(["3"]), Column([3.5]))
    assert recalled(remembered, "3", "2") == [3.5, 2]


def test_kinds_are_recalled_too() -> None:
    """Those of all that was learnt: nothing else can come out."""
    remembered = Remembered()
    remembered.learn(Column(["1", ""]), Column([1, ABSENT]))
    remembered.learn(Column(["x"]), Column(["x"]))
    found = remembered.recall(Column(["1"]))
    assert found is not None
    assert found.kinds == {int, Absent, str}


def test_only_texts_are_learnt() -> None:
    """1, 1.0 and True are one key to a dictionary, and three values; a list is no key at all."""
    remembered = Remembered()
    for values in ([1], ["1", 1], ["1", ABSENT], [["1"]]):
        remembered.learn(Column(values), Column([0] * len(values)))
        assert recalled(remembered, *values) is None
    remembered.learn(Column(["1"]), Column([1]))
    assert recalled(remembered, 1) is None
    assert recalled(remembered, True) is None
    assert recalled(remembered, ["1"]) is None


def test_too_many_texts_are_no_category() -> None:
    """A column of identities must not fill the memory, nor be looked up in vain for ever."""
    remembered = Remembered()
    texts = [str(number) for number in range(MOST)]
    remembered.learn(Column(texts), Column(texts))
    assert recalled(remembered, "5") == ["5"]
    assert repr(remembered) == f"<Remembered {MOST}>"
    remembered.learn(Column(["one more"]), Column(["one more"]))
    assert recalled(remembered, "5") is None
    remembered.learn(Column(["5"]), Column(["5"]))
    assert recalled(remembered, "5") is None
    assert repr(remembered) == "<Remembered no more>"
