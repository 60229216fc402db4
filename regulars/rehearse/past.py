"""How does a customer come to be on record? By deliveries of their past, before any journey is live."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from regulars.customers import identity
from regulars.customers.person import NEVER, Person
from regulars.delivery.templates import Templates
from regulars.intake.accept import Delivery, Intake
from regulars.intake.arrival import Arrival
from regulars.intake.segment import SOURCE
from regulars.journeys.model import Book
from regulars.simulate import people
from regulars.simulate.scenario import Profile
from regulars.simulate.shop import Shop
from regulars.simulate.world import World
from regulars.store import shelf
from regulars.store.customers import Customer, Identity
from regulars.store.database import Database
from regulars.store.shelf import Shelf
from regulars.store.statements import add


def put(database: Database, shop: Shop, profile: Profile) -> None:
    """The customer, with all that has happened to them: no journey and no segment is there yet, so it lets nobody in.

    Lots are drawn by the id: it is the profile's own. Everything else is told to the way in.
    """
    nothing = Book(replace(shop.house, segments={}), {})
    row = identity.blank(profile.id, Person((("user", profile.id),), NEVER), profile.created_at)
    with database.write() as connection:
        shelf.apply(connection, nothing, profile.created_at)
        add(connection, Customer, [row])
        add(connection, Identity, [{"kind": "user", "value": profile.id, "customer_id": profile.id}])
    intake = Intake(Shelf())
    for arrival, at in sorted(_arrivals(shop, profile), key=lambda one: one[1]):
        with database.write() as connection:
            intake.accept(connection, [Delivery(arrival, at)])


def open_shop(database: Database, book: Book, templates: Templates, at: datetime) -> None:
    """The journeys are live from `at` on."""
    with database.write() as connection:
        shelf.apply(connection, book, at, templates.sources)


def _arrivals(shop: Shop, profile: Profile) -> Iterator[tuple[Arrival, datetime]]:
    who = Person((("user", profile.id),), NEVER)
    yield Arrival(SOURCE, "profile", "identify", profile.person), profile.created_at
    for number, fact in enumerate(profile.consents):
        yield Arrival(SOURCE, f"consent/{number}", "consent", who, (), (fact,)), fact.occurred_at
    for number, (at, told) in enumerate(sorted(profile.past, key=lambda one: one[0])):
        world = World(shop, {"id": profile.id}, at)
        yield people.arrival(world, told, f"past/{number}"), at
