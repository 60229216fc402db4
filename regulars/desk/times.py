"""How is an instant shown? On the customer's clock, with the shop's beside it where it shows another time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from regulars.engine import calendar

_HOURS = 36  # from so many on, days say it
_FORM = "%a %d %b %Y, %H:%M"


@dataclass(frozen=True, slots=True)
class Moment:
    """`text` is in the reader's first zone; `elsewhere` in the second, empty where both show the same."""

    iso: str
    text: str
    elsewhere: str


@dataclass(frozen=True, slots=True)
class Zones:
    """`zone`: whose clock comes first, an IANA name; `shop`: the house's."""

    zone: str
    shop: str

    def show(self, instant: datetime) -> Moment:
        """`instant` for people, to the minute."""
        here, there = (calendar.local(instant, zone).to_stdlib() for zone in (self.zone, self.shop))
        same = here.replace(tzinfo=None) == there.replace(tzinfo=None)
        iso = instant.isoformat(timespec="seconds")
        form = _FORM if here.date() != there.date() else "%H:%M"
        elsewhere = "" if same else f"{there.strftime(form)} {city(self.shop)}"
        return Moment(iso, here.strftime(_FORM), elsewhere)


def city(zone: str) -> str:
    """The part of a zone's name that people know: "New York"."""
    return zone.rpartition("/")[2].replace("_", " ")


def distance(now: datetime, then: datetime) -> str:
    """How far off an instant is: "in 3 hours", "2 days ago", "now"."""
    away = abs(then - now)
    if away < timedelta(minutes=1):
        return "now"
    hours = round(away / timedelta(hours=1))
    if hours >= _HOURS:
        number, unit = round(away / timedelta(days=1)), "day"
    elif hours:
        number, unit = hours, "hour"
    else:
        number, unit = round(away / timedelta(minutes=1)), "minute"
    words = f"{number} {unit}{'' if number == 1 else 's'}"
    return f"in {words}" if then > now else f"{words} ago"
