"""Whom could each message be sent to now? By the gate's own word on sender, address, consent and suppression."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from regulars.customers import consents
from regulars.customers.context import Surroundings, surroundings
from regulars.delivery.dossier import Dossier, Pauses
from regulars.delivery.gate import kept_from
from regulars.delivery.locales import choose
from regulars.delivery.templates import Templates
from regulars.delivery.want import Case, Want
from regulars.journeys.channels import TRAITS_OF
from regulars.journeys.model import House, Send
from regulars.journeys.play import Play
from regulars.reach.gates import Contact, contact_of

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Touch:
    """What a message comes to for one customer; `locale`: of the template that they would read."""

    contact: Contact
    locale: str


class Contacts:
    """The messages of a journey, in reading order."""

    def __init__(self, play: Play, house: House, templates: Templates, pauses: Pauses, now: datetime) -> None:
        self.sends = sends_of(play)
        self._play, self._house, self._pauses, self._now = play, house, pauses, now
        self._locales = {send.id: templates.locales(send.kind, send.template) for send in self.sends}

    def of(self, connection: Connection, customers: Sequence[Row]) -> list[dict[str, Touch]]:
        """By step, for each customer (their row)."""
        whom = {
            (row["id"], send.kind, address)
            for row in customers
            for send in self.sends
            if (address := row[TRAITS_OF[send.kind].address])
        }
        dossier = Dossier(
            consents=consents.standing(connection, whom),
            suppressed=consents.suppressed(connection, {(channel, address) for _, channel, address in whom}),
            brakes={},
            paused=frozenset(),
            pauses=self._pauses,
        )
        return [self._touched(row, dossier) for row in customers]

    def _touched(self, customer: Row, dossier: Dossier) -> dict[str, Touch]:
        place = surroundings(self._house, customer)
        alike: dict[tuple[str, str], Contact] = {}
        found: dict[str, Touch] = {}
        for send in self.sends:
            what = (send.kind, send.purpose)
            if what not in alike:
                alike[what] = contact_of(kept_from(self._case(send, customer, place), dossier))
            locale = choose(place.locale, self._locales[send.id], self._house.locale)
            found[send.id] = Touch(alike[what], locale)
        return found

    def _case(self, send: Send, customer: Row, place: Surroundings) -> Case:
        now, version = self._now, self._play.graph.version
        want = Want("", self._play.journey.id, version, send.id, send.key, 1, now, "", now)
        return Case(want, now, self._play, send, self._house, {}, customer, None, place, {})


def sends_of(play: Play) -> tuple[Send, ...]:
    """The messages of a journey, in reading order."""
    steps: Iterable[Any] = play.steps.values()
    return tuple(step for step in steps if isinstance(step, Send))
