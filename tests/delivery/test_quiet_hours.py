"""When may a message go at this local hour? Held against a clock that is read minute by minute."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from delivery_shop import DAY, HOUR, NOON, Shop, journey, send
from hypothesis import given
from hypothesis import strategies as st

from regulars.delivery.legal_hours import is_regulated, legal_window
from regulars.delivery.quiet import NeverOpen, held_until
from regulars.engine.act import Answer
from regulars.journeys.channels import CHANNELS, Channel
from regulars.journeys.model import QuietHours

ZONES = ("America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo", "UTC")
NIGHT = QuietHours("20:00", "09:00")


def at(text: str, zone: str, fold: int = 0) -> datetime:
    """A local time as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def quiet_at(instant: datetime, zone: str, quiet: QuietHours, law: tuple[str, str] | None = None) -> bool:
    """What the customer's clock says, read afresh."""
    local = instant.astimezone(ZoneInfo(zone))
    start, end, clock = time.fromisoformat(quiet.start), time.fromisoformat(quiet.end), local.time()
    shut = start <= clock < end if start <= end else clock >= start or clock < end
    window = legal_window("sms", *law, local.weekday()) if law else None
    return shut or (window is not None and not window[0] <= clock < window[1])


minutes = st.integers(0, 24 * 60 - 1).map(lambda each: f"{each // 60:02d}:{each % 60:02d}")
instants = st.integers(0, 366 * 24 * 60).map(lambda each: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=each))


@given(now=instants, zone=st.sampled_from(ZONES), start=minutes, end=minutes)
def test_nothing_goes_in_quiet_hours_nor_later_than_their_end(now: datetime, zone: str, start: str, end: str) -> None:
    quiet = QuietHours(start, end)
    until = held_until(now, zone, quiet, "email")
    if until is None:
        assert not quiet_at(now, zone, quiet)
        return
    assert until > now
    assert not quiet_at(until, zone, quiet)
    # An hour at most is lost, to an end that a spring change skips.
    open_before = [
        passed for passed in range(int((until - now) / timedelta(minutes=1)) - 61)
        if not quiet_at(now + timedelta(minutes=passed), zone, quiet)
    ]  # fmt: skip
    assert not open_before


@given(now=instants, state=st.sampled_from(["NY", "TX", "FL", "CT", "??"]))
def test_a_text_goes_when_house_and_law_both_let_it(now: datetime, state: str) -> None:
    zone, law = "America/Chicago", ("US", state)
    until = held_until(now, zone, NIGHT, "sms", *law)
    if until is None:
        assert not quiet_at(now, zone, NIGHT, law)
        return
    assert not quiet_at(until, zone, NIGHT, law)
    # No quiet hours that far into the day change with the clocks here: the opening is the very next one.
    assert all(
        quiet_at(now + timedelta(minutes=passed), zone, NIGHT, law)
        for passed in range(int((until - now) / timedelta(minutes=1)))
    )


def test_the_end_that_a_spring_change_skips_comes_as_much_later() -> None:
    quiet = QuietHours("20:00", "02:30")
    assert held_until(at("2026-03-29T01:00", "Europe/Berlin"), "Europe/Berlin", quiet, "email") == at(
        "2026-03-29T03:30", "Europe/Berlin"
    )


def test_an_hour_that_the_clock_shows_twice_is_quiet_both_times() -> None:
    quiet, zone = QuietHours("20:00", "02:30"), "Europe/Berlin"
    first, second = at("2026-10-25T02:30", zone), at("2026-10-25T02:30", zone, fold=1)
    assert second - first == HOUR
    assert held_until(first - timedelta(minutes=15), zone, quiet, "email") == first
    assert held_until(first, zone, quiet, "email") is None
    assert held_until(second - timedelta(minutes=15), zone, quiet, "email") == second


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("country", ["US", " us", "DE", "", None])
def test_a_law_is_looked_for_where_there_is_one_on_that_channel(channel: Channel, country: str | None) -> None:
    windows = [legal_window(channel, country, None, weekday) for weekday in range(7)]
    assert is_regulated(channel, country) == any(windows)
    assert not any(windows) or channel != "email"


def test_quiet_hours_that_leave_no_hour_are_told_apart() -> None:
    with pytest.raises(NeverOpen, match="no hour of the week"):
        held_until(NOON, "America/New_York", QuietHours("08:00", "21:00"), "sms", "US", "NY")


def test_a_message_waits_for_the_customers_morning_not_the_shops(shop: Shop) -> None:
    shop.apply(journey())
    ann, ben = shop.enter("ann"), shop.enter("ben", country="DE", timezone="Europe/Berlin")
    evening = at("2026-03-04T16:00", "America/New_York")  # ten o'clock in Berlin
    assert shop.claimed(shop.want(ann, "sms", evening))
    said = shop.asked(shop.want(ben, "sms", evening, due=evening))
    assert (said.reason, said.zone) == ("quiet hours", "Europe/Berlin")
    assert said.until == at("2026-03-05T08:00", "UTC")
    assert shop.claimed(shop.want(ben, "sms", at("2026-03-05T08:00", "UTC"), due=evening))


def test_the_edges_of_the_quiet_hours(shop: Shop) -> None:
    shop.apply(journey())
    zone = "America/New_York"
    for who, clock, goes in (
        ("ann", "2026-03-04T19:59", True),
        ("ben", "2026-03-04T20:00", False),
        ("cat", "2026-03-05T08:59", False),
        ("dan", "2026-03-05T09:00", True),
    ):
        (said,) = shop.ask(shop.want(shop.enter(who), "sms", at(clock, zone)))
        assert isinstance(said, Answer) != goes, clock


def test_the_law_holds_where_the_house_is_silent_and_not_for_service(shop: Shop) -> None:
    texts = journey("cart", send("sms")), journey("other", send("sms", of="other", purpose="service"))
    shop.apply(*texts, quiet_hours={})
    sunday = at("2026-03-08T10:00", "America/Chicago")  # before noon, in Texas
    ann = shop.enter(country="US", province="TX", timezone="America/Chicago")
    said = shop.asked(shop.want(ann, "sms", sunday))
    assert said.until == at("2026-03-08T12:00", "America/Chicago")
    other = shop.enter("ann", "other")
    assert shop.claimed(shop.want(other, "sms", sunday, name="other"))


def test_where_no_hour_is_open_a_message_waits_and_nobody_else_is_harmed(shop: Shop) -> None:
    shop.apply(journey(), quiet_hours={"sms": QuietHours("08:00", "21:00")}, valid_for={})
    ann, ben = shop.enter(country="US", province="NY"), shop.enter("ben")
    said, mail = shop.ask(shop.want(ann, "sms"), shop.want(ben))
    assert isinstance(said, Answer)
    assert (said.result, said.reason, said.until) == ("later", "no hour is open", NOON + DAY)
    assert not isinstance(mail, Answer)
