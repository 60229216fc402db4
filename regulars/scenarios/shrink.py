"""What is the least that still goes wrong? A life with everything left out that is not needed for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from regulars.journeys.channels import TRAITS_OF
from regulars.scenarios.life import Life
from regulars.simulate.scenario import Happens, Profile, Told

T = TypeVar("T")
MOST_TRIES = 1_500


def shrunk(life: Life, fails: Callable[[Life], bool]) -> Life:
    """A life that still fails, of which nothing can be left out. `fails`: does it go wrong in the same way?"""
    tries = _Tries(fails)
    before: Life | None = None
    while life != before:
        before = life
        life = _shorter(life, tries)
        life = _with(life, _fewer(life.script.happens, partial(_tried, tries, _with, life)))
        life = _after(life, _fewer(life.profile.past, partial(_tried, tries, _after, life)))
        for number in range(len(life.script.happens)):
            life = _barer(life, number, tries)
        for plainer in _plainer(life.profile):
            one = replace(life, profile=_without(life.profile, plainer))
            life = one if one != life and tries(one) else life
    return life


class _Tries:
    """Counts, and gives up in the end: what is found by then is short enough."""

    def __init__(self, fails: Callable[[Life], bool]) -> None:
        self._fails, self._left = fails, MOST_TRIES

    def __call__(self, life: Life) -> bool:
        self._left -= 1
        return self._left >= 0 and self._fails(life)


def _tried(tries: _Tries, change: Callable[[Life, tuple[T, ...]], Life], life: Life, some: tuple[T, ...]) -> bool:
    return tries(change(life, some))


def _with(life: Life, happens: tuple[Happens, ...]) -> Life:
    return replace(life, script=replace(life.script, happens=happens))


def _after(life: Life, past: tuple[tuple[datetime, Told], ...]) -> Life:
    return replace(life, profile=replace(life.profile, past=past))


def _shorter(life: Life, tries: Callable[[Life], bool]) -> Life:
    """As few days as will do, from as late as will do."""
    low, high = 1, life.days
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if tries(replace(life, days=middle)) else (middle + 1, high)
    life = replace(life, days=high)
    instants = [one.when.at for one in life.script.happens if one.when.at is not None]
    if instants and min(instants) - life.start > timedelta(days=1):
        start = (min(instants) - timedelta(hours=1)).replace(minute=0, second=0)
        days = max(1, life.days - (start - life.start).days)
        later = replace(life, start=start, days=days)
        life = later if tries(later) else life
    return life


def _fewer(items: tuple[T, ...], fails: Callable[[tuple[T, ...]], bool]) -> tuple[T, ...]:
    """The items without those that are not needed: halves are left out first, single ones last."""
    size = len(items)
    while size >= 1 and items:
        at = 0
        while at < len(items):
            rest = items[:at] + items[at + size :]
            if fails(rest):
                items = rest
            else:
                at += size
        size //= 2
    return items


def _barer(life: Life, number: int, tries: Callable[[Life], bool]) -> Life:
    """An event with no more properties than it needs."""
    one = life.script.happens[number]
    for name in list(one.what.properties) if isinstance(one.what, Told) else ():
        told = life.script.happens[number].what
        if isinstance(told, Told):
            rest = {key: value for key, value in told.properties.items() if key != name}
            changed = replace(one, what=replace(told, properties=rest))
            bare = _with(life, (*life.script.happens[:number], changed, *life.script.happens[number + 1 :]))
            life = bare if tries(bare) else life
    return life


def _plainer(profile: Profile) -> Iterator[str]:
    """What might be left out of a profile, by name."""
    person = profile.person
    for name in ("phone", "email", "first_name", "last_name", "locale", "province", "country", "timezone", "traits"):
        if getattr(person, name):
            yield name
    for number in reversed(range(len(profile.consents))):
        yield f"consent {number}"


def _without(profile: Profile, what: str) -> Profile:
    """An address goes with the consents that were given for it, a country with its province."""
    if what.startswith("consent "):
        number = int(what.removeprefix("consent "))
        return replace(profile, consents=profile.consents[:number] + profile.consents[number + 1 :])
    blank: dict[str, Any] = {what: () if what == "traits" else None}
    person = profile.person._replace(**blank)
    if what == "country":
        person = person._replace(province=None)
    if what not in ("email", "phone"):
        return replace(profile, person=person)
    if person.email is None and person.phone is None:
        return profile
    identities = tuple(one for one in person.identities if one[0] != what)
    kept = tuple(one for one in profile.consents if TRAITS_OF[one.channel].address != what)
    return replace(profile, person=person._replace(identities=identities), consents=kept)
