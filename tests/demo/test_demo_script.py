"""Is the sample shop a shop? Its customers, its webhooks as Shopify signs and shapes them, and what they set going."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import phonenumbers
import pytest
from sqlalchemy import select

from regulars.customers.contact import normal_email, normal_phone
from regulars.customers.places import normal_locale, timezone_of
from regulars.delivery import book
from regulars.demo.people import shoppers
from regulars.demo.player import request
from regulars.demo.script import SEED, write
from regulars.demo.story import HABITS, Told
from regulars.intake import shopify, signatures
from regulars.intake.accept import Delivery, Intake
from regulars.store import shelf
from regulars.store.database import Database
from regulars.store.enrollments import Enrollment, EnrollmentState
from regulars.store.statements import table

ROOT = Path(__file__).resolve().parents[2]
OPENING = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECRET = "shop-secret"


@pytest.fixture(scope="module")
def script() -> list[Told]:
    return write(OPENING, 10, 120)


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


def test_every_webhook_is_signed_as_the_shop_signs(script: list[Told]) -> None:
    for told in script:
        raw, headers = request(told, SECRET)
        assert signatures.shopify(raw, headers, [SECRET])
        assert not signatures.shopify(raw + b" ", headers, [SECRET])


def test_every_webhook_is_read_and_every_topic_is_posted(script: list[Told]) -> None:
    for told in script:
        _, headers = request(told, SECRET)
        shopify.read(told.topic, headers, told.body, told.at)
    left_out = {"customers/update"}
    assert {told.topic for told in script} == set(shopify.TOPICS) - left_out


def test_nothing_is_told_before_it_happened(script: list[Told]) -> None:
    for told in script:
        _, headers = request(told, SECRET)
        for happened in shopify.read(told.topic, headers, told.body, OPENING + timedelta(days=99)).events:
            early = happened.occurred_at - told.at
            assert early <= timedelta(minutes=2), (told.topic, early)  # orders/paid may overtake orders/create


def test_webhooks_are_posted_twice_late_and_out_of_order(script: list[Told]) -> None:
    times = Counter(told.event_id for told in script)
    assert set(times.values()) == {1, 2}
    assert 0.03 < sum(many == 2 for many in times.values()) / len(times) < 0.1
    first = {}
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


def test_the_shop_enters_some_three_hundred_journeys_at_a_pace_that_one_machine_keeps(
    sqlite_database: Database, script: list[Told]
) -> None:
    entered = enter_all(sqlite_database, script)
    by_journey = Counter(journey for journey, _ in entered)
    assert by_journey.keys() == {"welcome", "abandoned_cart"}
    assert min(by_journey.values()) > 90
    assert 240 <= len(entered) <= 320
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
            _, headers = request(told, SECRET)
            arrival = shopify.read(told.topic, headers, told.body, told.at)
            intake.accept(connection, [Delivery(arrival, told.at)])
    with database.read() as connection:
        rows = list(connection.execute(select(of.c.journey, of.c.due_at, of.c.state)))
    return [(row.journey, row.due_at) for row in rows if row.state != EnrollmentState.closed]


def test_every_habit_is_somebodys() -> None:
    assert len(set(HABITS)) == 10
    assert len(HABITS) == 20
