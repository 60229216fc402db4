"""What does the house's holdout keep back in a journey that serves as well as sells? Its marketing, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from delivery_office import Office, Vendor, row_of
from delivery_shop import HOUR, NOON, Shop, journey, send
from sqlalchemy import select

from regulars.engine.act import Answer
from regulars.store.enrollments import Enrollment
from regulars.store.statements import table
from regulars.walks.lots import kept_from_marketing

EVERYBODY = 10_000  # of ten thousand
LETTER = send()
RECEIPT = replace(send(purpose="service"), id="receipt", key="receipt")
MIXED = journey("cart", LETTER, RECEIPT)


def enrolled(shop: Shop, identifier: str) -> tuple[str, str | None]:
    of = table(Enrollment)
    with shop.database.read() as connection:
        row = connection.execute(select(of.c.state, of.c.outcome).where(of.c.id == identifier)).one()
    return row.state, row.outcome


def test_marketing_is_held_out_on_record_and_the_service_message_goes(shop: Shop) -> None:
    shop.apply(MIXED, holdout=EVERYBODY)
    ann = shop.enter()
    said = shop.asked(shop.want(ann))
    assert (said.result, said.reason) == ("skipped", "held out")
    assert [(one["gate"], one["verdict"]) for one in shop.decisions(ann)] == [("holdout", "skipped: held out")]
    row = shop.message(shop.want(ann))
    assert row is not None and row["state"] == "skipped"
    assert shop.claimed(shop.want(ann, "receipt"))


def test_a_journey_that_serves_is_walked_by_who_is_kept_from_marketing(shop: Shop) -> None:
    shop.apply(MIXED, journey("offer", send(of="offer")), holdout=EVERYBODY)
    shop.hear("ann", "Cart Started", "Offer Started")
    assert enrolled(shop, shop.enrollment("ann")) == ("due", None)
    assert enrolled(shop, shop.enrollment("ann", "offer")) == ("closed", "held_out")


@pytest.mark.parametrize("holdout", [0, 5_000])
def test_marketing_goes_to_all_but_those_who_drew_it(shop: Shop, holdout: int) -> None:
    shop.apply(MIXED, holdout=holdout)
    names = [f"p{number}" for number in range(16)]
    wants = shop.wants(names, "cart", NOON - HOUR, NOON)
    told = dict(zip(names, shop.ask(*wants), strict=True))
    held = {name for name, said in told.items() if isinstance(said, Answer) and said.reason == "held out"}
    assert held == {name for name in names if kept_from_marketing(shop.house, shop.customer(name))}
    assert not any(isinstance(said, Answer) for name, said in told.items() if name not in held)


def test_the_holdout_stands_behind_if_and_before_consent(shop: Shop) -> None:
    shop.apply(journey("cart", send(condition="customer.country == 'US'"), RECEIPT), holdout=EVERYBODY)
    ann, ben = shop.enter("ann", country="DE"), shop.enter("ben", country="US")
    shop.consent("ben", "email", False, at=NOON)
    assert shop.asked(shop.want(ann)).reason == "if does not hold"
    assert shop.asked(shop.want(ben)).reason == "held out"


async def test_of_who_is_held_out_the_vendor_sees_the_service_message_alone(
    shop: Shop, vendor: Vendor, offices: Callable[..., Office], now: datetime
) -> None:
    shop.apply(MIXED, holdout=EVERYBODY, quiet_hours={})
    ann = shop.enter(at=now - HOUR)
    letter, receipt = (shop.want(ann, step, now) for step in ("email", "receipt"))
    said = await offices().until_final(letter, receipt)
    assert [(one.result, one.reason) for one in said] == [("skipped", "held out"), ("done", "")]
    books = vendor.books()
    assert [books.get(row_of(shop, want)["id"]) for want in (letter, receipt)] == [None, 1]
