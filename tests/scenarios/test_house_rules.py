"""Is each rule of the house judged right? Records made by hand: just within a rule, and just beyond it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from regulars.customers.person import ConsentFact, Person
from regulars.journeys.load import read_book
from regulars.journeys.model import Book
from regulars.journeys.span import Span
from regulars.scenarios.hours import forbidden
from regulars.scenarios.invariants import broken
from regulars.simulate.record import Entry, Message, Record, Walk
from regulars.simulate.scenario import Happens, Known, Profile, Reaction, Script, Spoken, Told, What, When, Word
from regulars.walks.lots import lot_of

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
ADDRESS = {"email": "mei@example.com", "sms": "+4915123456789"}
BOOK = read_book(
    """\
house:
  name: Leaf
  website: https://leaf.example
  email_from: Leaf <hello@leaf.example>
  sms_from: "+14155550100"
  postal_address: Leaf, 1 Hill Road, New York, NY 10013, USA
  timezone: Europe/Berlin
  locale: en-US
  currency: USD
  markets: {JP: {timezone: Asia/Tokyo, locale: ja-JP}}
  quiet_hours: {sms: "20:00-09:00"}
  caps: {email: 2 per 2 days}
journeys:
  plain:
    start: {event: Checkout Started, again: always}
    goal: {event: Order Completed, within: 7 days}
    leave: [{event: Order Cancelled}]
    steps:
      - {email: t/one, id: one}
      - {wait: 1 day, id: pause}
      - {email: t/two, id: two}
      - {sms: t/text, id: text}
      - {email: t/bill, id: bill, purpose: service}
      - {sms: t/parcel, id: parcel, purpose: service}
      - repeat: {times: 3, every: 1 day}
        steps: [{email: t/round, id: round}]
""",
    "journeys.yaml",
)
CHANNEL = {"one": "email", "two": "email", "bill": "email", "round": "email", "text": "sms", "parcel": "sms"}


def sent(step: str, at: datetime, zone: str = "Europe/Berlin", to: str | None = None) -> Entry:
    channel = CHANNEL[step]
    message = Message(channel, f"t/{step}", to or ADDRESS[channel], "Leaf", "en", "text")
    return Entry(at, zone, "sent", f"{channel} t/{step}", "plain", 1, step, message=message)


def told(name: str, at: datetime) -> Entry:
    return Entry(at, "Europe/Berlin", "event", name)


def rest(step: str, at: datetime, until: datetime) -> Entry:
    return Entry(at, "Europe/Berlin", "rest", "wait", "plain", 1, step, until=until)


def walk(**more: Any) -> Walk:
    base = Walk("plain", 1, START, "finished", None, START + 30 * DAY, None, None, None)
    return replace(base, **more)


def record(*entries: Entry, walks: tuple[Walk, ...] | None = None, **more: Any) -> Record:
    mine = (walk(),) if walks is None else walks
    return Record("plain", START, START + 40 * DAY, {"id": "mei"}, entries, mine, **more)


def profile(given: bool = True, **more: Any) -> Profile:
    person = Person((("user", "mei"),), START, email=ADDRESS["email"], phone=ADDRESS["sms"], **more)
    facts = [ConsentFact(one, True, START - DAY, "test", ADDRESS[one]) for one in ("email", "sms")]  # type: ignore[arg-type]
    return Profile("mei", person, START - DAY, tuple(facts) if given else ())


def script(*lines: tuple[datetime, What]) -> Script:
    return Script(tuple(Happens(When(at=at), what) for at, what in lines))


def rules(made: Record, who: Profile | None = None, what: Script | None = None, book: Book = BOOK) -> list[str]:
    return [one.rule for one in broken(book, who or profile(), what or Script(), made)]


def test_a_walk_of_which_nothing_is_wrong_breaks_nothing() -> None:
    good = record(sent("one", START), rest("pause", START, START + DAY), sent("two", START + DAY))
    assert rules(good) == []


@pytest.mark.parametrize(("after", "found"), [(2 * DAY, []), (2 * DAY - MINUTE, ["cap"])])
def test_a_cap_holds_in_any_stretch_of_time(after: timedelta, found: list[str]) -> None:
    assert rules(record(sent("one", START), sent("two", START + HOUR), sent("round", START + after))) == found


def test_a_service_message_counts_for_no_cap() -> None:
    assert rules(record(sent("one", START), sent("two", START), sent("bill", START + HOUR))) == []


@pytest.mark.parametrize(
    ("clock", "zone", "loud"),
    [
        ("2026-03-02T19:00:00Z", "Europe/Berlin", False),
        ("2026-03-02T18:59:00Z", "Europe/Berlin", True),
        ("2026-03-03T07:59:00Z", "Europe/Berlin", False),
        ("2026-03-03T08:00:00Z", "Europe/Berlin", True),
        ("2026-03-29T06:59:00Z", "Europe/Berlin", False),
        ("2026-03-29T07:00:00Z", "Europe/Berlin", True),
        ("2026-03-02T12:00:00Z", "Asia/Tokyo", False),
        ("2026-03-02T03:00:00Z", "Asia/Tokyo", True),
    ],
)
def test_quiet_hours_are_those_of_the_customers_clock(clock: str, zone: str, loud: bool) -> None:
    why = forbidden(BOOK.house, "sms", datetime.fromisoformat(clock), zone, None, None)
    assert (why is None) is loud


@pytest.mark.parametrize(
    ("province", "clock", "loud"),
    [
        ("CA", "2026-03-01T17:00:00Z", True),  # a Sunday
        ("TX", "2026-03-01T17:00:00Z", False),
        ("TX", "2026-03-01T18:00:00Z", True),
        ("TX", "2026-03-02T17:00:00Z", True),
        ("RI", "2026-03-03T00:30:00Z", False),
        (None, "2026-03-01T17:59:00Z", False),
    ],
)
def test_the_law_of_the_place_forbids_hours(province: str | None, clock: str, loud: bool) -> None:
    house = replace(BOOK.house, quiet_hours={})
    at = datetime.fromisoformat(clock)
    assert (forbidden(house, "sms", at, "America/Chicago", "US", province) is None) is loud
    assert forbidden(house, "sms", at, "America/Chicago", "DE", None) is None
    assert forbidden(house, "email", at, "America/Chicago", "US", province) is None


def test_the_houses_hold_is_for_service_too_and_the_law_is_not() -> None:
    night, sunday = START + 10 * HOUR, datetime(2026, 3, 8, 16, tzinfo=UTC)
    assert rules(record(sent("parcel", night))) == ["quiet hours"]
    texan = profile(country="US", province="TX", timezone="America/Chicago")
    assert rules(record(sent("text", sunday, "America/Chicago")), texan) == ["quiet hours"]
    assert rules(record(sent("parcel", sunday, "America/Chicago")), texan) == []


def test_the_clock_is_the_customers_then_the_markets_then_the_houses() -> None:
    noon_in_berlin = START - HOUR
    text = replace(record(sent("text", noon_in_berlin)), start=START - DAY)
    early = (walk(entered_at=START - DAY),)
    assert rules(replace(text, walks=early)) == []
    assert rules(replace(text, walks=early), profile(country="JP")) == ["quiet hours"]
    assert rules(replace(text, walks=early), profile(country="JP", timezone="Europe/Berlin")) == []


def test_who_moves_takes_another_clock_from_then_on() -> None:
    moved = script((START, Known({"timezone": "Asia/Tokyo"})))
    assert rules(record(sent("text", START + HOUR)), None, moved) == ["quiet hours"]
    abroad = script((START, Known({"address": {"country": "JP"}})))
    assert rules(record(sent("text", START + HOUR)), profile(timezone="Europe/Berlin"), abroad) == ["quiet hours"]
    later = script((START + 2 * HOUR, Known({"timezone": "Asia/Tokyo"})))
    assert rules(record(sent("text", START + HOUR)), None, later) == []


def test_without_consent_no_marketing_goes_and_service_does() -> None:
    assert rules(record(sent("one", START)), profile(given=False)) == ["consent"]
    assert rules(record(sent("bill", START)), profile(given=False)) == []


TAKEN_BACK: dict[str, What] = {
    "consent": Word("email", granted=False),
    "told": Told("Consent Withdrawn", {"channel": "email"}),
}


@pytest.mark.parametrize("how", TAKEN_BACK)
def test_consent_that_is_withdrawn_holds_until_it_is_given_again(how: str) -> None:
    said = script((START + HOUR, TAKEN_BACK[how]), (START + 5 * HOUR, Word("email", granted=True)))
    for after, found in ((0, []), (2, ["consent"]), (6, [])):
        assert rules(record(sent("one", START + after * HOUR)), None, said) == found


def test_a_stop_ends_texts_and_no_mails() -> None:
    said = script((START, Spoken("stopped", "sms", "STOP")))
    assert rules(record(sent("one", START + HOUR), sent("text", START + HOUR)), None, said) == ["consent"]


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("unsubscribed", ["consent"]),
        ("complained", ["consent", "dead address"]),
        ("bounced", ["dead address"]),
        ("opened", []),
    ],
)
def test_what_becomes_of_a_message_counts_from_then_on(kind: Any, found: list[str]) -> None:
    what = Script((Happens(When(after=Span(2, "hour")), Reaction(kind, "email", "one", "plain")),))
    assert rules(record(sent("one", START), sent("two", START + HOUR)), None, what) == []
    assert rules(record(sent("one", START), sent("two", START + 3 * HOUR)), None, what) == found


def test_a_grant_of_texts_is_for_its_number_and_one_of_mails_for_the_person() -> None:
    other = script((START, Known({"phone": "+4915199999999", "email": "new@example.com"})))
    text, mail = sent("text", START + HOUR, to="+4915199999999"), sent("one", START + HOUR, to="new@example.com")
    assert rules(record(mail), None, other) == []
    assert rules(record(text), None, other) == ["consent"]


def test_a_message_goes_to_the_customers_address_alone() -> None:
    assert rules(record(sent("bill", START, to="other@example.com"))) == ["dead address"]


def test_who_is_held_out_of_a_journey_or_of_all_marketing_gets_none() -> None:
    lot = next(n for n in range(1, 10_001) if not _is_held(n - 1) and _is_held(n))
    assert lot == lot_of("mei", "plain", "*holdout*") + 1
    plain = BOOK.journeys["plain"]
    held = Book(BOOK.house, {"plain": replace(plain, holdout=10_000)})
    assert rules(record(sent("bill", START)), book=held) == ["holdout"]
    assert rules(record(sent("bill", START)), book=Book(BOOK.house, {"plain": replace(plain, holdout=lot - 1)})) == []
    house = Book(replace(BOOK.house, holdout=10_000), BOOK.journeys)
    assert rules(record(sent("one", START)), book=house) == ["holdout"]
    assert rules(record(sent("bill", START)), book=house) == []


def _is_held(share: int) -> bool:
    plain = BOOK.journeys["plain"]
    return bool(rules(record(sent("bill", START)), book=Book(BOOK.house, {"plain": replace(plain, holdout=share)})))


def test_nothing_goes_after_the_goal_whoever_says_that_it_was_reached() -> None:
    over = record(told("Order Completed", START + HOUR), sent("two", START + 2 * HOUR))
    assert rules(over) == ["after the goal"]
    assert rules(record(sent("one", START), told("Order Completed", START + HOUR))) == []
    assert rules(record(told("Order Completed", START - HOUR), sent("one", START)))[-1:] != ["after the goal"]
    late = record(told("Order Completed", START + 9 * DAY), sent("two", START + 10 * DAY))
    assert rules(late) == []
    said = record(sent("two", START + 2 * HOUR), walks=(walk(goal_at=START + HOUR),))
    assert rules(said) == ["after the goal"]


def test_nothing_goes_after_a_reason_to_leave() -> None:
    assert rules(record(told("Order Cancelled", START + HOUR), sent("two", START + 2 * HOUR))) == ["after the goal"]
    assert rules(record(sent("two", START), told("Order Cancelled", START + HOUR))) == []


def test_nothing_goes_before_a_walk_begins_or_once_it_is_over() -> None:
    assert rules(record(sent("one", START), walks=(walk(entered_at=START + MINUTE),))) == ["after the walk"]
    assert rules(record(sent("one", START + HOUR), walks=(walk(closed_at=START + MINUTE),))) == ["after the walk"]
    assert rules(record(sent("one", START), walks=(walk(closed_at=START),))) == []


def test_a_message_goes_once_in_a_run_and_once_in_each_round_of_a_repeat() -> None:
    twice = record(sent("one", START), sent("one", START + 5 * DAY))
    assert rules(twice) == ["sent twice"]
    rounds = [sent("round", START + 3 * n * DAY) for n in range(3)]
    assert rules(record(*rounds)) == []
    assert rules(record(*rounds, sent("round", START + 9 * DAY))) == ["sent twice"]


INSIDE = {"outcome": None, "closed_at": None}
LATER = START + 41 * DAY


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"step": "pause", "wake": LATER}, []),
        ({"step": "pause", "wake": None}, ["dead end"]),
        ({"step": "pause", "wake": START + DAY}, ["dead end"]),
        ({"step": "gone", "wake": LATER}, ["dead end"]),
        ({"step": None, "wake": None}, ["dead end"]),
        ({"step": None, "wake": None, "entered_at": LATER}, []),
    ],
)
def test_who_is_inside_waits_for_something_to_come(more: dict[str, Any], found: list[str]) -> None:
    assert rules(record(walks=(walk(**INSIDE, **more),))) == found


def test_a_rest_is_as_long_as_its_step_says_and_no_way_ends_in_a_circle() -> None:
    assert rules(record(rest("pause", START, START + DAY + 2 * HOUR))) == []
    assert rules(record(rest("pause", START, START + 3 * DAY))) == ["dead end"]
    assert rules(record(truncated=True)) == ["endless"]


def test_time_runs_forward() -> None:
    assert rules(record(sent("one", START + HOUR), rest("pause", START, START + DAY))) == ["time"]
    assert rules(record(rest("pause", START + HOUR, START))) == ["time"]
    assert rules(record(told("Product Viewed", START + 41 * DAY))) == ["time"]
