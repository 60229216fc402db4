"""Who of an audience enters? By the rules of every entry, page by page, in parties that share their clock."""

from __future__ import annotations

from collections import Counter

from agenda_shop import DAY, IDLE, Shop

from regulars.agenda.pages import Turn
from regulars.store.audiences import Audience
from regulars.store.customers import Customer
from regulars.store.enrollments import Enrollment, Outbox

RELEASE = """\
  release:
    start: {event: Product Released, to: vip, again: after 7 days}
    steps: [wait: 1 day]
"""


def release(shop: Shop, **properties: str) -> None:
    shop.tell(None, "Product Released", title="New Sencha", **properties)


def test_one_event_of_the_shops_lets_every_vip_in(shop: Shop) -> None:
    shop.apply(RELEASE)
    shop.tick()
    for name in ("mei", "tom", "ana"):
        for _ in range(1 if name == "ana" else 3):
            shop.order(name, first_name=name)
    release(shop)
    assert shop.errands() == ["audience"]
    shop.let_in()
    assert sorted(shop.inside("release")) == ["mei", "tom"]
    (event,) = shop.events("Product Released")
    assert {row["start_event_id"] for row in shop.rows(Enrollment)} == {event["id"]}


def test_who_became_a_customer_after_it_was_called_is_not_let_in(shop: Shop) -> None:
    shop.apply(RELEASE.replace("vip", "everyone"))
    shop.customer("mei")
    release(shop)
    shop.now += DAY
    shop.customer("tom")
    assert [(page.entered, page.refused) for page in shop.let_in()] == [(1, 1)]
    assert shop.inside("release") == ["mei"]


def test_who_was_in_too_short_a_time_ago_is_refused_on_record(shop: Shop) -> None:
    shop.apply(RELEASE.replace("vip", "everyone"))
    shop.customer("mei")
    release(shop)
    shop.let_in()
    with shop.database.write() as connection:
        connection.exec_driver_sql("UPDATE enrollment SET state = 'closed'")
    shop.now += DAY
    release(shop)
    assert [(page.entered, page.refused) for page in shop.let_in()] == [(0, 1)]
    assert "again only after 7 days" in shop.verdicts("release")


def test_a_large_audience_walks_in_parties_of_a_hundred_that_share_their_clock(shop: Shop) -> None:
    shop.crowd(730, timezone="Asia/Tokyo")
    shop.crowd(330, timezone="Europe/Berlin")
    shop.apply(RELEASE.replace("vip", "everyone"))
    release(shop)
    pages = shop.let_in()
    assert [page.done for page in pages] == [False, False, True]
    rows = shop.rows(Enrollment)
    assert len(rows) == pages[-1].entered == 1_060
    parties = Counter(row["party_id"] for row in rows)
    assert max(parties.values()) == 100
    assert len(parties) <= 18  # two or three of a page that are not full
    zones = {row["id"]: row["timezone"] for row in shop.rows(Customer)}
    assert all(len({zones[row["customer_id"]] for row in rows if row["party_id"] == one}) == 1 for one in parties)
    starts = [row for row in shop.rows(Outbox) if row["kind"] == "start"]
    assert {row["party_id"] for row in starts} == set(parties)
    assert len(starts) == len(parties)


def test_a_page_that_is_asked_for_twice_lets_nobody_in_twice(shop: Shop) -> None:
    shop.crowd(20)
    shop.apply(RELEASE.replace("vip", "everyone").replace("after 7 days", "always"))
    release(shop)
    shop.let_in()
    (audience,) = shop.rows(Audience)
    with shop.database.write() as connection:
        (page,) = shop.pages.let_in(connection, [Turn(audience["id"], shop.now)])
    assert (page.entered, page.done, len(shop.rows(Enrollment))) == (20, True, 20)


def test_an_empty_segment_lets_nobody_in_and_says_so(shop: Shop) -> None:
    shop.apply(RELEASE)
    shop.tick()
    release(shop)
    shop.let_in()
    assert shop.rows(Enrollment) == []
    assert shop.verdicts("release") == ["called", "nobody there"]


def test_who_left_the_segment_since_it_was_written_down_is_not_let_in(shop: Shop) -> None:
    shop.apply(RELEASE)
    shop.tick()
    for _ in range(3):
        shop.order("mei", first_name="mei")
    with shop.database.write() as connection:
        connection.exec_driver_sql("UPDATE customer SET orders = 1")
    release(shop)
    assert [(page.entered, page.refused) for page in shop.let_in()] == [(0, 1)]


def test_a_segment_that_is_not_written_down_yet_is_asked_customer_by_customer(shop: Shop) -> None:
    shop.apply(RELEASE)
    for _ in range(3):
        shop.order("mei", first_name="mei")
    shop.customer("tom")
    release(shop)
    shop.let_in()
    assert shop.inside("release") == ["mei"]


def test_an_event_that_was_told_twice_calls_its_audience_once(shop: Shop) -> None:
    shop.apply(RELEASE.replace("vip", "everyone"))
    shop.customer("mei")
    release(shop)
    shop.let_in()
    release(shop)
    shop.let_in()
    assert len(shop.rows(Audience)) == 2  # two releases are two
    assert shop.inside("release") == ["mei"]


def test_a_journey_that_is_off_by_the_time_lets_nobody_in(shop: Shop) -> None:
    shop.apply(RELEASE.replace("vip", "everyone"))
    shop.customer("mei")
    release(shop)
    shop.apply(IDLE)
    shop.let_in()
    assert (shop.inside("release"), shop.verdicts("release")) == ([], ["called", "not on"])


def test_a_release_of_last_month_that_is_told_now_calls_nobody(shop: Shop) -> None:
    shop.apply(RELEASE)
    shop.tell(None, "Product Released", shop.now - 30 * DAY)
    assert (shop.rows(Audience), shop.verdicts("release")) == ([], ["too long ago"])


def test_what_is_asked_where_it_starts_is_judged_for_each(shop: Shop) -> None:
    shop.apply(
        "  release:\n    start:\n      event: Product Released\n      to: everyone\n      again: always\n"
        "      where: event.price_minor < 5000 and customer.country == 'DE'\n    steps: [wait: 1 day]\n"
    )
    shop.crowd(3, country="DE")
    shop.crowd(2, country="FR")
    shop.tell(None, "Product Released", price_minor=1_000)
    assert [(page.entered, page.refused) for page in shop.let_in()] == [(3, 2)]
