"""Was it an hour at which nothing may be sent? Reckoned anew, by other means than the gate has, to judge it by."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from regulars.journeys.channels import Channel
from regulars.journeys.model import House

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def forbidden(
    house: House, channel: Channel, at: datetime, zone: str, country: str | None, province: str | None
) -> str | None:
    """Why a marketing message may not go at an instant; None where it may. `zone`: where the customer is."""
    there = at.astimezone(ZoneInfo(zone))
    minute = there.hour * 60 + there.minute
    quiet = house.quiet_hours.get(channel)
    if quiet is not None:
        start, end = _minutes(quiet.start), _minutes(quiet.end)
        if (minute - start) % 1440 < (end - start) % 1440:
            return f"quiet hours are {quiet.start} to {quiet.end}, and it was {there:%H:%M} in {zone}"
    opens, closes = _open(channel, (country or "").upper(), (province or "").upper(), _WEEKDAYS[there.weekday()])
    if not opens <= minute < closes:
        return f"the law of {country} {province or ''} forbids it at {there:%H:%M} of a {there:%A}".replace("  ", " ")
    return None


def _open(channel: Channel, country: str, province: str, weekday: str) -> tuple[int, int]:
    """The minutes of the day between which a text may go."""
    law = _law()
    there = law[law[channel]] if isinstance(law[channel], str) else law[channel]
    if country not in there:
        return 0, 1440
    name = there[country]["elsewhere"]
    for window, states in there[country].get("provinces", {}).items():
        if province in states:
            name = window
    opens, closes = law["windows"][name].get(weekday) or law["windows"][name]["every_day"]
    return _minutes(opens), _minutes(closes)


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


@cache
def _law() -> dict[str, Any]:
    """The table of laws, which is data that gate and judge share."""
    found: dict[str, Any] = json.loads((files("regulars.delivery") / "data/legal_hours.json").read_text("utf-8"))
    return found
