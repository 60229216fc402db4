"""How are the house rules read? Zones, languages, money, senders, quiet hours and caps, each judged as it is."""

from __future__ import annotations

from collections.abc import Iterable

from regulars.journeys import values
from regulars.journeys.fields import Fields, shown
from regulars.journeys.mistakes import Findings, Place
from regulars.journeys.model import House, Journey, Market, Send, walk_steps
from regulars.journeys.yaml_source import MappingNode, Node

WORDS = (
    *("name", "timezone", "locale", "currency", "postal_address", "email_from", "sms_from", "reply_to", "website"),
    *("markets", "quiet_hours", "caps", "valid_for"),
)
LATER = ("holdout",)
MARKET_WORDS = ("timezone", "locale", "currency", "sms_from", "email_from")
NO_HOUSE = House("", "", "", "", "", "", "")


def read_house(node: Node, findings: Findings, place: Place, journeys: Iterable[Journey]) -> House:
    """The house below its word. What `journeys` send decides which senders and addresses it needs."""
    fields = Fields(node, findings, "house", WORDS, later=LATER, place=place)
    messages = [step for journey in journeys for step in walk_steps(journey.steps) if isinstance(step, Send)]
    needed = {"email_from": any(send.kind == "email" for send in messages)}
    needed["sms_from"] = any(send.kind == "sms" for send in messages)
    needed["postal_address"] = any(send.kind == "email" and send.purpose == "marketing" for send in messages)
    reads = {"email_from": values.email_sender, "sms_from": values.sms_sender, "postal_address": values.text}
    texts = {
        word: (fields.require(word, read) if needed[word] else fields.read(word, read)) or ""
        for word, read in reads.items()
    }
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
        **texts,
    )


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
            fields.read("sms_from", values.sms_sender),
            fields.read("email_from", values.email_sender),
        )
        markets[market.country] = market
    return markets
