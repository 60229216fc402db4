"""Which lot has a customer drawn? For good the same, by hash and not kept: who takes which way, and who is held out."""

from __future__ import annotations

import hashlib
from typing import Literal

from regulars.journeys.model import House, Journey
from regulars.journeys.play import Play

_HOLDOUT = "*holdout*"  # no step can be called so: its draw is another


def lot_of(customer: str, journey: str, key: str) -> int:
    """A number below ten thousand, for good the same for a customer at a step."""
    digest = hashlib.sha256(f"{customer}/{journey}/{key}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 10_000


def kept_from_marketing(house: House, customer: str) -> bool:
    """Is the customer one of those who get no marketing at all?"""
    return house.holdout > 0 and lot_of(customer, "", _HOLDOUT) < house.holdout


def draw(house: House, customer: str, by: Literal["house", "journey"], journey: Journey) -> dict[str, str | int]:
    """What the house or the journey drew, for the record: whose lot is below its share is held out."""
    of, share = ("", house.holdout) if by == "house" else (journey.id, journey.holdout)
    return {"holdout": by, "lot": lot_of(customer, of, _HOLDOUT), "share": share}


def held_out(play: Play, house: House, customer: str) -> Literal["house", "journey"] | None:
    """Who holds the customer out of the journey? The house keeps nobody from a service message: a journey that has one
    is walked, and its marketing is kept back by the gate."""
    journey = play.journey
    if play.sells and not play.serves and kept_from_marketing(house, customer):
        return "house"
    if journey.holdout and lot_of(customer, journey.id, _HOLDOUT) < journey.holdout:
        return "journey"
    return None
