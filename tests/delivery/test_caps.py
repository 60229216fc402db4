"""Does a cap hold back, in any stretch of time, and does it let the right one go first?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from delivery_shop import DAY, HOUR, NOON, Shop, journey, send

from regulars.clock import Clock
from regulars.delivery.ledger import Ledger, Said
from regulars.delivery.want import Claim, Want
from regulars.journeys.model import Cap
from regulars.journeys.span import Span
from regulars.store.messages import Message
from regulars.store.statements import table

TICK = timedelta(microseconds=1)
CAP = timedelta(hours=16)


def went(said: list[Said]) -> list[str]:
    """Whose message was claimed, by journey."""
    return [one.want.journey for one in said if isinstance(one, Claim)]


@pytest.fixture
def rivals(shop: Shop) -> Shop:
    """Three journeys of different priority that one customer is in, and a fourth whose mail fills her cap."""
    shop.apply(
        *(journey(name, priority=name) for name in ("low", "normal", "high")),  # type: ignore[arg-type]
        journey("first"),
    )
    for name in ("low", "normal", "high", "first"):
        shop.enter("ann", name)
    return shop


def want(shop: Shop, name: str, now: datetime, **more: Any) -> Want:
    return shop.want(shop.enrollment("ann", name), now=now, name=name, **more)


def test_a_cap_is_a_rolling_window(shop: Shop) -> None:
    shop.apply(journey())
    ann = shop.enter()
    shop.claimed(shop.want(ann))
    held = shop.want(ann, now=NOON + CAP - TICK, visit=2)
    said = shop.asked(held)
    assert (said.result, said.until, said.reason) == ("later", NOON + CAP, "email cap")
    (decided,) = shop.decisions(ann)
    assert decided["seen"] == {
        "cap": "1 per 16 hours", "by": f"{ann}/email/1", "until": (NOON + CAP).isoformat()
    }  # fmt: skip
    assert shop.claimed(shop.want(ann, now=NOON + CAP, visit=2))


def test_a_cap_of_several_frees_a_place_when_the_oldest_that_counts_leaves(shop: Shop) -> None:
    shop.apply(journey(), caps={"email": Cap(2, Span(1, "day"))})
    ann = shop.enter()
    for hours in (0, 3):
        shop.claimed(shop.want(ann, now=NOON + hours * HOUR, visit=hours + 1))
    assert shop.asked(shop.want(ann, now=NOON + 4 * HOUR, visit=9)).until == NOON + DAY
    assert shop.claimed(shop.want(ann, now=NOON + DAY, visit=9))
    assert shop.asked(shop.want(ann, now=NOON + DAY, visit=10)).until == NOON + DAY + 3 * HOUR


def test_a_cap_is_each_customers_and_each_channels(shop: Shop) -> None:
    shop.apply(journey())
    ann, ben = shop.enter("ann"), shop.enter("ben")
    said = shop.ask(shop.want(ann), shop.want(ben), shop.want(ann, "sms"))
    assert all(isinstance(one, Claim) for one in said)


def test_service_is_neither_capped_nor_counted(shop: Shop) -> None:
    shop.apply(journey("cart", send(purpose="service"), send("sms")), journey("other"))
    ann, other = shop.enter(), shop.enter("ann", "other")
    for visit in (1, 2):
        assert shop.claimed(shop.want(ann, visit=visit))
    assert shop.claimed(shop.want(other, name="other"))
    assert shop.claimed(shop.want(ann, visit=3))
    both = shop.ask(shop.want(ann, now=NOON + DAY, visit=4), shop.want(other, now=NOON + DAY, name="other", visit=2))
    assert all(isinstance(one, Claim) for one in both)


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        *((state, True) for state in ("claimed", "dispatching", "unknown", "accepted", "given_up")),
        *((state, False) for state in ("held", "rejected", "failed", "skipped")),
    ],
)
def test_a_cap_counts_all_that_the_customer_has_or_may_have(shop: Shop, state: str, counts: bool) -> None:
    shop.apply(journey())
    ann = shop.enter()
    first = shop.want(ann)
    shop.claimed(first)
    of = table(Message)
    with shop.database.write() as connection:
        held_until = NOON + 30 * DAY if state == "held" else None
        connection.execute(of.update().values(state=state, held_until=held_until))
    (said,) = shop.ask(shop.want(ann, now=NOON + HOUR, visit=2))
    assert isinstance(said, Claim) != counts


def test_a_message_does_not_count_against_itself(shop: Shop) -> None:
    shop.apply(journey())
    ann = shop.enter()
    shop.claimed(shop.want(ann))
    assert shop.claimed(shop.want(ann, now=NOON + HOUR, owner="run/1/2"))


def test_in_one_batch_priority_goes_first_and_the_cap_holds(rivals: Shop) -> None:
    dues = {"low": NOON - 2 * HOUR, "normal": NOON - HOUR, "high": NOON}  # who was due first is not who goes first
    said = rivals.ask(*(want(rivals, name, NOON, due=due) for name, due in dues.items()))
    assert went(said) == ["high"]
    assert [one.reason for one in said if not isinstance(one, Claim)] == ["email cap", "email cap"]  # type: ignore[union-attr]


def test_in_one_batch_and_priority_what_is_due_first_goes_first(shop: Shop) -> None:
    shop.apply(journey("one"), journey("two"))
    for name in ("one", "two"):
        shop.enter("ann", name)
    said = shop.ask(want(shop, "one", NOON, due=NOON), want(shop, "two", NOON, due=NOON - TICK))
    assert went(said) == ["two"]


def test_held_back_messages_go_by_priority_then_by_due_time(rivals: Shop) -> None:
    """All were held back until the same instant; whoever asks first, the most urgent goes."""
    rivals.claimed(want(rivals, "first", NOON))
    for minutes, name in enumerate(("low", "normal", "high")):
        rivals.asked(want(rivals, name, NOON + timedelta(minutes=minutes)))
    free = NOON + CAP
    for name in ("low", "normal"):
        said = rivals.asked(want(rivals, name, free))
        assert (said.reason, said.until) == ("another goes first", free + timedelta(minutes=1))
    assert rivals.claimed(want(rivals, "high", free))
    assert rivals.asked(want(rivals, "normal", free + timedelta(minutes=1))).until == free + CAP


def test_of_equal_priority_the_one_that_waits_longest_goes_first(shop: Shop) -> None:
    shop.apply(journey("one"), journey("two"), journey("first"))
    for name in ("one", "two", "first"):
        shop.enter("ann", name)
    shop.claimed(want(shop, "first", NOON))
    shop.asked(want(shop, "two", NOON + HOUR))
    shop.asked(want(shop, "one", NOON + 2 * HOUR))
    assert shop.asked(want(shop, "one", NOON + CAP)).reason == "another goes first"
    assert shop.claimed(want(shop, "two", NOON + CAP))


def test_one_that_was_free_to_go_and_does_not_ask_is_no_rival_for_long(rivals: Shop) -> None:
    rivals.claimed(want(rivals, "first", NOON))
    rivals.asked(want(rivals, "high", NOON))
    patience = timedelta(minutes=10)
    assert rivals.asked(want(rivals, "low", NOON + CAP + patience)).reason == "another goes first"
    assert rivals.claimed(want(rivals, "low", NOON + CAP + patience + TICK))


def test_one_that_is_still_held_back_keeps_no_place(rivals: Shop) -> None:
    rivals.state("high", "paused")
    rivals.asked(want(rivals, "high", NOON))
    assert rivals.claimed(want(rivals, "low", NOON))


def test_who_went_in_this_batch_is_not_also_waited_for(rivals: Shop) -> None:
    rivals.apply(*rivals.journeys.values(), caps={"email": Cap(2, Span(1, "day"))})
    for name in ("first", "normal"):
        rivals.claimed(want(rivals, name, NOON))
    rivals.claimed(want(rivals, "normal", NOON))
    rivals.asked(want(rivals, "high", NOON + HOUR))
    rivals.asked(want(rivals, "low", NOON + HOUR))
    said = rivals.ask(want(rivals, "low", NOON + DAY), want(rivals, "high", NOON + DAY))
    assert went(said) == ["low", "high"]


def test_under_a_clock_that_passes_days_in_seconds_a_rival_is_waited_for_in_real_time(rivals: Shop) -> None:
    """Two seconds a day: ten minutes of the shop's are fourteen milliseconds, in which nobody can ask."""
    rivals.ledger = Ledger(rivals.shelf, Clock(NOON, pace=43_200))
    rivals.claimed(want(rivals, "first", NOON))
    rivals.asked(want(rivals, "high", NOON))
    late = NOON + CAP + timedelta(hours=12)  # a second late
    said = rivals.asked(want(rivals, "low", late))
    assert (said.reason, said.until) == ("another goes first", late + timedelta(hours=6))
    assert rivals.claimed(want(rivals, "high", late))
