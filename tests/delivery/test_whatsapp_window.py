"""What may be said on WhatsApp, and when? Words of our own for a day after the customer's; else what was approved."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

import pytest
from delivery_office import Office, Vendor, row_of
from delivery_shop import HOUR, Shop, dispatch, journey, phone_of, send

from regulars.delivery.courier import Line
from regulars.delivery.providers.base import WireFailure, WireRequest, WireResponse
from regulars.delivery.receipt import Receipt, ReceiptKind
from regulars.delivery.want import Want
from regulars.journeys.model import Cap, QuietHours
from regulars.journeys.span import Span

SID = "HX" + "0a" * 16
WORDS = "Hi {{ customer.first_name }}, your tea waits"
APPROVED = f'---\ncontent_sid: {SID}\nvariables: {{1: "{{{{ customer.first_name }}}}"}}\n---\n{WORDS}'
TICK = timedelta(microseconds=1)
Offices = Callable[..., Office]


def open_with(shop: Shop, template: str) -> Shop:
    """A shop whose one message is on WhatsApp."""
    shop.templates["whatsapp/cart/whatsapp.en.txt"] = template
    return shop.apply(journey("cart", send("whatsapp")), quiet_hours={})


def wanted(shop: Shop, now: datetime, who: str = "ann") -> Want:
    enrollment = shop.enter(who, at=now - HOUR, first_name="Ann")
    shop.consent(who, "whatsapp", True, at=now - HOUR)
    return shop.want(enrollment, "whatsapp", now)


def says(shop: Shop, at: datetime, who: str = "ann", kind: ReceiptKind = "replied") -> None:
    """The customer writes to us."""
    receipt = Receipt("twilio", f"{who}{at}{kind}", kind, "whatsapp", None, address=phone_of(who), text="Hello")
    shop.report(receipt, at)


def overheard(sent: list[dict[str, str]]) -> Callable[[Line], Line]:
    """A line on which every request is noted."""

    def adjust(line: Line) -> Line:
        class Noted:
            async def carry(self, request: WireRequest) -> WireResponse | WireFailure:
                sent.append(dict(parse_qsl((request.body or b"").decode())))
                return await line.transport.carry(request)

        return replace(line, transport=Noted())

    return adjust


async def test_out_of_the_blue_goes_what_was_approved_and_the_books_keep_the_words(
    shop: Shop, offices: Offices, now: datetime
) -> None:
    want, sent = wanted(open_with(shop, APPROVED), now), []
    (said,) = await offices(adjust=overheard(sent)).deliver(want)
    assert said.result == "done"
    (form,) = sent
    assert (form["To"], form["From"]) == (f"whatsapp:{phone_of('ann')}", "whatsapp:+15017122662")
    assert (form["ContentSid"], json.loads(form["ContentVariables"])) == (SID, {"1": "Ann"})
    assert "Body" not in form
    row = row_of(shop, want)
    assert (row["state"], row["channel"], row["body"], row["segments"]) == (
        *("accepted", "whatsapp", "Hi Ann, your tea waits", None),
    )
    assert row["address"] == phone_of("ann")


@pytest.mark.parametrize(
    ("ago", "free"), [(24 * HOUR - TICK, True), (24 * HOUR, False)], ids=["just within", "a day after"]
)
async def test_words_of_our_own_go_for_a_day_after_the_customers(
    shop: Shop, offices: Offices, now: datetime, ago: timedelta, free: bool
) -> None:
    want, sent = wanted(open_with(shop, APPROVED), now), []
    says(shop, now - ago)
    await offices(adjust=overheard(sent)).deliver(want, at=now)
    assert [form.get("Body") for form in sent] == ["Hi Ann, your tea waits" if free else None]
    assert ("ContentSid" in sent[0]) is not free


async def test_where_nothing_was_approved_the_gate_says_so_and_it_is_on_record(
    shop: Shop, offices: Offices, now: datetime
) -> None:
    open_with(shop, WORDS)
    ann, ben = wanted(shop, now), wanted(shop, now, "ben")
    says(shop, now - 25 * HOUR)
    says(shop, now - HOUR, "ben")
    refused, sent = await offices().deliver(ann, ben, at=now)
    assert (refused.result, refused.reason) == ("skipped", "outside of the 24-hour window")
    assert row_of(shop, ann)["state"] == "skipped"
    decision = shop.decisions(ann.enrollment)[-1]
    assert (decision["gate"], decision["verdict"]) == ("window", "skipped: outside of the 24-hour window")
    assert decision["seen"] == {"last_word": (now - 25 * HOUR).isoformat()}
    assert sent.result == "done"
    again, _ = await offices().deliver(ann, ben, at=now + HOUR)
    assert again.result == "skipped"  # final, whatever the customer writes later


async def test_any_word_of_the_customers_opens_the_window_and_nobody_elses(
    shop: Shop, offices: Offices, now: datetime
) -> None:
    open_with(shop, WORDS)
    wants = [wanted(shop, now, who) for who in ("ann", "ben", "cat")]
    says(shop, now - HOUR, "ann", "restarted")
    text = Receipt("twilio", "sms", "replied", "sms", None, address=phone_of("ben"), text="Hello")
    shop.report(text, now - HOUR)
    said = await offices().deliver(*wants, at=now)
    assert [one.result for one in said] == ["done", "skipped", "skipped"]


def test_a_window_that_closes_between_claim_and_wire_is_seen(shop: Shop, now: datetime) -> None:
    want = wanted(open_with(shop, APPROVED), now)
    says(shop, now - 24 * HOUR + TICK)
    claim = shop.claimed(want)
    with shop.database.write() as connection:
        (late,) = shop.ledger.dispatch(connection, [dispatch(claim, now + TICK)])
        (soon,) = shop.ledger.dispatch(connection, [dispatch(claim, now)])
    assert (late.result, late.reason) == ("later", "the window has closed")  # type: ignore[union-attr]
    assert soon.result == "go"  # type: ignore[union-attr]


def test_consent_is_of_its_own_channel_and_a_stop_ends_it_there_alone(shop: Shop, now: datetime) -> None:
    open_with(shop, APPROVED)
    ann = shop.want(shop.enter("ann", at=now - HOUR), "whatsapp", now)  # who agreed to mails and texts
    assert shop.asked(ann).reason == "no consent"
    ben = wanted(shop, now, "ben")
    says(shop, now - TICK, "ben", "stopped")
    assert shop.asked(ben).reason == "consent withdrawn"
    of_texts = send("sms")
    shop.apply(journey("cart", of_texts), quiet_hours={})
    assert shop.claimed(shop.want(ben.enrollment, "sms", now))


def test_a_cap_and_quiet_hours_are_the_channels_own(shop: Shop, now: datetime) -> None:
    open_with(shop, APPROVED)
    want = wanted(shop, now)
    shop.apply(*shop.journeys.values(), quiet_hours={"whatsapp": QuietHours("00:00", "23:59")})
    assert (shop.asked(want).result, shop.asked(want).reason) == ("later", "quiet hours")
    shop.apply(*shop.journeys.values(), quiet_hours={}, caps={"whatsapp": Cap(1, Span(1, "day"))})
    assert shop.claimed(want)
    second = replace(want, visit=2)
    assert shop.asked(second).reason == "whatsapp cap"


def test_without_a_sender_nothing_goes_and_the_record_names_the_word(shop: Shop, now: datetime) -> None:
    open_with(shop, APPROVED)
    want = wanted(shop, now)
    shop.apply(*shop.journeys.values(), senders={"email": "Mori <hello@mori.example>"})
    assert (shop.asked(want).result, shop.asked(want).reason) == ("skipped", "no whatsapp_from")


async def test_what_was_sent_in_doubt_is_looked_up_by_its_whatsapp_address(
    shop: Shop, offices: Offices, vendor: Vendor, now: datetime
) -> None:
    want = wanted(open_with(shop, WORDS), now)
    says(shop, now - HOUR)
    vendor.misbehave({"kind": "drop_after", "channel": "whatsapp"})
    office = offices()
    (said,) = await office.deliver(want)
    assert said.result == "later"
    (settled,) = await office.until_final(want)
    assert settled.result == "done"
    assert vendor.books()[row_of(shop, want)["id"]] == 1
