from __future__ import annotations

from random import Random

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zendesk_async.models import Record
from zendesk_async.upload.folding import fold
from zendesk_async.upload.guard import Entry, Guard


def record(position: int, *keys: str, **attributes: object) -> Record:
    body = orjson.dumps({"notes": str(position), **attributes})
    return Record(position, body, keys, body)


class House:
    """An upload that remembers who became ready."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def ready(self, entry: Entry) -> None:
        self.entries.append(entry)


def waits(guard: Guard, home: House, each: Record) -> Entry:
    """Put a record in line that does not fold."""
    assert not guard.claim(each)
    entry = guard.wait(each, home)
    assert entry is not None
    return entry


# -- one by one --------------------------------------------------------------------------------------------------


def test_a_free_user_is_claimed_at_once() -> None:
    """A record whose user is nowhere else is nobody's concern; claimed, he is nobody else's."""
    guard = Guard()
    assert guard.free(record(0, "x:1", "e:a"))
    assert guard.claim(record(0, "x:1", "e:a"))
    assert guard.claim(record(1, "x:2", "e:b"))
    assert not guard.free(record(2, "e:a"))
    assert not guard.claim(record(2, "x:1"))
    assert not guard.claim(record(3, "x:3", "e:b"))


def test_a_claim_takes_all_or_nothing() -> None:
    """A claim that fails for one key leaves the others free."""
    guard = Guard()
    guard.claim(record(0, "e:a"))
    assert not guard.claim(record(1, "x:1", "e:a"))
    assert guard.claim(record(2, "x:1"))


def test_who_waits_is_ready_when_his_user_is_released() -> None:
    """Releasing a user hands him to the first in line, who is told at once and owns him until he releases."""
    guard, home = Guard(), House()
    first = record(0, "x:1", "e:a")
    guard.claim(first)
    entry = waits(guard, home, record(1, "x:1", "e:a"))
    guard.release(("x:1",))
    assert home.entries == []
    guard.release(("e:a",))
    assert home.entries == [entry]
    assert not guard.free(first)
    guard.release(entry.record.keys)
    assert guard.quiet


def test_a_record_ties_its_keys_together() -> None:
    """A record with both keys waits for both users they may be, and whoever shares either waits for it."""
    guard, home = Guard(), House()
    guard.claim(record(0, "x:1"))
    guard.claim(record(1, "e:a"))
    both = waits(guard, home, record(2, "x:1", "e:a"))
    third = waits(guard, home, record(3, "x:1"))
    fourth = waits(guard, home, record(4, "e:a"))
    guard.release(("e:a",))
    assert home.entries == []
    guard.release(("x:1",))
    assert home.entries == [both]
    guard.release(both.record.keys)
    assert home.entries == [both, third]
    guard.release(third.record.keys)
    assert home.entries == [both, third, fourth]


def test_a_key_that_is_free_is_taken_while_the_other_is_waited_for() -> None:
    """Nobody slips in between: who waits for one key holds those that are his already."""
    guard, home = Guard(), House()
    guard.claim(record(0, "x:1"))
    entry = waits(guard, home, record(1, "x:1", "e:a"))
    late = waits(guard, home, record(2, "e:a"))
    guard.release(("x:1",))
    assert home.entries == [entry]
    guard.release(entry.record.keys)
    assert home.entries == [entry, late]


def test_a_later_record_of_the_same_user_folds_into_the_one_that_waits() -> None:
    """Two that wait become one under the later position, which carries the earlier and weighs what both weigh."""
    guard, home = Guard(), House()
    guard.claim(record(0, "x:1", "e:a"))
    second, third, fourth = (record(number, "x:1", "e:a", **{f"f{number}": 1}) for number in (1, 2, 3))
    entry = waits(guard, home, second)
    assert guard.wait(third, home) is None
    assert guard.wait(fourth, home) is None
    assert entry.record.position == 3
    assert orjson.loads(entry.record.body) == {"notes": "3", "f1": 1, "f2": 1, "f3": 1}
    assert entry.record.original == fourth.original
    assert [(each.position, each.original) for each in entry.folded] == [(1, second.original), (2, third.original)]
    assert entry.weight == len(second.body) + len(third.body) + len(fourth.body)
    guard.release(("x:1", "e:a"))
    assert home.entries == [entry]


@pytest.mark.parametrize("keys", [("x:1",), ("e:a",), ("x:1", "e:b"), ("x:2", "e:a")])
def test_only_equal_keys_fold(keys: tuple[str, ...]) -> None:
    """Who shares only one key may be another user: he waits for himself."""
    guard, home = Guard(), House()
    guard.claim(record(0, "x:1", "e:a"))
    waits(guard, home, record(1, "x:1", "e:a"))
    assert waits(guard, home, record(2, *keys)).folded == []


def test_nothing_folds_past_somebody_in_between() -> None:
    """A record folds only into the last in line: folding past another would change the order of updates."""
    guard, home = Guard(), House()
    guard.claim(record(0, "x:1", "e:a"))
    waits(guard, home, record(1, "x:1", "e:a"))
    waits(guard, home, record(2, "x:1"))
    assert guard.wait(record(3, "x:1", "e:a"), home) is not None


def test_nothing_folds_into_another_upload() -> None:
    """Each upload accounts for its own records."""
    guard = Guard()
    guard.claim(record(0, "x:1"))
    waits(guard, House(), record(1, "x:1"))
    assert guard.wait(record(2, "x:1"), House()) is not None


def test_nothing_folds_into_what_is_ready() -> None:
    """A record that is on its way into a batch changes no more."""
    guard, home = Guard(), House()
    guard.claim(record(0, "x:1"))
    entry = waits(guard, home, record(1, "x:1"))
    guard.release(("x:1",))
    assert home.entries == [entry]
    assert waits(guard, home, record(2, "x:1")) is not entry
    assert entry.folded == []


def test_what_cannot_be_said_at_once_waits_for_itself() -> None:
    """Updates that only have their meaning one after the other are sent one after the other."""
    guard, home = Guard(), House()
    guard.claim(record(0, "x:1"))
    first = waits(guard, home, record(1, "x:1", locale="de"))
    second = waits(guard, home, record(2, "x:1", locale_id=1))
    guard.release(("x:1",))
    guard.release(first.record.keys)
    assert home.entries == [first, second]
    assert first.folded == second.folded == []


def test_who_withdraws_is_passed_over() -> None:
    """An upload that ends takes its entries out of the lines, and those behind move up."""
    guard, gone, home = Guard(), House(), House()
    guard.claim(record(0, "x:1"))
    leaving = waits(guard, gone, record(1, "x:1", "e:a"))
    next_one, other = waits(guard, home, record(2, "x:1")), waits(guard, home, record(3, "e:a"))
    guard.withdraw(leaving)
    assert home.entries == []
    guard.release(("x:1",))
    assert home.entries == [next_one]
    guard.release(next_one.record.keys)
    assert home.entries == [next_one, other]
    assert gone.entries == []
    guard.release(other.record.keys)
    assert guard.quiet


def test_nothing_folds_into_who_withdrew() -> None:
    """What withdrew is not sent, so nobody may travel with it."""
    guard, home = Guard(), House()
    guard.claim(record(0, "x:1"))
    leaving = waits(guard, home, record(1, "x:1"))
    guard.withdraw(leaving)
    staying = waits(guard, home, record(2, "x:1"))
    guard.release(("x:1",))
    assert home.entries == [staying]
    assert leaving.folded == []


def test_as_many_as_may_wait_can_withdraw() -> None:
    """Twenty thousand records of one user leave their line in any order, and nothing of them is left."""
    guard, home = Guard(), House()
    guard.claim(record(0, "x:1"))
    entries = [waits(guard, home, record(number, "x:1", f"e:{number}")) for number in range(1, 20_001)]
    Random(1).shuffle(entries)
    for entry in entries:
        guard.withdraw(entry)
    guard.release(("x:1",))
    assert guard.quiet
    assert home.entries == []


def test_what_nobody_owns_cannot_be_released() -> None:
    """Releasing twice is a mistake that shows: the second release might take the user from somebody else."""
    guard = Guard()
    guard.claim(record(0, "x:1"))
    guard.release(("x:1",))
    with pytest.raises(KeyError):
        guard.release(("x:1",))


@pytest.mark.parametrize("times", [1, 2, 3])
def test_an_adopted_user_is_free_when_all_have_released_him(times: int) -> None:
    """A job that is live already owns its users beside whoever owns them; those in line wait for both."""
    guard, home = Guard(), House()
    guard.claim(record(0, "x:1"))
    waiting = waits(guard, home, record(1, "x:1"))
    for _ in range(times):
        guard.adopt(record(2, "x:1", "e:b"))
    assert not guard.free(record(3, "e:b"))
    for _ in range(times):
        guard.release(("x:1",))
        assert home.entries == []
    guard.release(("x:1",))
    assert home.entries == [waiting]
    for _ in range(times):
        assert not guard.free(record(3, "e:b"))
        guard.release(("e:b",))
    assert guard.free(record(3, "e:b"))
    guard.release(("x:1",))
    assert guard.quiet


def test_repr_shows_the_state() -> None:
    """A guard shows how much it guards."""
    guard, home = Guard(), House()
    guard.claim(record(0, "x:1", "e:a"))
    waits(guard, home, record(1, "x:1"))
    assert repr(guard) == "<Guard 2 keys owned, 1 entries last in line>"


# -- against a model ---------------------------------------------------------------------------------------------


class Ticket:
    """A record in the model: its number is when it came."""

    def __init__(self, number: int, keys: tuple[str, ...], home: House, entry: Entry | None) -> None:
        self.number = number
        self.own = keys
        self.keys = frozenset(keys)
        self.home = home
        self.entry = entry
        self.positions = [number]

    def blocks(self, other: Ticket) -> bool:
        return self.number < other.number and not self.keys.isdisjoint(other.keys)


KEYS = [("x:1", "e:a"), ("x:1", "e:b"), ("x:2", "e:a"), ("x:2", "e:b"), ("x:1",), ("x:2",), ("e:a",), ("x:3", "e:c")]
ATTRIBUTES: list[dict[str, object]] = [{}, {}, {"locale": "de"}, {"locale_id": 1}]


class World:
    """A guard beside its model: everybody alive, in the order in which they came; who is behind nobody is ready."""

    def __init__(self) -> None:
        self.guard = Guard()
        self.homes = [House(), House()]
        self.alive: list[Ticket] = []
        self.withdrawn = False
        self.came = 0

    def is_ready(self, ticket: Ticket) -> bool:
        return not any(other.blocks(ticket) for other in self.alive)

    def waiting(self) -> list[Ticket]:
        return [ticket for ticket in self.alive if not self.is_ready(ticket)]

    def owning(self) -> list[Ticket]:
        return [ticket for ticket in self.alive if self.is_ready(ticket)]

    def arrive(self, keys: tuple[str, ...], home: House, attributes: dict[str, object]) -> None:
        self.came += 1
        each = record(self.came, *keys, **attributes)
        free = all(ticket.keys.isdisjoint(keys) for ticket in self.alive)
        assert self.guard.free(each) == free
        assert self.guard.claim(each) == free
        if free:
            self.alive.append(Ticket(self.came, keys, home, None))
            return
        host = self.host_for(each, home)
        entry = self.guard.wait(each, home)
        if entry is not None:
            assert host is None or self.withdrawn
            ticket = Ticket(self.came, keys, home, entry)
            ticket.keys = self.with_tied(keys)
            self.alive.append(ticket)
            return
        assert host is not None
        host.positions.append(self.came)

    def with_tied(self, keys: tuple[str, ...]) -> frozenset[str]:
        """The keys that a record owns: with one alone, all that the last one alive with that key owns."""
        if len(keys) > 1:
            return frozenset(keys)
        return next((ticket.keys for ticket in reversed(self.alive) if keys[0] in ticket.keys), frozenset(keys))

    def host_for(self, each: Record, home: House) -> Ticket | None:
        """Find who must take a record along: the last of all who share a key, if he waits and is exactly the same."""
        keys = self.with_tied(each.keys)
        last = [ticket for ticket in self.alive if not ticket.keys.isdisjoint(keys)][-1]
        same = last.own == each.keys and last.keys == keys and last.home is home and not self.is_ready(last)
        return last if same and last.entry and fold(last.entry.record.body, each.body) is not None else None

    def release(self, ticket: Ticket) -> None:
        self.alive.remove(ticket)
        keys = list(ticket.own)
        self.guard.release(keys if ticket.number % 2 else reversed(keys))

    def withdraw(self, ticket: Ticket) -> None:
        assert ticket.entry is not None
        self.withdrawn = True
        self.alive.remove(ticket)
        self.guard.withdraw(ticket.entry)

    def check(self) -> None:
        """Who is ready in the model was told so, once, and nobody else was; no two of them share a key."""
        for home in self.homes:
            ready = [ticket for ticket in self.owning() if ticket.home is home and ticket.entry is not None]
            told = [entry for entry in home.entries if any(ticket.entry is entry for ticket in self.alive)]
            assert len(told) == len(ready)
            assert {id(entry) for entry in told} == {id(ticket.entry) for ticket in ready}
        owned = [key for ticket in self.owning() for key in ticket.keys]
        assert len(owned) == len(set(owned))
        assert self.guard.quiet == (not self.alive)
        for ticket in self.alive:
            if ticket.entry is not None:
                assert [each.position for each in (*ticket.entry.folded, ticket.entry.record)] == ticket.positions

    def step(self, what: int, which: int) -> None:
        owning, waiting = self.owning(), self.waiting()
        if what < 5 or not self.alive:
            self.arrive(KEYS[which % 8], self.homes[which // 8 % 2], ATTRIBUTES[which // 16 % 4])
        elif what < 9 or not waiting:
            self.release(owning[which % len(owning)])
        else:
            self.withdraw(waiting[which % len(waiting)])
        self.check()

    def finish(self) -> None:
        """Release whoever owns, until nobody is left: a deadlock would leave somebody who is never ready."""
        while self.alive:
            owning = self.owning()
            assert owning
            self.release(owning[0])
            self.check()
        assert self.guard.quiet


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 63)), max_size=80))
def test_the_guard_does_as_its_model(steps: list[tuple[int, int]]) -> None:
    """Never two owners, each key in order of arrival, ready as soon as can be, folded only where nobody is between."""
    world = World()
    for what, which in steps:
        world.step(what, which)
    world.finish()
    assert world.guard.quiet


@pytest.mark.parametrize("seed", range(30))
def test_the_guard_does_as_its_model_for_long(seed: int) -> None:
    """The same for histories of hundreds of records, where lines grow and shrink."""
    world, dice = World(), Random(seed)
    for phase in range(6):
        for _ in range(60):
            busy = dice.randrange(10) if phase % 2 else dice.choice([0, 0, 0, 5, 9])
            world.step(busy, dice.randrange(64))
    world.finish()
    assert world.guard.quiet


@pytest.mark.parametrize("seed", range(10))
def test_without_withdrawals_everything_that_may_fold_does(seed: int) -> None:
    """However long the lines are, a user's records become as few requests as order permits."""
    world, dice = World(), Random(seed)
    for _ in range(300):
        world.step(dice.randrange(9) if len(world.alive) < 2 else dice.choice([0, 0, 0, 6]), dice.randrange(64))
        assert not world.withdrawn
    world.finish()


# -- all at once -------------------------------------------------------------------------------------------------


def test_free_users_are_claimed_all_at_once() -> None:
    """Each of them is then owned as if he had been claimed alone."""
    guard = Guard()
    records = [record(number, f"x:{number}", f"e:{number}") for number in range(100)]
    assert guard.claim_all(records)
    assert not any(map(guard.free, records))
    for each in records:
        guard.release(each.keys)
    assert guard.quiet
    assert guard.claim_all([])


@pytest.mark.parametrize("keys", [("x:1", "e:z"), ("x:z", "e:1")])
@pytest.mark.parametrize("owned", [True, False])
def test_all_are_claimed_or_none(keys: tuple[str, str], *, owned: bool) -> None:
    """One key that somebody owns, or that two of them share, and each has to be looked at alone."""
    guard = Guard()
    records = [record(2, "x:2", "e:2"), record(3, *keys)]
    if owned:
        guard.claim(record(1, "x:1", "e:1"))
    else:
        records.insert(1, record(1, "x:1", "e:1"))
    assert not guard.claim_all(records)
    assert guard.free(records[0])
    assert guard.quiet is not owned


def test_nobody_is_forgotten_when_the_last_in_line_withdraws() -> None:
    """Who stands before the one that withdrew still gets his turn."""
    guard, home = Guard(), House()
    guard.claim(record(0, "x:1"))
    staying = waits(guard, home, record(1, "x:1", "e:a"))
    guard.withdraw(waits(guard, home, record(2, "x:1")))
    guard.release(("x:1",))
    assert home.entries == [staying]


# -- one key or the other ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("first", "second"), [("x:1", "e:a"), ("e:a", "x:1")])
def test_what_is_said_under_one_key_waits_for_the_other(first: str, second: str) -> None:
    """Both are the same user's, as a record with both keys has said; so they stay in order when that one is done."""
    guard, home = Guard(), House()
    guard.claim(record(0, "x:1", "e:a"))
    earlier = waits(guard, home, record(1, first))
    guard.release(("x:1", "e:a"))
    assert home.entries == [earlier]
    assert not guard.free(record(2, second))
    later = waits(guard, home, record(2, second))
    guard.release((first,))
    assert home.entries == [earlier, later]
    guard.release((second,))
    assert guard.quiet


def test_a_shared_mailbox_ties_nobody_to_everybody() -> None:
    """Users with external ids of their own wait for an address that they share, and not for each other's ids."""
    guard, home = Guard(), House()
    guard.claim(record(0, "x:0", "e:a"))
    entries = [waits(guard, home, record(number, f"x:{number}", "e:a")) for number in range(1, 100)]
    assert max(len(entry.keys) for entry in entries) == 2
    waits(guard, home, record(100, "x:0"))
    guard.release(("x:0", "e:a"))
    assert [entry.record.position for entry in home.entries] == [1]
