"""Who might come? Invented customers with plausible and odd days, for good the same for a seed and a number."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from regulars.customers.person import ConsentFact
from regulars.intake import traits
from regulars.journeys.channels import CHANNELS, TRAITS_OF, Channel
from regulars.journeys.happening import OnDate
from regulars.journeys.model import Send, walk_steps
from regulars.journeys.span import Span
from regulars.scenarios.happenings import Repertoire
from regulars.scenarios.life import Life
from regulars.simulate.scenario import Happens, Known, Profile, Reaction, Script, Spoken, What, When, Word
from regulars.simulate.shop import Shop

Row = dict[str, Any]
# Country, province, time zone, locale, phone: where customers are, and where clocks are odd.
PLACES = (
    ("US", "CA", "America/Los_Angeles", "en-US", "+14155550123"),
    ("US", "TX", "America/Chicago", "en-US", "+12105550123"),
    ("US", "RI", None, "en-US", "+14015550123"),
    ("US", None, "America/New_York", "es-US", "+12125550123"),
    ("US", "AK", "America/Adak", "en-US", "+19075550123"),
    ("DE", None, "Europe/Berlin", "de-DE", "+4915123456789"),
    ("CN", None, "Asia/Shanghai", "zh-CN", "+8613812345678"),
    ("JP", None, None, "ja-JP", "+819012345678"),
    ("AU", "NSW", "Australia/Lord_Howe", "en-AU", "+61412345678"),
    ("KI", None, "Pacific/Kiritimati", "en-US", None),
    ("AS", None, "Pacific/Pago_Pago", "en-US", None),
    ("NP", None, "Asia/Kathmandu", "en-US", None),
    ("CA", "NL", "America/St_Johns", "fr-CA", "+17095550123"),
    ("IE", None, "Europe/Dublin", "en-IE", None),
    (None, None, None, None, "+14155550199"),
)
# Days on which calendars and clocks do what is seldom thought of.
TURNS = (
    *(datetime(2026, 3, 8, tzinfo=UTC), datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)),
    *(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC), datetime(2027, 2, 28, tzinfo=UTC)),
    *(datetime(2028, 2, 28, tzinfo=UTC), datetime(2026, 4, 5, tzinfo=UTC), datetime(2026, 10, 4, tzinfo=UTC)),
)
_FIELD = re.compile(r"customer\.traits\.([A-Za-z_][A-Za-z0-9_]*)")
_DAYS = (7, 14, 30, 60, 120)


@dataclass(frozen=True, slots=True)
class Anybody:
    """Invents lives for a shop: by what its journeys start with, wait for and send. `days`: how long each lasts."""

    repertoire: Repertoire
    sends: tuple[tuple[Channel, str, str], ...]
    dated: tuple[str, ...]
    seed: int
    days: int | None = None

    @staticmethod
    def of(shop: Shop, seed: int, days: int | None = None) -> Anybody:
        sends = tuple(
            (step.kind, name, step.id)
            for name, play in shop.shown.plays.items()
            for step in walk_steps(play.journey.steps)
            if isinstance(step, Send)
        )
        terms = [play.journey.start.on.term for play in shop.dated if isinstance(play.journey.start.on, OnDate)]
        dated = tuple(name for term in terms for name in _FIELD.findall(term))
        return Anybody(Repertoire.of(shop), sends, dated, seed, days)

    def life(self, number: int) -> Life:
        """The customer of that number."""
        dice = random.Random(f"{self.seed}/{number}")  # noqa: S311 -- to be the same each time, not to be secret
        days = self.days or dice.choice(_DAYS)
        start = dice.choice(TURNS) - timedelta(minutes=dice.randrange(days * 720))
        profile = self._profile(dice, f"n{number}", start)
        return Life(profile, self._script(dice, start, timedelta(days=days)), start, days)

    def _profile(self, dice: random.Random, identifier: str, start: datetime) -> Profile:
        since = start - timedelta(minutes=dice.choice((1, 60, 1440, 300_000)) + dice.randrange(60))
        country, province, zone, locale, phone = dice.choice(PLACES)
        said: Row = {"email": f"{identifier}@example.com"} if dice.random() < 0.95 or phone is None else {}
        said |= {"phone": phone} if phone and (not said or dice.random() < 0.8) else {}
        said |= {"first_name": "Mei"} if dice.random() < 0.8 else {}
        said |= {name: value for name, value in (("timezone", zone), ("locale", locale)) if value}
        said |= {"address": {"country": country, "province": province}} if country else {}
        said |= {name: born(dice, start) for name in self.dated if dice.random() < 0.7}
        person = traits.person(identifier, None, said, {}, since)
        assert person is not None  # noqa: S101 -- who has an id is somebody
        given = [fact for name in CHANNELS if (fact := _word(dice, name, said, since)) is not None]
        span = (start - since).total_seconds()
        past = [(since + timedelta(seconds=int(dice.random() * span)), n) for n in range(dice.choice((0, 0, 1, 3, 4)))]
        told = tuple((at, self.repertoire.order(dice, f"past-{n}")) for at, n in past)
        return Profile(identifier, person, since, tuple(given), told)

    def _script(self, dice: random.Random, start: datetime, span: timedelta) -> Script:
        """Now and then many things within one hour, as bots, imports and impatience have it."""
        burst = start + timedelta(seconds=int(dice.random() * span.total_seconds()))
        found: list[tuple[datetime, What]] = []
        for number in range(dice.choice((0, 1, 2, 4, 8, 16)) * (1 + span.days // 200)):
            wide = int(span.total_seconds())
            at = start + timedelta(seconds=dice.randrange(wide))
            if dice.random() < 0.4:
                at = min(burst + timedelta(seconds=dice.choice((0, 1, 60, 2_700, 86_400))), start + span)
            found.append((at, self._what(dice, number)))
        lines = [Happens(When(at=at), what) for at, what in sorted(found, key=lambda one: one[0])]
        return Script((*lines, *self._reactions(dice)))

    def _what(self, dice: random.Random, number: int) -> What:
        odd: tuple[tuple[float, Callable[[], What]], ...] = (
            (0.62, lambda: self.repertoire.told(dice, number)),
            (0.70, lambda: Word(dice.choice(CHANNELS), granted=False)),
            (0.78, lambda: Word(dice.choice(CHANNELS), granted=True)),
            (0.83, lambda: _moves(dice)),
            (0.87, lambda: Known({"phone": dice.choice([place[4] for place in PLACES if place[4]])})),
            (0.90, lambda: Spoken("stopped", "sms", "STOP")),
            (0.92, lambda: Spoken("replied", "sms", "what?")),
        )
        lot = dice.random()
        return next((make() for below, make in odd if lot < below), None) or self.repertoire.start(dice, number)

    def _reactions(self, dice: random.Random) -> list[Happens]:
        found = []
        for channel, journey, step in self.sends:
            if dice.random() < 0.25:
                mail = ("clicked", "opened", "complained", "bounced", "unsubscribed", "clicked")
                kind = dice.choice(mail if TRAITS_OF[channel].form == "mail" else ("clicked", "failed"))
                after = Span(dice.randrange(1, 90), dice.choice(("minute", "hour")))
                found.append(Happens(When(after=after), Reaction(kind, channel, step, journey)))  # type: ignore[arg-type]
        return found


def born(dice: random.Random, start: datetime) -> str:
    """A day of birth, often near, and often one that most years do not have."""
    if dice.random() < 0.3:
        return "2000-02-29"
    near = start.date() + timedelta(days=dice.randrange(-2, 60))
    return date(1990, near.month, min(near.day, 28)).isoformat()


def _word(dice: random.Random, channel: Channel, said: Row, since: datetime) -> ConsentFact | None:
    address = said.get(TRAITS_OF[channel].address)
    if address is None or dice.random() < 0.2:
        return None
    return ConsentFact(channel, dice.random() < 0.9, since, "profile", address)


def _moves(dice: random.Random) -> Known:
    """To where another clock holds; a country with its province, or a zone alone."""
    country, province, zone, locale, _ = dice.choice([place for place in PLACES if place[2]])
    if dice.random() < 0.5:
        return Known({"timezone": zone})
    return Known({"timezone": zone, "locale": locale, "address": {"country": country, "province": province}})
