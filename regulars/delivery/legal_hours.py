"""When does the law let a marketing message go? The legal window of a place and a weekday, from a data file."""

from __future__ import annotations

import json
from datetime import time
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from regulars.journeys.model import Channel

Window = tuple[time, time]
"""Local times: allowed from the first on, no longer at the second."""

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@lru_cache(maxsize=4096)
def legal_window(channel: Channel, country: str | None, province: str | None, weekday: int) -> Window | None:
    """The local times between which marketing may go, or None where no law known here says.

    `country`: ISO 3166 alpha-2. `province`: the state's code. `weekday`: Monday 0 to Sunday 6, as `date.weekday()`, of
    the recipient's local day. An American whose state is missing or unknown gets a window that suits nearly all states.
    """
    if not 0 <= weekday <= 6:
        raise ValueError(f"weekday: expected 0 (Monday) to 6 (Sunday), not {weekday}")
    rule = _rules(channel).get((country or "").strip().upper())
    if rule is None:
        return None
    law = _laws()
    state = (province or "").strip().upper().removeprefix("US-")
    name = next((name for name, states in rule.get("provinces", {}).items() if state in states), rule["elsewhere"])
    window = law["windows"][name]
    opens, closes = window.get(_DAYS[weekday], window["every_day"])
    return time.fromisoformat(opens), time.fromisoformat(closes)


@lru_cache(maxsize=4096)
def is_regulated(channel: Channel, country: str | None) -> bool:
    """Whether a law known here says anything of messages on this channel to that country."""
    return (country or "").strip().upper() in _rules(channel)


def provinces(channel: Channel, country: str) -> tuple[str, ...]:
    """The states of a country whose legal hours on this channel are known one by one."""
    found = _rules(channel).get(country, {}).get("provinces", {})
    return tuple(sorted(state for states in found.values() for state in states))


def _rules(channel: Channel) -> dict[str, Any]:
    """A channel's rules by country; some channel goes by the rules of another."""
    law = _laws()
    found: dict[str, Any] = law[law[channel]] if isinstance(law[channel], str) else law[channel]
    return found


@cache
def _laws() -> dict[str, Any]:
    law: dict[str, Any] = json.loads((files("regulars.delivery") / "data/legal_hours.json").read_text("utf-8"))
    return law
