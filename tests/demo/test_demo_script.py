"""Is the sample shop a shop? Its customers, its webhooks as Shopify signs and shapes them, and what they set going."""

from __future__ import annotations

import json
from base64 import b64encode
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from sqlalchemy import select

from regulars.customers.contact import normal_email, normal_phone
from regulars.customers.places import normal_locale, timezone_of
from regulars.delivery import book
from regulars.demo import past
from regulars.demo.people import MEI, TOM, shoppers
from regulars.demo.player import Doors
from regulars.demo.script import SEED, write
from regulars.demo.story import HABITS, Told
from regulars.intake import segment, shopify, signatures, standard_webhooks
from regulars.intake.accept import Delivery, Intake
from regulars.intake.arrival import Arrival
from regulars.store import shelf
from regulars.store.customers import Customer
from regulars.store.database import Database
from regulars.store.enrollments import Decision, Enrollment, EnrollmentState
from regulars.store.statements import table

ROOT = Path(__file__).resolve().parents[2]
OPENING = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECRET, WRITE_KEY, EVENTS_SECRET = "shop-secret", "wk_demo", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
DOORS = Doors("http://127.0.0.1:1", SECRET, WRITE_KEY, EVENTS_SECRET)


@pytest.fixture(scope="module")
def script() -> list[Told]:
    return write(OPENING, 10, 120)


@pytest.fixture(scope="module")
def history() -> list[Told]:
    return past.tell(past.pasts(OPENING, 10, 120, SEED), 120, SEED)


def test_the_same_seed_writes_the_same_script_and_another_another(script: list[Told]) -> None:
    assert write(OPENING, 10, 120) == script
    assert write(OPENING, 10, 120, "other") != script


def test_customers_stay_who_they_are_however_many_there_are() -> None:
    assert shoppers(500, SEED)[:40] == shoppers(40, SEED)


def test_no_two_customers_share_an_address() -> None:
    many = shoppers(1500, SEED)
    phones = [one.phone for one in many if one.phone]
    assert len({one.email for one in many}) == len({one.id for one in many}) == len(many)
    assert len(set(phones)) == len(phones)


def test_addresses_are_in_the_form_that_they_are_stored_in_and_valid_in_their_country() -> None:
    for one in shoppers(300, SEED):
        assert normal_email(one.email) == one.email
        assert timezone_of(one.place.country, one.place.province), one.place
        assert normal_locale(one.locale) == one.locale
        if one.phone:
            assert normal_phone(one.phone) == one.phone
            number = phonenumbers.parse(one.phone)
            assert phonenumbers.is_valid_number_for_region(number, one.place.country), one.phone


def test_there_are_customers_of_every_kind() -> None:
    many = shoppers(120, SEED)
    assert set(Counter(one.place.country for one in many)) == {"US", "DE", "CN"}
    assert len({one.place.province for one in many if one.place.country == "US"}) >= 8
    assert 10 <= sum(one.phone is None for one in many) <= 50
    assert 5 <= sum(not one.agrees for one in many) <= 30
    assert any(one.agrees_texts for one in many)
    assert any(one.phone and not one.agrees_texts for one in many)


def read(told: Told, received_at: datetime | None = None) -> Arrival:
    """As the door that it is posted at reads it."""
    url, raw, headers = DOORS.request(told)
    received_at = received_at or told.at
    match told.door:
        case "shopify":
            assert url.endswith("/webhooks/shopify")
            return shopify.read(told.topic, headers, told.body, received_at)
        case "identify":
            assert url.endswith("/v1/identify")
            found = segment.read("identify", json.loads(raw), len(raw), received_at)
            assert found.rejects == []
            return found.arrivals[0]
        case "events":
            assert url.endswith("/webhooks/events")
            return standard_webhooks.read(headers["webhook-id"], told.body, received_at)


def test_every_webhook_is_signed_as_its_sender_signs(script: list[Told], history: list[Told]) -> None:
    for told in [*script, *history]:
        _, raw, headers = DOORS.request(told)
        if told.door == "shopify":
            assert signatures.shopify(raw, headers, [SECRET])
            assert not signatures.shopify(raw + b" ", headers, [SECRET])
        elif told.door == "events":
            assert standard_webhooks.verify(raw, headers, [EVENTS_SECRET])
            assert not standard_webhooks.verify(raw + b" ", headers, [EVENTS_SECRET])
        else:
            assert headers["Authorization"] == f"Basic {b64encode(f'{WRITE_KEY}:'.encode()).decode()}"


def test_every_webhook_is_read_and_every_topic_is_posted(script: list[Told], history: list[Told]) -> None:
    for told in [*script, *history]:
        read(told)
    left_out = {"customers/update"}
    assert {told.topic for told in script if told.door == "shopify"} == set(shopify.TOPICS) - left_out
    assert {told.topic for told in [*script, *history] if told.door == "events"} == {
        "Product Released",
        "Product Reviewed",
    }


def test_nothing_is_told_before_it_happened(script: list[Told]) -> None:
    for told in script:
        for happened in read(told, OPENING + timedelta(days=99)).events:
            early = happened.occurred_at - told.at
            assert early <= timedelta(minutes=2), (told.topic, early)  # orders/paid may overtake orders/create


def test_webhooks_are_posted_twice_late_and_out_of_order(script: list[Told]) -> None:
    times = Counter(told.event_id for told in script)
    assert set(times.values()) == {1, 2}
    assert 0.03 < sum(many == 2 for many in times.values()) / len(times) < 0.1
    first: dict[int, str] = {}
    for told in script:
        if told.topic in ("orders/create", "orders/paid"):
            first.setdefault(told.body["id"], told.topic)
    assert set(first.values()) == {"orders/create", "orders/paid"}


def test_the_script_is_in_order_and_within_its_days(script: list[Told]) -> None:
    assert [told.at for told in script] == sorted(told.at for told in script)
    assert script[0].at >= OPENING
    assert script[-1].at < OPENING + timedelta(days=10, hours=3)


@pytest.mark.parametrize(("days", "customers"), [(0.5, 1), (1, 7), (3, 25), (8, 30), (21, 40)])
def test_a_play_of_any_length_and_size_can_be_written(days: float, customers: int) -> None:
    script = write(OPENING, days, customers)
    assert script
    assert script[-1].at < OPENING + timedelta(days=days, hours=3)


def test_the_past_is_half_a_year_of_orders_and_lets_nobody_in(sqlite_database: Database, history: list[Told]) -> None:
    assert [told.at for told in history] == sorted(told.at for told in history)
    assert OPENING - timedelta(days=181) < history[0].at < OPENING - timedelta(days=150)
    assert history[-1].at < OPENING - timedelta(days=3)
    assert len(history) >= 200

    assert enter_all(sqlite_database, history) == []

    with sqlite_database.read() as connection:
        customers = list(connection.execute(select(table(Customer))))
        verdicts = Counter(connection.execute(select(table(Decision).c.verdict)).scalars())
    orders = sum(told.topic == "orders/create" for told in history)
    assert verdicts["too long ago"] >= orders
    assert "entered" not in verdicts
    assert sum(one.orders for one in customers) == orders
    assert len(customers) == len({told.body["id"] for told in history if told.topic == "customers/create"})


def test_within_the_days_some_fall_quiet_some_have_birthdays_and_some_are_the_best_customers() -> None:
    found = past.pasts(OPENING, 10, 120, SEED)
    quiet = [one for one in found.values() if one.kind == "quiet"]
    assert len(quiet) >= 10
    assert all(OPENING < one.quiet_at < OPENING + timedelta(days=9) for one in quiet)
    assert sum(len(one.orders) >= 3 for one in found.values()) >= 20
    days = {(day.month, day.day) for n in range(10) if (day := OPENING + timedelta(days=n))}
    assert sum((one.birthday.month, one.birthday.day) in days for one in found.values()) >= 10
    assert max(max(one.orders) for one in found.values()) < OPENING - timedelta(days=3)


def test_who_fell_quiet_orders_nothing_before_they_are_missed(script: list[Told]) -> None:
    people = shoppers(120, SEED)
    quiet = {
        people[number].email: one.quiet_at
        for number, one in past.pasts(OPENING, 10, 120, SEED).items()
        if one.kind == "quiet"
    }
    ordered = [(told.at, told.body["email"]) for told in script if told.topic == "orders/create"]
    assert [at for at, email in ordered if email in quiet]
    assert all(at > quiet[email] for at, email in ordered if email in quiet)


@pytest.mark.parametrize("hour", [0, 7, 13, 20, 23])
def test_mei_and_tom_live_the_same_days_whenever_the_shop_opens(hour: int) -> None:
    opening = OPENING.replace(hour=hour)
    script = write(opening, 10, 120)
    once = Counter(told.event_id for told in script if told.whole)
    assert set(once.values()) == {1}
    mei = [told for told in script if told.whole and told.body.get("email") == MEI.email]
    topics = [told.topic for told in mei]
    assert topics.index("checkouts/update") < topics.index("orders/create")
    (order,) = (told for told in mei if told.topic == "orders/create")
    (cart,) = (told for told in mei if told.topic == "checkouts/update" and told.at < order.at - timedelta(hours=1))
    assert cart.body["id"] != order.body["checkout_id"], "she buys on another device"
    assert cart.at - opening < timedelta(hours=20)
    assert 10 <= order.at.astimezone(ZoneInfo("Asia/Shanghai")).hour < 17, "her texts are due in the daytime"
    berlin = ZoneInfo("Europe/Berlin")
    (begun,) = (told for told in script if told.topic == "checkouts/create" and told.body["id"] == tom_cart(script))
    settled = (begun.at + timedelta(minutes=45)).astimezone(berlin)
    assert settled.hour >= 20, "two days later his text falls due in the quiet hours"
    (word,) = (told for told in script if told.topic.startswith("customers_marketing") and told.whole)
    assert word.body["phone"] == TOM.phone
    assert timedelta(days=2, hours=8) < word.at - begun.at < timedelta(days=2, hours=13)
    assert 7 <= word.at.astimezone(berlin).hour < 9, "before the quiet hours are over"


def tom_cart(script: list[Told]) -> int:
    carts = (told for told in script if told.whole and told.topic == "checkouts/update")
    return next(int(told.body["id"]) for told in carts if told.body["email"] == TOM.email)


def test_the_shop_enters_some_three_hundred_journeys_at_a_pace_that_one_machine_keeps(
    sqlite_database: Database, history: list[Told], script: list[Told]
) -> None:
    entered = enter_all(sqlite_database, [*history, *script])
    by_journey = Counter(journey for journey, _ in entered)
    assert by_journey.keys() >= {"welcome", "abandoned_cart"}
    assert by_journey["welcome"] > 50
    assert by_journey["abandoned_cart"] > 100
    assert 190 <= len(entered) <= 320  # those that an event starts; dates and segments let in the others
    half_days = Counter(int((due - OPENING) / timedelta(hours=12)) for _, due in entered)
    assert max(half_days.values()) <= 20  # five seconds at ten seconds a day: at most four a second


def enter_all(database: Database, script: list[Told]) -> list[tuple[str, datetime]]:
    """Take the script in as the web process does, and begin each walk when due: (journey, when) of the entered."""
    found, _ = book.read(ROOT / "journeys.yaml", ROOT / "templates")
    intake, of = Intake(shelf.Shelf()), table(Enrollment)
    with database.write() as connection:
        shelf.apply(connection, found, OPENING)
        for told in script:
            due = of.c.due_at <= told.at
            begun = of.update().where(of.c.state == EnrollmentState.due, due).values(state=EnrollmentState.walking)
            connection.execute(begun)
            intake.accept(connection, [Delivery(read(told), max(told.at, OPENING))])
    with database.read() as connection:
        rows = list(connection.execute(select(of.c.journey, of.c.due_at, of.c.state)))
    return [(row.journey, row.due_at) for row in rows if row.state != EnrollmentState.closed]


def test_every_habit_is_somebodys() -> None:
    assert len(set(HABITS)) == 10
    assert len(HABITS) == 20
