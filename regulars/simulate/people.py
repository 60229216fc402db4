"""Who is the simulated customer at the start? A world in which their past has happened, and let nothing happen."""

from __future__ import annotations

from datetime import datetime

from regulars.customers import identity
from regulars.customers.person import NEVER, Person
from regulars.intake import traits
from regulars.intake.arrival import Arrival, Happened
from regulars.intake.ecommerce import Told as Telling
from regulars.intake.ecommerce import meaning
from regulars.intake.segment import SOURCE
from regulars.intake.shopify_part import Part
from regulars.journeys.events import kind_of
from regulars.simulate import telling
from regulars.simulate.scenario import Known, Profile, Told
from regulars.simulate.shop import Shop
from regulars.simulate.world import World


def world_of(shop: Shop, profile: Profile, now: datetime) -> World:
    """The world at `now`, of which nothing is on record yet."""
    row = {**identity.blank(profile.id, profile.person, profile.created_at), "own_tags": None}
    identity.learn(row, profile.person)
    world = World(shop, row, profile.created_at)
    telling.agree(world, profile.consents)
    for number, (at, told) in enumerate(sorted(profile.past, key=lambda one: one[0])):
        world.now = at
        telling.remember(world, arrival(world, told, f"past/{number}"))
    world.now = now
    row["touched_at"] = profile.created_at
    world.weigh(silent=True)
    return world


def arrival(world: World, told: Told | Known, key: str) -> Arrival:
    """What a Segment client would deliver now. Raises ValueError, which names the property."""
    who, now = Person((("user", world.customer_row["id"]),), NEVER), world.now
    if isinstance(told, Known):
        known = traits.person(world.customer_row["id"], None, told.traits, {}, now)
        return Arrival(SOURCE, key, "identify", known)
    kind = kind_of(told.name)
    if kind.about is not None:  # of the past alone: vendors tell the others
        return Arrival(SOURCE, key, "track", who, (Happened(told.name, now, told.properties),))
    person = None if told.of_shop else who
    meant = meaning(Telling(SOURCE, told.name, key, now, Part(told.properties), person))
    return Arrival(
        SOURCE, key, "track", person, meant.events, meant.consents, meant.order, meant.refund, meant.about_order
    )
