"""Is an instant shown on both clocks, and how far off it is?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from regulars.desk.times import Zones, distance

AT = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)


def test_the_shop_s_clock_stands_beside_the_customer_s() -> None:
    shown = Zones("Europe/Berlin", "America/New_York").show(AT)
    assert (shown.text, shown.elsewhere) == ("Tue 10 Mar 2026, 16:00", "11:00 New York")
    assert shown.iso == "2026-03-10T15:00:00+00:00"


def test_another_day_at_the_shop_is_said() -> None:
    assert Zones("Asia/Kathmandu", "America/New_York").show(AT + timedelta(hours=5)).elsewhere.startswith("Tue 10 Mar")


@pytest.mark.parametrize("zone", ["America/New_York", "America/Toronto"])
def test_the_same_time_is_said_once(zone: str) -> None:
    assert Zones(zone, "America/New_York").show(AT).elsewhere == ""


def test_an_unknown_zone_is_utc() -> None:
    assert Zones("Mars/Olympus", "UTC").show(AT).text == "Tue 10 Mar 2026, 15:00"


@pytest.mark.parametrize(
    ("away", "words"),
    [
        (timedelta(seconds=40), "now"),
        (timedelta(minutes=1), "in 1 minute"),
        (timedelta(minutes=-25), "25 minutes ago"),
        (timedelta(hours=4, minutes=59, seconds=59), "in 5 hours"),
        (timedelta(hours=-35), "35 hours ago"),
        (timedelta(days=1, hours=23, minutes=59), "in 2 days"),
        (timedelta(days=90), "in 90 days"),
    ],
)
def test_how_far_off_is_said_as_people_say_it(away: timedelta, words: str) -> None:
    assert distance(AT, AT + away) == words
