"""On what do the simulation's tests stand? A small house with two letters and a text, and a customer in Berlin."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from regulars.delivery import wardrobe
from regulars.delivery.templates import Templates
from regulars.journeys.load import read_book
from regulars.journeys.model import Book
from regulars.simulate.load_profile import profile_of
from regulars.simulate.load_script import names_of, script_of
from regulars.simulate.record import Entry, Record
from regulars.simulate.scenario import Profile
from regulars.simulate.shop import Shop
from regulars.simulate.walk import simulate

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)  # 09:00 in Berlin, a Monday
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
HOUSE = """\
house:
  name: Leaf
  website: https://leaf.example
  email_from: Leaf <hello@leaf.example>
  sms_from: "+14155550100"
  whatsapp_from: "+14155550101"
  postal_address: Leaf, 1 Hill Road, New York, NY 10013, USA
  timezone: Europe/Berlin
  locale: en-US
  currency: USD
"""
MEI = """\
id: mei
email: mei@example.com
phone: "+4915123456789"
first_name: Mei
timezone: Europe/Berlin
consents:
  - {channel: email, given: "2026-01-05T10:00:00Z"}
  - {channel: sms, given: "2026-01-05T10:00:00Z"}
  - {channel: whatsapp, given: "2026-01-05T10:00:00Z"}
"""
LEARNT = ("Began", "Stirred", "Season Opened")
_MAIL = """\
---
subject: Letter NAME for {{ customer.first_name }}
---
<mjml><mj-body><mj-section><mj-column>
<mj-text>Hello {{ customer.first_name }}. {{ shop.postal_address }} <a href="{{ unsubscribe_url }}">out</a></mj-text>
</mj-column></mj-section></mj-body></mjml>
"""


@cache
def folder() -> Path:
    """Templates t/one, t/two, t/three (mails), t/text (SMS and WhatsApp)."""
    root = Path(_KEPT.name)
    for name in ("one", "two", "three"):
        _write(root / f"email/t/{name}.en.mjml", _MAIL.replace("NAME", name))
    _write(root / "sms/t/text.en.txt", "{{ shop.name }}: hello {{ customer.first_name }}. Reply STOP to opt out\n")
    _write(root / "whatsapp/t/text.en.txt", "Hello {{ customer.first_name }}\n")
    return root


_KEPT = TemporaryDirectory(prefix="regulars-simulate-")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def book_of(journeys: str, house: str = "", segments: str = "") -> Book:
    """What stands below `journeys:`; `house`: more lines of it; `segments`: what stands below `segments:`."""
    below = f"segments:\n{segments}" if segments else ""
    return read_book(HOUSE + house + "journeys:\n" + journeys, "journeys.yaml", segments=below, learnt=LEARNT)


def shop_of(journeys: str, house: str = "", segments: str = "") -> Shop:
    book = book_of(journeys, house, segments)
    return Shop.of(book, templates_of(book))


def templates_of(book: Book) -> Templates:
    return wardrobe.load(folder(), book)


def mei(more: str = "", base: str = MEI, start: datetime = START) -> Profile:
    """The customer, with more lines of the profile."""
    return profile_of(base + more, "mei.yaml", start, names_of(shop_of(IDLE), LEARNT).events)


IDLE = "  idle: {start: {event: Customer Created}, steps: [wait: 1 day]}\n"


def walked(
    shop: Shop,
    script: str = "[]",
    *,
    customer: Profile | None = None,
    days: int = 30,
    start: datetime = START,
    most_acts: int = 1_000,
) -> Record:
    """The script (YAML, a list of what happens) from the start on."""
    told = script_of(script, "events.yaml", names_of(shop, LEARNT))
    who = customer or mei(start=start)
    asked = next(iter(shop.shown.plays))
    return simulate(shop, who, told, start=start, until=start + days * DAY, journey=asked, most_acts=most_acts)


def sent(record: Record) -> list[tuple[str, str]]:
    """(local time, step) of each message that went."""
    return [(entry.local, entry.step) for entry in record.sent]


def decided(record: Record, gate: str, journey: str | None = None) -> list[str]:
    """The verdicts of a gate."""
    return [entry.verdict for entry in decisions(record, gate, journey)]


def decisions(record: Record, gate: str, journey: str | None = None) -> Sequence[Entry]:
    return [
        entry
        for entry in record.entries
        if entry.kind == "decision" and entry.what == gate and journey in (None, entry.journey)
    ]


def outcomes(record: Record) -> list[tuple[str, str | None, str | None]]:
    return [(walk.journey, walk.outcome, walk.reason) for walk in record.walks]
