"""Which event is that? One that a sender can tell, in the shape that the way in takes; or why it is none."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from regulars.customers.person import NEVER, Person
from regulars.delivery.receipt import ReceiptKind
from regulars.intake.ecommerce import Told as Telling
from regulars.intake.ecommerce import meaning
from regulars.intake.shopify_part import Part
from regulars.journeys import values
from regulars.journeys.channels import TRAITS_OF, Channel
from regulars.journeys.events import kind_of
from regulars.journeys.fields import shown
from regulars.journeys.mistakes import Findings, Place
from regulars.journeys.nearest import nearest
from regulars.journeys.yaml_source import Node
from regulars.simulate.scenario import Told

Row = dict[str, Any]
_SOMEBODY = Person((("user", "somebody"),), NEVER)
_THEN = datetime(2026, 1, 1, tzinfo=UTC)
_SPOKEN = ("replied", "stopped")


def event_name(known: Collection[str], node: Node, findings: Findings) -> str | None:
    """The name of an event that can happen to somebody: none that comes about of itself."""
    name = values.text(node, findings)
    if name is None:
        return None
    if kind_of(name).written or (name.endswith(" Sent") and kind_of(name).about):
        findings.add(node, f"{name} comes about of itself, and is not told")
        return None
    if name not in known:
        unknown = nearest(name, known) or ": neither a standard name nor one that the journeys know"
        findings.add(node, f"unknown event {shown(node)}{unknown}")
        return None
    return name


def told(name: str, properties: Row, findings: Findings, place: Place, *, of_shop: bool = False) -> Told:
    """The event, which the way in would take."""
    try:
        if kind_of(name).about is None:
            meaning(Telling("segment", name, "check", _THEN, Part(properties), None if of_shop else _SOMEBODY))
    except ValueError as error:
        findings.add(place, f"{name}: {error}")
    return Told(name, properties, of_shop)


def of_message(name: str) -> tuple[Channel, ReceiptKind] | None:
    """What a vendor tells by an event of our messages; None of another event."""
    channel = kind_of(name).about
    if channel is None:
        return None
    traits = TRAITS_OF[channel]
    kinds = [kind for kind, word in traits.told.items() if f"{traits.title} {word}" == name]
    return (channel, _as_kind(kinds[0])) if kinds else None


def is_spoken(kind: ReceiptKind) -> bool:
    """Is it a text of the customer's own, of no message of ours?"""
    return kind in _SPOKEN


def _as_kind(kind: str) -> ReceiptKind:
    return kind  # type: ignore[return-value]  # the keys of `told` are kinds of receipts
