"""What becomes of a vendor's report? Where order and company matter, told in examples; the rest is in properties."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args

import pytest
from intake_shop import HOUR, START, Shop, person

from regulars.customers.person import ConsentFact, Person
from regulars.delivery.receipt import Receipt, ReceiptKind
from regulars.intake.arrival import Happened
from regulars.intake.receipts import Report
from regulars.journeys.model import Channel
from regulars.store.customers import Consent, Customer, Suppression
from regulars.store.enrollments import Enrollment
from regulars.store.messages import Message
from regulars.store.statements import add, table

SECOND = timedelta(seconds=1)


def text(kind: ReceiptKind, key: str, **more: Any) -> Receipt:
    return Receipt("twilio", key, kind, "sms", None, address="+14155550123", **more)


def mail(kind: ReceiptKind, key: str, at: timedelta = timedelta(), **more: Any) -> Receipt:
    return Receipt("sendgrid", key, kind, "email", START + at, **{"message_id": "m1", **more})


def sent(shop: Shop, **more: Any) -> None:
    """Have a message that went at `START` to somebody who walks."""
    shop.take(shop.arrival(Happened("Customer Created", START, {}), person=person()))
    walk = shop.one(Enrollment)
    shop.walk(walk)
    row = {
        "id": "m1",
        "send_key": f"{walk['id']}/hello/1",
        "enrollment_id": walk["id"],
        "customer_id": walk["customer_id"],
        "journey": "mail",
        "version": walk["version"],
        "step": "hello",
        "visit": 1,
        "channel": "email",
        "purpose": "marketing",
        "priority": 1,
        "state": "unknown",
        "address": "mei@example.com",
        "template": "mail/hello",
        "due_at": START,
        "ready_at": START,
        "dispatched_at": START,
    }
    with shop.database.write() as connection:
        add(connection, Message, [{**row, **more}])


def test_stop_and_start_that_come_together_work_in_their_order(shop: Shop) -> None:
    assert shop.report(text("stopped", "1"), text("restarted", "2")) == [True, True]
    assert shop.rows(Suppression) == []
    shop.report(text("restarted", "3"), text("stopped", "4"))
    assert [row["reason"] for row in shop.rows(Suppression)] == ["stopped"]


def test_a_start_takes_back_a_stop_and_no_bounce(shop: Shop) -> None:
    shop.report(text("stopped", "1"))
    shop.report(text("bounced", "2"))
    shop.report(text("restarted", "3"))
    assert [row["reason"] for row in shop.rows(Suppression)] == ["bounced"]


def test_who_opts_out_does_so_for_every_record_with_that_address(shop: Shop) -> None:
    sent(shop)
    shop.take(shop.arrival(person=person("lin", email="mei@example.com")))
    shop.report(mail("unsubscribed", "1"))
    assert {row["customer_id"] for row in shop.rows(Consent)} == {row["id"] for row in shop.rows(Customer)}
    assert {row["granted"] for row in shop.rows(Consent)} == {False}


def test_a_report_is_never_before_its_message_nor_after_now(shop: Shop) -> None:
    sent(shop)
    shop.report(mail("delivered", "1", -HOUR))
    assert shop.one(Message)["delivered_at"] == START
    shop.report(mail("clicked", "2", shop.now - START + HOUR))
    assert shop.one(Message)["clicked_at"] == shop.now


def test_the_first_of_a_kind_stands_and_the_first_failure_says_why(shop: Shop) -> None:
    sent(shop)
    shop.report(mail("failed", "1", 9 * SECOND, code="552", reason="later"))
    shop.report(mail("failed", "2", 5 * SECOND, code="550", reason="first"))
    row = shop.one(Message)
    assert (row["failed_at"], row["code"], row["reason"]) == (START + 5 * SECOND, "550", "first")


def test_a_doubt_that_is_settled_hints_the_walk_once(shop: Shop) -> None:
    sent(shop)
    shop.report(mail("accepted", "1"), mail("delivered", "2"), mail("opened", "3"))
    assert shop.one(Message)["state"] == "accepted"
    assert shop.outbox()["hint", "mail"] == 1
    shop.report(mail("deferred", "4"))
    assert shop.outbox()["hint", "mail"] == 1


def test_a_message_is_found_by_the_vendors_id_where_ours_is_not_echoed(shop: Shop) -> None:
    sent(shop, vendor_id="v1")
    shop.report(mail("delivered", "1", SECOND, message_id=None, vendor_id="v1"))
    assert shop.one(Message)["delivered_at"] == START + SECOND


def test_our_id_goes_before_the_vendors(shop: Shop) -> None:
    """Another installation on the same account has messages too."""
    sent(shop, vendor_id="v1")
    shop.report(mail("delivered", "1", message_id="stranger", vendor_id="v1"))
    assert shop.one(Message)["delivered_at"] is None


def test_what_is_settled_counts_for_caps(shop: Shop) -> None:
    sent(shop, state="skipped", counted_at=None)
    shop.report(mail("delivered", "1", SECOND))
    assert shop.one(Message)["counted_at"] == START


def test_messages_of_a_large_report_are_all_filled_in(shop: Shop) -> None:
    sent(shop)
    walk = shop.one(Message)
    with shop.database.write() as connection:
        rows = [{**walk, "id": f"x{n}", "send_key": f"k{n}"} for n in range(700)]
        connection.execute(table(Message).insert(), rows)
    told = [mail("delivered", f"d{n}", SECOND, message_id=f"x{n}") for n in range(700)]
    assert shop.report(*told, *told) == [True] * 700 + [False] * 700
    assert len(shop.rows(Message, delivered_at=START + SECOND)) == 700


@pytest.mark.parametrize("machine", [True, False])
@pytest.mark.parametrize("channel", get_args(Channel))
@pytest.mark.parametrize("kind", get_args(ReceiptKind))
def test_whatever_is_told_on_whatever_channel_is_taken(
    shop: Shop, kind: ReceiptKind, channel: Channel, machine: bool
) -> None:
    """An open of a text by a machine, too: nobody tells of one, and nothing breaks."""
    sent(shop, channel=channel)
    address = "mei@example.com" if channel == "email" else "+14155550123"
    told = Receipt("test", "1", kind, channel, None, message_id="m1", address=address, machine=machine)
    assert shop.report(told) == [True]
    assert (shop.one(Message)["opened_at"] is not None) == (kind == "opened" and not machine)


def test_a_stop_and_a_start_a_moment_later_in_one_transaction_are_words_of_their_own_instants(shop: Shop) -> None:
    about = Person((("shopify", "mei"),), START, phone="+14155550123")
    shop.take(shop.arrival(person=about, consents=(ConsentFact("sms", True, START, "test"),)))
    told = [Report(text("stopped", "1"), shop.now), Report(text("restarted", "2"), shop.now + SECOND)]
    with shop.database.write() as connection:
        shop.receipts.take(connection, told)
    assert [word.granted for word in shop.standings().values()] == [True]
