"""Whom will it reach? Customer by customer, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from regulars.delivery.templates import Templates
from regulars.journeys.model import Book, Send
from regulars.journeys.nearest import instead
from regulars.journeys.play import Play
from regulars.reach import pages
from regulars.reach.contacts import Contacts, Touch, sends_of
from regulars.reach.gates import Contact, Entry
from regulars.reach.ground import Judged
from regulars.reach.starts import Kind, Span, kind_of, segment_of, trial
from regulars.simulate.shop import Shop
from regulars.store.customers import Customer
from regulars.store.statements import table

MOST_DAYS = 3_660


class Unanswerable(ValueError):
    """There is nobody to reach, or no such journey. Says what would be right."""


@dataclass(frozen=True, slots=True)
class Person:
    """A customer whom the start concerned: what each of their starts came to; for who was let in, each message by its
    step."""

    id: str
    tried: Counter[Entry]
    touches: dict[str, Touch] = field(default_factory=dict)

    def is_at(self, step: str | None, gate: Entry | Contact) -> bool:
        """Did a start of theirs, or a message to them (that of `step`, or any), come to this?"""
        if isinstance(gate, Entry):
            return gate in self.tried
        return any(touch.contact is gate for name, touch in self.touches.items() if step in (None, name))


@dataclass(slots=True)
class Message:
    """How many of those let in a message could reach, by what keeps it from the others; languages of those reached."""

    send: Send
    contacts: Counter[Contact] = field(default_factory=Counter)
    locales: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Reach:
    """`known`: customers on record; `customers`: those whom the start concerned, `starts` how often. `entries`: what
    the starts came to, `people`: for how many customers at least once."""

    journey: str
    title: str
    kind: Kind
    what: str
    now: datetime
    days: int
    known: int
    messages: dict[str, Message]
    customers: int = 0
    entries: Counter[Entry] = field(default_factory=Counter)
    people: Counter[Entry] = field(default_factory=Counter)

    @property
    def starts(self) -> int:
        return self.entries.total()

    def count(self, person: Person) -> None:
        self.customers += 1
        self.entries.update(person.tried)
        self.people.update(person.tried.keys())
        for step, touch in person.touches.items():
            self.messages[step].contacts[touch.contact] += 1
            if touch.contact is Contact.reached:
                self.messages[step].locales[touch.locale] += 1

    def as_json(self) -> dict[str, Any]:
        """JSON values; instants are UTC."""
        return {
            "journey": self.journey,
            "start": {"kind": self.kind, "of": self.what, "days": self.days, "at": self.now.isoformat()},
            "customers": {"on_record": self.known, "concerned": self.customers},
            "starts": self.starts,
            "entered": _both(self, Entry.entered),
            "not_entered": {str(one): _both(self, one) for one in _by_count(self.entries) if one is not Entry.entered},
            "messages": [
                {
                    "step": one.send.id,
                    "channel": one.send.kind,
                    "template": one.send.template,
                    "purpose": one.send.purpose,
                    "reached": one.contacts[Contact.reached],
                    "not_reached": {
                        str(why): one.contacts[why] for why in _by_count(one.contacts) if why is not Contact.reached
                    },
                    "languages": dict(one.locales.most_common()),
                }
                for one in self.messages.values()
            ],
        }


class Asked:
    """One journey of the files (`book`, `templates`), asked about at `span.now`. Raises Unanswerable."""

    def __init__(self, book: Book, templates: Templates, journey: str, span: Span) -> None:
        if journey not in book.journeys:
            raise Unanswerable(f"there is no journey {journey!r}{instead(journey, sorted(book.journeys))}")
        if not 0 < span.days <= MOST_DAYS:
            raise Unanswerable(f"--days: expected a number from 1 to {MOST_DAYS}, found {span.days}")
        shop = Shop.of(Book(book.house, {journey: book.journeys[journey]}), templates)
        self._judged = Judged.of(shop, journey)
        self.play: Play = self._judged.play
        self.house, self.templates, self._span = book.house, templates, span

    @property
    def steps(self) -> list[str]:
        """Those that are messages."""
        return [send.id for send in sends_of(self.play)]

    def people(self, connection: Connection) -> Iterator[Person]:
        """By their ids; a page of customers at a time is in memory. Raises Unanswerable where nobody is on record."""
        if not known(connection):
            raise Unanswerable("there are no customers on record: nobody can be reached")
        play, span = self.play, self._span
        replayed = kind_of(play) == "events"
        told = pages.last_told(connection, play.journey.start.event) if play.journey.start.to is not None else None
        judge = trial(self._judged, span, told)
        contacts = Contacts(play, self.house, self.templates, self._judged.shop.pauses, span.now)
        wanted = pages.Wanted.of(play, self.house, replayed=replayed)
        for page in pages.pages(connection, wanted, span.since if replayed else None):
            tried = [(one.customer, found) for one in page if (found := judge(one)) is not None]
            inside = [customer for customer, found in tried if Entry.entered in found]
            touches = dict(zip((one["id"] for one in inside), contacts.of(connection, inside), strict=True))
            for customer, found in tried:
                yield Person(customer["id"], found, touches.get(customer["id"], {}))

    def counted(self, connection: Connection) -> Reach:
        """All of them. Raises Unanswerable where nobody is on record."""
        start, span = self.play.journey.start, self._span
        messages = {send.id: Message(send) for send in sends_of(self.play)}
        what = (segment_of(self.play) or start.event) if kind_of(self.play) != "dates" else _date(self.play)
        title = self.play.journey.title
        named = (self.play.journey.id, title, kind_of(self.play), what)
        found = Reach(*named, span.now, span.days, known(connection), messages)
        for person in self.people(connection):
            found.count(person)
        return found


def listed(people: Iterable[Person], step: str | None, gate: Entry | Contact) -> Iterator[str]:
    """The ids of those at a gate, as they are found."""
    return (person.id for person in people if person.is_at(step, gate))


def known(connection: Connection) -> int:
    """How many customers are on record."""
    return int(connection.execute(select(func.count()).select_from(table(Customer))).scalar_one())


def _date(play: Play) -> str:
    return play.date.source if play.date is not None else ""


def _both(reach: Reach, entry: Entry) -> dict[str, int]:
    return {"times": reach.entries[entry], "customers": reach.people[entry]}


def _by_count(counted: Counter[Any]) -> list[Any]:
    return [one for one, _ in sorted(counted.items(), key=lambda pair: (-pair[1], str(pair[0])))]
