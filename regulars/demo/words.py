"""How is a customer's day told to a stranger? Events and decisions as sentences; what says nothing new is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from regulars.journeys.formats import format_money

Row = Mapping[str, Any]
_SILENT = frozenset(
    {
        *("Consent Given", "Customer Updated", "Order Paid", "Order Updated"),
        *("Email Sent", "Email Delivered", "SMS Sent", "SMS Delivered", "WhatsApp Sent", "WhatsApp Delivered"),
    }
)
_PLAIN = {
    "Customer Created": "Signs up for the shop’s letter",
    "Order Shipped": "The parcel is sent off",
    "Order Delivered": "The parcel arrives",
    "Product Reviewed": "Reviews the tea",
    "Email Opened": "Opens the mail",
    "Email Clicked": "Clicks in the mail",
    "SMS Clicked": "Follows the link in the text",
    "Order Cancelled": "Cancels the order",
}
_ENDINGS = {"goal": "goal reached", "finished": "walked to the end", "left": "left early"}
_CHANNELS = {"email": "mails", "sms": "texts", "whatsapp": "WhatsApp messages"}


def happened(event: Row) -> str:
    """An event in words; empty for one that would only repeat what stands beside it."""
    name, told = event["name"], event["properties"]
    if name in _SILENT:
        return ""
    if name == "Checkout Started":
        return f"Begins a checkout: {_basket(told)}"
    if name == "Order Completed":
        return f"Buys: {_basket(told)}"
    if name == "Consent Withdrawn":
        channel = told.get("channel") or "messages"
        return f"Wants no more {_CHANNELS.get(channel, channel)}"
    return str(_PLAIN.get(name, name))


def _basket(told: Row) -> str:
    many, first = int(told.get("item_count") or 0), told.get("first_item") or "a cart"
    more = f" and {many - 1} more" if many > 1 else ""
    currency, total = told.get("currency"), told.get("total_minor")
    price = f", {format_money(total, currency, 'en_US')}" if currency and total is not None else ""
    return f"{first}{more}{price}"


def decided(decision: Row, title: str, step: str) -> tuple[str, bool]:
    """A decision in words, empty where another line says it; and whether it kept something from happening. `title`: of
    its journey; `step`: its step, as a sentence goes on with it."""
    gate, verdict = decision["gate"], decision["verdict"]
    result, _, reason = verdict.partition(": ")
    match gate, result:
        case "start", "entered":
            return f"Enters “{title}”", False
        case "start", _:
            return f"Not let into “{title}”: {verdict}", True
        case "walk", _:
            way = _ENDINGS.get(result, result)
            return f"“{title}” ends: {way}{f' ({reason})' if reason else ''}", False
        case "goal", "reached":
            return f"Reaches the goal of “{title}”", False
        case _, "goal" | "left" | "not this one" | "stays":
            return "", False
        case "wait_for", _:
            return f"“{step}”: it {'has' if verdict == 'heard' else 'has not'} happened", False
        case _, "later":
            return f"“{step}” is held back: {reason}", True
        case _, "skipped":
            return f"“{step}” is not sent: {reason}", True
        case "if", _:
            return f"“{step}”: {'yes' if verdict == 'then' else 'no'}", False
    return f"“{step}”, {gate}: {verdict}", False
