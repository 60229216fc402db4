"""Would Twilio take this text? Its own codes and messages for what it would not (docs: api/errors)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from regulars.sandbox import schema
from regulars.sandbox.settings import SandboxSettings, is_http_url

_SCHEMA = schema.compiled("messages_create")
_REPEATED = frozenset({"MediaUrl", "PersistentAction"})
_MOST_FIELDS = 500
_LONGEST_BODY = 1600
_MOST_MEDIA = 10
_SOONEST, _LATEST = 300, 35 * 86400
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_CHANNEL_ADDRESS = re.compile(r"[a-z]+:\S{1,100}")
_SENDER_ID = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 +_&-]{1,11}|\d{3,8}")

_MORE = "https://www.twilio.com/docs/errors/"


@dataclass(frozen=True, slots=True)
class Fault:
    """One error answer. `status`: the HTTP status that goes with it."""

    code: int
    message: str
    status: int = 400

    def answer(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message, "more_info": f"{_MORE}{self.code}", "status": self.status}


UNSUBSCRIBED = Fault(21610, "Attempt to send to unsubscribed recipient")

# The magic numbers of the test credentials (docs: iam/test-credentials); they mean the same here.
_MAGIC_FROM = {
    "+15005550001": Fault(
        21212, "The 'From' number +15005550001 is not a valid phone number, shortcode, or alphanumeric sender ID."
    ),
    "+15005550007": Fault(
        21606,
        "The 'From' phone number provided (+15005550007) is not a valid message-capable Twilio phone number for this"
        " destination.",
    ),
    "+15005550008": Fault(21611, "This 'From' number has exceeded the maximum number of queued messages"),
}
_MAGIC_TO = {
    "+15005550001": Fault(21211, "The 'To' number +15005550001 is not a valid phone number."),
    "+15005550002": Fault(21612, "The 'To' phone number: +15005550002, is not currently reachable via SMS."),
    "+15005550003": Fault(
        21408,
        "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: +15005550003.",
    ),
    "+15005550004": UNSUBSCRIBED,
    "+15005550009": Fault(21614, "'To' number: +15005550009, is not a valid mobile number"),
}
_OWNED_MAGIC = "+15005550006"
_BY_FIELD = {
    "To": Fault(21604, "The destination 'To' phone number is required to send an SMS"),
    "ApplicationSid": Fault(21218, "Invalid ApplicationSid"),
    "MessagingServiceSid": Fault(21705, "The Messaging Service is invalid."),
    "ContentSid": Fault(21655, "The ContentSid is Invalid"),
    "ValidityPeriod": Fault(21624, "The Validity Period value is invalid"),
    "MaxPrice": Fault(21627, "Max Price must be a valid float"),
    "ScheduleType": Fault(35126, "The ScheduleType value provided is not supported for this channel"),
    "SendAt": Fault(
        35114, "SendAt time must be between 300 seconds and 35 days (3024000 seconds) in the future, inclusive."
    ),
}


def form_of(body: bytes) -> dict[str, Any]:
    """The fields of a urlencoded body: those that may repeat as lists, of others the last.

    Raises ValueError if there are absurdly many.
    """
    fields: dict[str, Any] = {}
    pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    for name, value in pairs:
        if name in _REPEATED:
            fields.setdefault(name, []).append(value)
        else:
            fields[name] = value
    return fields


def normal(number: str) -> str:
    """A phone number without the spaces and punctuation that people write in it."""
    bare = re.sub(r"[\s().-]", "", number)
    return bare if _NUMBER.fullmatch(bare) else number.strip()


def fault(form: Mapping[str, Any], settings: SandboxSettings, now: int) -> Fault | None:
    """The one thing that the vendor would name, None if it would take the text. `now` in seconds since 1970."""
    return schema_fault(form) or _missing(form) or _people(form, settings) or _content(form) or _options(form, now)


def schema_fault(form: Mapping[str, Any]) -> Fault | None:
    """What the schema alone objects to."""
    found = schema.faults(_SCHEMA, form)
    if not found:
        return None
    name = str(found[0].absolute_path[0]) if found[0].absolute_path else "To"
    return _BY_FIELD.get(name, Fault(20422, f"Invalid Parameter: {name}"))


def _missing(form: Mapping[str, Any]) -> Fault | None:
    if not form["To"].strip():
        return _BY_FIELD["To"]
    if not form.get("From", "").strip() and "MessagingServiceSid" not in form:
        return Fault(21603, "A 'From' or 'MessagingServiceSid' parameter is required to send a message")
    if not form.get("Body") and not form.get("MediaUrl") and "ContentSid" not in form:
        return Fault(21602, "Message body is required.")
    return None


def _people(form: Mapping[str, Any], settings: SandboxSettings) -> Fault | None:
    to, sender = normal(form["To"]), normal(form.get("From", ""))
    if to in _MAGIC_TO:
        return _MAGIC_TO[to]
    if not _NUMBER.fullmatch(to) and not _CHANNEL_ADDRESS.fullmatch(to):
        return Fault(21211, f"The 'To' number {to[:100]} is not a valid phone number.")
    if sender and _is_whatsapp(to) != _is_whatsapp(sender):
        return Fault(21910, "Invalid From and To pair. From and To should be of the same channel")
    if sender in _MAGIC_FROM:
        return _MAGIC_FROM[sender]
    if not sender:
        return None
    if not any(kind.fullmatch(sender) for kind in (_NUMBER, _CHANNEL_ADDRESS, _SENDER_ID)):
        return Fault(
            21212,
            f"The 'From' number {sender[:100]} is not a valid phone number, shortcode, or alphanumeric sender ID.",
        )
    if settings.twilio_senders and sender not in (*settings.twilio_senders, _OWNED_MAGIC):
        return Fault(
            21606,
            f"The 'From' phone number provided ({sender}) is not a valid message-capable Twilio phone number for this"
            " destination.",
        )
    return Fault(21266, "'To' and 'From' number cannot be the same") if sender == to else None


def _is_whatsapp(address: str) -> bool:
    return address.startswith("whatsapp:")


def _content(form: Mapping[str, Any]) -> Fault | None:
    variables = form.get("ContentVariables")
    if variables and "ContentSid" not in form:
        return Fault(21654, "ContentSid Required")
    if variables and not _is_variables(variables):
        return Fault(21656, "The ContentVariables Parameter is invalid")
    if len(form.get("Body", "")) > _LONGEST_BODY:
        return Fault(21617, "The concatenated message body exceeds the 1600 character limit")
    media = form.get("MediaUrl", [])
    if len(media) > _MOST_MEDIA:
        return Fault(21623, "Number of media files exceeds allowed limit")
    if not all(is_http_url(url) for url in media):
        return Fault(21620, "Invalid media URL(s)")
    return None


def _is_variables(text: str) -> bool:
    """A JSON object of names and their values, none of them empty."""
    try:
        found = json.loads(text)
    except ValueError:
        return False
    return isinstance(found, dict) and all(isinstance(value, str) and value.strip() for value in found.values())


def _options(form: Mapping[str, Any], now: int) -> Fault | None:
    callback = form.get("StatusCallback")
    if callback and not _is_callback(callback):
        return Fault(21609, f"The 'StatusCallback' URL {callback[:200]} is not a valid URL.")
    if "ValidityPeriod" in form and not 1 <= int(form["ValidityPeriod"][:10]) <= 36000:
        return _BY_FIELD["ValidityPeriod"]
    if "ScheduleType" not in form:
        return None
    if "MessagingServiceSid" not in form:
        return Fault(35118, "MessagingServiceSid is required to schedule a message")
    if "SendAt" not in form:
        return Fault(35111, "SendAt timestamp is missing")
    return None if _SOONEST <= send_at(form) - now <= _LATEST else _BY_FIELD["SendAt"]


def _is_callback(url: str) -> bool:
    return (
        is_http_url(url) and "_" not in (urlsplit(url).hostname or "_") and url.isascii() and not re.search(r"\s", url)
    )


def send_at(form: Mapping[str, Any]) -> int:
    """When a scheduled text is to go, seconds since 1970."""
    return int(datetime.fromisoformat(form["SendAt"].upper()).timestamp())
