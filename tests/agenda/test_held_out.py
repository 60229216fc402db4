"""Who is held out? Drawn for good; enters without a walk, and has the goal counted like everybody."""

from __future__ import annotations

from agenda_shop import DAY, HOUSE, Shop

from regulars.store.enrollments import Enrollment, Outbox

JOURNEY = """\
  after:
    start: {event: Product Viewed, again: after 1 day}
    goal: {event: Order Completed, within: 7 days}
    steps: [email: after/letter]
"""
SENDER = 'email_from: "Leaf <hi@leaf.example>", postal_address: "1 Hill Road, New York", '


def house(share: str) -> str:
    return HOUSE.replace("house: {", f"house: {{{SENDER}holdout: {share}, ")


def people(shop: Shop, many: int) -> list[str]:
    names = [f"guest {number}" for number in range(many)]
    for name in names:
        shop.tell(name, "Product Viewed")
    return names


def test_who_is_held_out_of_a_journey_enters_without_a_walk(shop: Shop) -> None:
    shop.apply(JOURNEY + "    holdout: 99.99%\n", house=house("1%"))
    people(shop, 3)
    rows = shop.rows(Enrollment)
    assert {(row["state"], row["outcome"], row["reason"]) for row in rows} == {("closed", "held_out", "journey")}
    assert (shop.rows(Outbox), shop.verdicts("after")) == ([], ["held out"] * 3)


def test_the_goal_of_who_is_held_out_is_counted_within_its_time(shop: Shop) -> None:
    shop.apply(JOURNEY + "    holdout: 99.99%\n", house=house("1%"))
    people(shop, 2)
    shop.now += 3 * DAY
    shop.order("guest 0")
    shop.now += 5 * DAY
    shop.order("guest 1")
    assert sorted(row["goal_at"] is not None for row in shop.rows(Enrollment)) == [False, True]
    assert {row["outcome"] for row in shop.rows(Enrollment)} == {"held_out"}


def test_about_as_many_are_held_out_as_the_share_says_and_the_same_every_time(shop: Shop) -> None:
    shop.apply(JOURNEY + "    holdout: 30%\n", house=house("1%"))
    names = people(shop, 200)
    held = {row["customer_id"] for row in shop.rows(Enrollment) if row["outcome"] == "held_out"}
    assert 35 <= len(held) <= 85
    with shop.database.write() as connection:
        connection.exec_driver_sql("UPDATE enrollment SET state = 'closed'")
    shop.now += 30 * DAY
    for name in names:
        shop.tell(name, "Product Viewed")
    rows = shop.rows(Enrollment)
    assert len(rows) == 400
    assert {row["customer_id"] for row in rows if row["outcome"] == "held_out"} == held


def test_the_house_holds_out_of_every_journey_that_sells(shop: Shop) -> None:
    shop.apply(JOURNEY + JOURNEY.replace("after:", "other:", 1), house=house("40%"))
    people(shop, 60)
    held = [
        {row["customer_id"] for row in shop.rows(Enrollment, journey=journey) if row["outcome"] == "held_out"}
        for journey in ("after", "other")
    ]
    assert held[0] == held[1]
    assert 10 <= len(held[0]) <= 40
    assert {row["reason"] for row in shop.rows(Enrollment) if row["outcome"]} == {"house"}


def test_the_house_holds_nobody_out_of_a_journey_that_serves_or_sends_nothing(shop: Shop) -> None:
    served = JOURNEY.replace("- ", "").replace("[email: after/letter]", "[{email: after/letter, purpose: service}]")
    silent = JOURNEY.replace("after:", "other:", 1).replace("[email: after/letter]", "[wait: 1 day]")
    shop.apply(served + silent, house=house("99.99%"))
    people(shop, 3)
    assert {row["state"] for row in shop.rows(Enrollment)} == {"due"}


def test_a_journey_that_sells_and_serves_is_walked_for_what_serves(shop: Shop) -> None:
    mixed = "    steps: [{email: after/letter}, {email: after/receipt, purpose: service}]\n"
    shop.apply(JOURNEY.replace("    steps: [email: after/letter]\n", mixed), house=house("99.99%"))
    people(shop, 3)
    assert {row["state"] for row in shop.rows(Enrollment)} == {"due"}


def test_who_is_held_out_counts_as_inside_as_long_as_the_goal_does(shop: Shop) -> None:
    shop.apply(JOURNEY + "    holdout: 99.99%\n", house=house("1%"))
    people(shop, 1)
    shop.now += 3 * DAY
    people(shop, 1)
    assert len(shop.rows(Enrollment)) == 1
    assert shop.verdicts("after") == ["held out", "inside already"]
    shop.now += 5 * DAY
    people(shop, 1)
    assert len(shop.rows(Enrollment)) == 2


def test_an_audience_is_held_out_as_others_are(shop: Shop) -> None:
    journey = JOURNEY.replace(
        "event: Product Viewed, again: after 1 day", "event: Product Released, to: everyone, again: always"
    )
    shop.apply(journey + "    holdout: 50%\n", house=house("1%"))
    shop.crowd(80)
    shop.tell(None, "Product Released")
    shop.let_in()
    rows = shop.rows(Enrollment)
    walked = [row for row in rows if row["state"] == "due"]
    assert len(rows) == 80
    assert 20 <= len(walked) <= 60
    assert {row["party_id"] for row in walked} == {
        row["party_id"] for row in shop.rows(Outbox) if row["kind"] == "start"
    }
