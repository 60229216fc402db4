"""What does a simulation walk in? Everything that the marketer wrote, compiled once and shared by all customers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from regulars.clock import identity
from regulars.delivery.compose import Composer, Wardrobe
from regulars.delivery.dossier import Pauses
from regulars.delivery.templates import Templates
from regulars.delivery.want import Case
from regulars.journeys import segments
from regulars.journeys.happening import OnBroadcast, OnDate, OnSchedule
from regulars.journeys.model import Book, House
from regulars.journeys.play import Play
from regulars.simulate.windows import Window, windows
from regulars.store.shelf import Shown

NOWHERE = "https://regulars.invalid"  # links of a simulated message lead nowhere
_ALIKE = "simulated"  # the secret that signs them, so that they are the same each time


@dataclass(frozen=True, slots=True)
class _OnePress:
    """One set of templates for every message."""

    templates: Templates

    async def prepare(self, cases: Iterable[Case]) -> None:
        return None

    def of(self, case: Case) -> Templates:
        return self.templates


@dataclass(frozen=True, slots=True)
class Shop:
    """`dated` and `timed`: the journeys that time starts. `windows`: what segments' conditions count
    by its time. `wary`: what time brings about may hang on any event, or on who is in which journey."""

    shown: Shown
    composer: Composer
    pauses: Pauses
    dated: tuple[Play, ...]
    timed: dict[str, OnSchedule | OnBroadcast]
    windows: tuple[Window, ...]
    wary: bool

    @staticmethod
    def of(book: Book, templates: Templates) -> Shop:
        """As the files have it: all journeys of the book are on."""
        return Shop.wearing(book, _OnePress(templates))

    @staticmethod
    def wearing(book: Book, wardrobe: Wardrobe) -> Shop:
        """The same, with templates from anywhere."""
        plays = {name: Play(journey) for name, journey in book.journeys.items()}
        on = {name: play.journey.start.on for name, play in plays.items()}
        house = book.house
        for segment in house.segments.values():
            segments.condition(segment)
        return Shop(
            shown=Shown.of(1, house, "", plays, plays, plays.values()),
            composer=Composer(wardrobe, NOWHERE, _ALIKE),
            pauses=Pauses.of(identity()),
            dated=tuple(plays[name] for name, when in on.items() if isinstance(when, OnDate)),
            timed={name: when for name, when in on.items() if isinstance(when, OnSchedule | OnBroadcast)},
            wary=_is_wary(plays.values(), house),
            windows=windows(segment.where for segment in house.segments.values()),
        )

    @property
    def house(self) -> House:
        return self.shown.house

    def play(self, journey: str) -> Play:
        """Raises KeyError."""
        return self.shown.plays[journey]


def _is_wary(plays: Iterable[Play], house: House) -> bool:
    asking = any("(" in play.date.source for play in plays if play.date is not None)
    return asking or any("in_journey" in segment.where for segment in house.segments.values())
