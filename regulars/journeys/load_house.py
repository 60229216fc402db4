"""How are the house rules read? Zones, languages, money, senders, quiet hours and caps, each judged as it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from regulars.journeys import step_values, values
from regulars.journeys.channels import CHANNELS, Channel, sender_word
from regulars.journeys.fields import Fields, shown
from regulars.journeys.mistakes import Findings, Place
from regulars.journeys.model import House, Journey, Market, Segment, Send, walk_steps
from regulars.journeys.yaml_source import MappingNode, Node

SENDERS = tuple(sender_word(channel) for channel in CHANNELS)
WORDS = (
    *("name", "timezone", "locale", "currency", "postal_address", *SENDERS, "reply_to", "website"),
    *("markets", "quiet_hours", "caps", "valid_for", "holdout"),
)
MARKET_WORDS = ("timezone", "locale", "currency", *SENDERS)
NO_HOUSE = House("", "", "", "", "", {})


def read_house(
    node: Node, findings: Findings, place: Place, journeys: Iterable[Journey], segments: dict[str, Segment]
) -> House:
    """The house below its word. What `journeys` send decides which senders and addresses it needs."""
    fields = Fields(node, findings, "house", WORDS, place=place)
    messages = [step for journey in journeys for step in walk_steps(journey.steps) if isinstance(step, Send)]
    senders = _senders(fields, {send.kind for send in messages})
    by_mail = any(send.kind == "email" and send.purpose == "marketing" for send in messages)
    address = (
        fields.require("postal_address", values.text, "no-way-out")
        if by_mail
        else fields.read("postal_address", values.text)
    )
    return House(
        name=fields.require("name", values.text) or "",
        timezone=fields.require("timezone", values.time_zone) or "",
        locale=fields.require("locale", values.locale) or "",
        currency=fields.require("currency", values.currency) or "",
        reply_to=fields.read("reply_to", values.email_address),
        website=fields.read("website", values.website),
        markets=fields.read("markets", _markets) or {},
        quiet_hours=fields.read("quiet_hours", values.per_channel("quiet_hours", values.quiet_hours)) or {},
        caps=fields.read("caps", values.per_channel("caps", values.cap, later=("coupon",))) or {},
        valid_for=fields.read("valid_for", values.per_channel("valid_for", values.span)) or {},
        holdout=fields.read("holdout", step_values.holdout) or 0,
        segments=segments,
        senders=senders,
        postal_address=address or "",
    )


def _senders(fields: Fields, needed: Collection[Channel] = ()) -> dict[Channel, str]:
    """Who writes on each channel, where it is said."""
    found: dict[Channel, str] = {}
    for channel, read in values.SENDERS.items():
        word = sender_word(channel)
        sender = fields.require(word, read, "not-defined") if channel in needed else fields.read(word, read)
        if sender:
            found[channel] = sender
    return found


def _markets(node: Node, findings: Findings) -> dict[str, Market] | None:
    if not isinstance(node, MappingNode):
        findings.add(node, f"expected markets by country, as DE: {{locale: de-DE}}, found {shown(node)}")
        return None
    markets: dict[str, Market] = {}
    for key, below in node.pairs:
        country = values.country(key, findings)
        fields = Fields(below, findings, f"the market {key.value}", MARKET_WORDS, place=key)
        market = Market(
            country or "",
            fields.read("timezone", values.time_zone),
            fields.read("locale", values.locale),
            fields.read("currency", values.currency),
            _senders(fields),
        )
        markets[market.country] = market
    return markets
