"""Where was the customer, and what had they said? Reckoned from profile, script and what was sent, at any instant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from regulars.customers.places import timezone_of
from regulars.journeys.channels import CHANNELS, TRAITS_OF, Channel
from regulars.journeys.model import House
from regulars.simulate.record import Record
from regulars.simulate.scenario import Known, Profile, Reaction, Script, Told, Word
from regulars.simulate.scripted import Scripted, instant

_NO_MORE = ("complained", "unsubscribed", "stopped")
_UNREACHABLE = ("bounced", "complained")


@dataclass(frozen=True, slots=True)
class Where:
    """Since an instant. `zone`: what their clock keeps."""

    since: datetime
    zone: str
    country: str | None
    province: str | None
    email: str | None
    phone: str | None


@dataclass(slots=True)
class Standing:
    """`words`: of consent by channel, as (instant, given). `dead`: by channel, since when an address takes nothing."""

    places: list[Where]
    words: dict[Channel, list[tuple[datetime, bool]]] = field(default_factory=lambda: defaultdict(list))
    dead: dict[Channel, list[tuple[datetime, str]]] = field(default_factory=lambda: defaultdict(list))

    def at(self, when: datetime) -> Where:
        """Where they were."""
        there = [place for place in self.places if place.since <= when]
        return there[-1] if there else self.places[0]

    def places_near(self, when: datetime) -> Sequence[Where]:
        """Where they were, and where they came to be at this very instant: what happens at once has no order."""
        return [
            *[place for place in self.places if place.since < when][-1:],
            *(p for p in self.places if p.since == when),
        ]

    def consents(self, channel: Channel, when: datetime) -> bool:
        """Is the last word before an instant a grant? Of what is said at that very instant, either may hold."""
        said = sorted(word for word in self.words[channel] if word[0] < when)
        last = said[-1:] + [word for word in self.words[channel] if word[0] == when]
        return any(given and self._still_counts(channel, at, when) for at, given in last)

    def _still_counts(self, channel: Channel, given_at: datetime, when: datetime) -> bool:
        """A grant of texts is for the number that it was given for."""
        then = self.at(given_at).phone
        return TRAITS_OF[channel].address == "email" or then in [place.phone for place in self.places_near(when)]

    def is_dead(self, channel: Channel, address: str | None, when: datetime) -> bool:
        return any(at < when and address == whose for at, whose in self.dead[channel])


def standing_of(house: House, profile: Profile, script: Script, record: Record) -> Standing:
    """Everything that was ever so of the customer."""
    person = profile.person
    known = {name: getattr(person, name) for name in ("timezone", "country", "province", "email", "phone")}
    found = Standing([_place(house, known, profile.created_at)])
    for fact in profile.consents:
        found.words[fact.channel].append((fact.occurred_at, fact.granted))
    for at, told in profile.past:
        _told(found, told, at)
    scripted = Scripted.of(script, record.start, found.places[0].zone)
    for at, one in scripted.fixed:
        match one.what:
            case Known(traits=traits):
                known = _moved(known, traits)
                found.places.append(_place(house, known, at))
            case Word(channel=channel, granted=granted):
                found.words[channel].append((at, granted))
            case Told():
                _told(found, one.what, at)
            case _:
                if one.what.kind == "stopped":
                    found.words[one.what.channel].append((at, False))
    _react(found, scripted, record)
    return found


def _told(found: Standing, told: Told, at: datetime) -> None:
    """Consent can be told as an event, too."""
    channel = told.properties.get("channel")
    if told.name in ("Consent Given", "Consent Withdrawn") and channel in CHANNELS:
        found.words[channel].append((at, told.name == "Consent Given"))


def _react(found: Standing, scripted: Scripted, record: Record) -> None:
    """What the customer, or their mailbox, made of messages: each reaction is to the first one of its step."""
    for one, reaction in scripted.waiting:
        hit = next((entry for entry in record.sent if _is_about(reaction, entry.journey, entry.step)), None)
        if hit is None:
            continue
        at = max(instant(one.when, hit.at, hit.zone), hit.at)
        if reaction.kind in _NO_MORE:
            found.words[reaction.channel].append((at, False))
        if reaction.kind in _UNREACHABLE and hit.message is not None:
            found.dead[reaction.channel].append((at, hit.message.to))


def _is_about(reaction: Reaction, journey: str, step: str) -> bool:
    return step == reaction.step and reaction.journey in (None, journey)


def _moved(known: dict[str, str | None], traits: dict[str, object]) -> dict[str, str | None]:
    said = {name: str(traits[name]) for name in ("timezone", "email", "phone") if traits.get(name)}
    address = traits.get("address")
    if isinstance(address, dict) and address.get("country"):
        # another country speaks for time zone and province too, also when it says none
        country, province = str(address["country"]), address.get("province")
        more: dict[str, str | None] = {"country": country, "province": str(province) if province else None}
        return {**known, **more, "timezone": timezone_of(country, more["province"]), **said}
    return {**known, **said}


def _place(house: House, known: dict[str, str | None], since: datetime) -> Where:
    """The customer's own zone, else the one of their market, else the house's."""
    market = house.markets.get(known["country"] or "")
    zone = known["timezone"] or (market.timezone if market else None) or house.timezone
    return Where(since, zone, known["country"], known["province"], known["email"], known["phone"])


def address_of(place: Where, channel: Channel) -> str | None:
    """Where they can be reached on it."""
    return place.email if TRAITS_OF[channel].address == "email" else place.phone
