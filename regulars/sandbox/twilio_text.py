"""What becomes of a text that Twilio has taken? Its resource, its callbacks, and what the recipient answers."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from email.utils import format_datetime
from sqlite3 import Connection
from typing import Any
from urllib.parse import parse_qs, urlsplit

from regulars.sandbox import events, links, messages, reactions
from regulars.sandbox.events import Event
from regulars.sandbox.faults import Faults
from regulars.sandbox.messages import Channel, Message, Stored, instant
from regulars.sandbox.segments import segments, smart_encoded
from regulars.sandbox.settings import SandboxSettings
from regulars.sandbox.twilio_rules import normal, send_at

OWN_ID = "m"
WINDOW = 24 * 3600 * 1000  # milliseconds after a recipient's last word in which WhatsApp takes any words
_WHATSAPP = "whatsapp:"
_OUTSIDE = "63016"
_API = "2010-04-01"
_KEYWORDS = {
    "STOP": frozenset({"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"}),
    "START": frozenset({"START", "YES", "UNSTOP"}),
    "HELP": frozenset({"HELP", "INFO"}),
}


def own_id(form: Mapping[str, Any]) -> str | None:
    """The product's message id: query parameter `m` of the StatusCallback."""
    try:
        named = parse_qs(urlsplit(form.get("StatusCallback", "")).query).get(OWN_ID)
    except ValueError:
        return None
    return named[0] if named else None


def message(form: Mapping[str, Any], settings: SandboxSettings, faults: Faults, now: int) -> Message:
    """The message of an accepted form. `now` in milliseconds."""
    to, service = normal(form["To"]), form.get("MessagingServiceSid")
    sender = normal(form.get("From", ""))
    sid = ("MM" if form.get("MediaUrl") else "SM") + secrets.token_hex(16)
    scheduled = "ScheduleType" in form
    leaves_at = send_at(form) * 1000 if scheduled else now
    content = content_of(form)
    body = _said(content) if content else form.get("Body", "")
    detail = {
        "from": sender or None,
        "service": service,
        "content": content,
        "body": smart_encoded(body) if form.get("SmartEncoded") == "true" else body,
        "media": form.get("MediaUrl", []),
        "callback": form.get("StatusCallback") or None,
        "first": "scheduled" if scheduled else "accepted" if service else "queued",
    }
    message_id = own_id(form)
    planned = _usual(sid, to, detail, settings, leaves_at)
    told = faults.for_callbacks(channel_of(to), to, message_id)
    return Message(
        channel=channel_of(to), vendor_id=sid, message_id=message_id, recipient=to, sender=sender or service or "",
        title=body, detail=detail, events=events.misbehaving(planned, told), if_suppressed=None,
    )  # fmt: skip


def channel_of(address: str) -> Channel:
    """Which channel an address of Twilio's is of."""
    return "whatsapp" if address.startswith(_WHATSAPP) else "sms"


def content_of(form: Mapping[str, Any]) -> dict[str, Any] | None:
    """The approved content that goes in place of a body, with the values of its variables."""
    if "ContentSid" not in form:
        return None
    return {"sid": form["ContentSid"], "variables": json.loads(form.get("ContentVariables") or "{}")}


def _said(content: Mapping[str, Any]) -> str:
    """What is known here of a content's words, which are with the vendor: the values that fill it."""
    values = (f"{name}: {value}" for name, value in content["variables"].items())
    return "\n".join(("[approved content]", *values))


def may_go(connection: Connection, made: Message, now: int) -> bool:
    """Would WhatsApp take it? A content always, any words while the recipient's last are fresh."""
    free = made.channel != "whatsapp" or made.detail["content"] is not None
    return free or messages.heard_from(connection, made.recipient, made.sender, now - WINDOW)


def outside(made: Message, settings: SandboxSettings, now: int) -> Message:
    """The same, as it fares outside of the window: taken, and then not delivered."""
    told = status(made.vendor_id, made.recipient, made.detail, settings, "failed", now, ErrorCode=_OUTSIDE)
    return replace(made, events=(told,))


def read(stored: Stored, settings: SandboxSettings, at: int) -> Event:
    """The recipient opens a WhatsApp message and lets its sender know."""
    return status(stored.vendor_id, stored.recipient, stored.detail, settings, "read", at)


def _usual(sid: str, to: str, detail: dict[str, Any], settings: SandboxSettings, leaves_at: int) -> list[Event]:
    span = int(settings.delivery_seconds * 1000)
    delivered_at = leaves_at + span
    happen = [
        status(sid, to, detail, settings, "queued", leaves_at),
        status(sid, to, detail, settings, "sent", leaves_at + span // 2),
        status(sid, to, detail, settings, "delivered", delivered_at),
    ]
    reaction = reactions.draw(settings, to, links.without_links(detail["body"]), delivered_at)
    if channel_of(to) == "whatsapp" and reaction.opens_at is not None:
        happen.append(status(sid, to, detail, settings, "read", reaction.opens_at))
    if reaction.clicks_at is not None:
        happen += visit(detail, reaction.clicks_at, reaction.which)
    return happen


def status(
    sid: str, to: str, detail: Mapping[str, Any], settings: SandboxSettings, name: str, at: int, **more: str
) -> Event:
    """A status callback's form, to the exact URL that the request gave."""
    form = {
        "SmsSid": sid,
        "SmsStatus": name,
        "MessageStatus": name,
        "To": to,
        "MessageSid": sid,
        "AccountSid": settings.twilio_account_sid,
        "ApiVersion": _API,
        **({"ChannelPrefix": "whatsapp"} if channel_of(to) == "whatsapp" else {}),
        **more,
    }
    if detail["from"]:
        form["From"] = detail["from"]
    if detail["service"]:
        form["MessagingServiceSid"] = detail["service"]
    if name == "delivered":
        form["RawDlrDoneDate"] = instant(at).strftime("%y%m%d%H%M")
    return Event("status", name, at, form, detail["callback"])


def visit(detail: Mapping[str, Any], at: int, which: float) -> list[Event]:
    """A person who follows a link in the text: a GET of it."""
    found = links.in_text(detail["body"])
    return [Event("visit", "click", at, {}, found[int(which * len(found))])] if found else []


def keyword(body: str) -> str | None:
    """STOP, START or HELP where the whole body is such a word, in any case."""
    word = body.strip().upper()
    return next((kind for kind, words in _KEYWORDS.items() if word in words), None)


def reply(stored: Stored, body: str, settings: SandboxSettings, at: int) -> Event:
    """What the recipient writes back, as the inbound webhook is told of it."""
    sid = "SM" + secrets.token_hex(16)
    form = {
        "ToCountry": "US",
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "SmsSid": sid,
        "SmsStatus": "received",
        "Body": body,
        "FromCountry": "US",
        "To": stored.detail["from"] or stored.sender,
        "NumSegments": str(len(segments(body).parts)),
        "MessageSid": sid,
        "AccountSid": settings.twilio_account_sid,
        "From": stored.recipient,
        "ApiVersion": _API,
    }
    word = keyword(body)
    if stored.detail["service"]:
        form["MessagingServiceSid"] = stored.detail["service"]
        # Advanced Opt-Out belongs to messaging services; a bare number's webhook has to read the body.
        if word:
            form["OptOutType"] = word
    return Event("inbound", "reply", at, form, settings.inbound_webhook_url)


def current_status(stored: Stored, now: int) -> tuple[str, int | None]:
    """The state, and the code of what went wrong."""
    happened = [event for event in stored.happened(now) if event.kind == "status"]
    if not happened or (len(happened) == 1 and stored.detail["first"] == "accepted"):
        return stored.detail["first"], None
    code = happened[-1].payload.get("ErrorCode")
    return happened[-1].name, None if code is None else int(code)


def resource(stored: Stored, settings: SandboxSettings, now: int, fresh: bool = False) -> dict[str, Any]:
    """The Message resource as the API shows it; `fresh` is the answer to its creation."""
    uri = f"/{_API}/Accounts/{settings.twilio_account_sid}/Messages/{stored.vendor_id}"
    state, code = (stored.detail["first"], None) if fresh else current_status(stored, now)
    pending = state == "scheduled" or (fresh and stored.detail["service"] is not None)
    created = format_datetime(instant(stored.accepted_at))
    return {
        "account_sid": settings.twilio_account_sid,
        "api_version": _API,
        "body": stored.detail["body"],
        "date_created": created,
        "date_sent": None if state == "scheduled" else created,
        "date_updated": created,
        "direction": "outbound-api",
        "error_code": code,
        "error_message": None,
        "from": stored.detail["from"],
        "messaging_service_sid": stored.detail["service"],
        "num_media": str(len(stored.detail["media"])),
        "num_segments": "0" if pending else str(len(segments(stored.detail["body"]).parts)),
        "price": None,
        "price_unit": None,
        "sid": stored.vendor_id,
        "status": state,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": stored.recipient,
        "uri": f"{uri}.json",
    }
