"""Would SendGrid take this mail? Its own messages for what it would not (docs: mail-send/errors)."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema.exceptions import ValidationError

from regulars.sandbox import schema

_SCHEMA = schema.compiled("mail_send")
_HELP = "http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html#message."
_RECIPIENTS = 1000
_CUSTOM_ARGS_BYTES = 10_000
_HORIZON_SECONDS = 72 * 3600
_RESERVED_HEADERS = frozenset({
    "x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding", "to", "from",
    "subject", "reply-to", "cc", "bcc",
})  # fmt: skip
_LABEL = r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?)"
_ADDRESS = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@(?:{_LABEL}\.)+{_LABEL}")

_OBJECT = 'e.g. {"email": "example@example.com"} or {"email": "example@example.com", "name": "Example Recipient"}.'
# By the place without its numbers, and the keyword of the schema that failed there.
_MESSAGES = {
    ("personalizations", "minItems"): "You must have at least one personalization.",
    ("personalizations", "maxItems"): (
        "The personalization block is limited to 1000 personalizations per API request. You have provided {size}"
        " personalizations. Please consider splitting this into multiple requests and resending your request."
    ),
    ("personalizations", "required"): "The to parameter is required for all personalization objects.",
    ("personalizations.to", "minItems"): (
        "The to array must at least have an email parameter with a valid email address and it may also contain a"
        f" name parameter. {_OBJECT}"
    ),
    ("personalizations.to.email", "format"): "Does not contain a valid address.",
    ("personalizations.cc.email", "format"): "Does not contain a valid address.",
    ("personalizations.bcc.email", "format"): "Does not contain a valid address.",
    ("personalizations.from.email", "format"): "The from email does not contain a valid address.",
    ("personalizations.subject", "minLength"): (
        "The subject of your email must be a string at least one character in length."
    ),
    ("from.email", "format"): "The from email does not contain a valid address.",
    ("from", "required"): (
        "The from object must at least have an email parameter with a valid email address and may also contain a name"
        f" parameter. {_OBJECT}"
    ),
    ("reply_to.email", "format"): "The reply_to email does not contain a valid address.",
    ("reply_to_list.email", "format"): "The reply_to_list email does not contain a valid address.",
    ("subject", "minLength"): "The subject of your email must be a string at least one character in length.",
    ("content.type", "minLength"): "Your content type must be a string with length of at least one character.",
    ("content.value", "minLength"): "The content value must be a string at least one character in length.",
    ("attachments.content", "minLength"): "The attachment content must be a string at least one character in length.",
    ("attachments.disposition", "enum"): (
        'The disposition of your attachment can be either "inline" or "attachment". You provided {value}.'
    ),
    ("categories", "maxItems"): (
        "There is a limit of 10 categories for each email that is sent. You provided {size} categories."
    ),
    ("categories", "maxLength"): "Each category must not be longer than 255 characters. {value} exceeds this limit.",
    ("categories", "uniqueItems"): "The categories must be a unique list.",
    ("asm.groups_to_display", "maxItems"): (
        "There is a limit of 25 unsubscribe groups that can be displayed to a user at a time."
    ),
}
_MISSING = {
    "personalizations": "The personalizations field is required and must have at least one personalization.",
    "from": (
        "The from object must be provided for every email send. It is an object that requires the email parameter,"
        f" but may also contain a name parameter. {_OBJECT}"
    ),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One of the answer's errors; `field` is dotted, with the places in lists, None where no field is to blame."""

    message: str
    field: str | None

    def answer(self) -> dict[str, Any]:
        help_at = None if self.field is None else _HELP + re.sub(r"\.\d+", "", self.field)
        return {"message": self.message, "field": self.field, "help": help_at}


# What the vendor says where a value is of another type than it can read.
BAD_REQUEST = Fault("Bad Request", None)


def faults(mail: object, now: int) -> list[Fault]:
    """Everything wrong with a request's decoded body; none if it would be accepted. `now` in seconds since 1970."""
    by_schema = schema_faults(mail)
    if by_schema or not isinstance(mail, dict):
        return by_schema
    return [
        *_recipients(mail), *_addresses(mail), *_texts(mail), *_headers(mail), *_custom_args(mail),
        *_schedules(mail, now), *_attachments(mail), *_categories(mail),
    ]  # fmt: skip


def schema_faults(mail: object) -> list[Fault]:
    """What the schema alone objects to."""
    found = (_worded(error) for error in schema.faults(_SCHEMA, mail))
    return list(dict.fromkeys(found))


def _worded(error: ValidationError) -> Fault:
    place = [str(step) for step in error.absolute_path]
    plain = ".".join(step for step in place if not step.isdigit())
    if not place and error.validator == "required":
        missing = next((name for name in _MISSING if f"'{name}'" in error.message), "from")
        return Fault(_MISSING[missing], missing)
    wording = _MESSAGES.get((plain, str(error.validator)))
    if wording is None:
        return BAD_REQUEST
    size = len(error.instance) if isinstance(error.instance, list) else 0
    return Fault(wording.replace("{size}", str(size)).replace("{value}", str(error.instance)[:300]), ".".join(place))


def _to_cc_bcc(personalization: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Where each recipient stands within the personalization, and the address."""
    for kind in ("to", "cc", "bcc"):
        for place, recipient in enumerate(personalization.get(kind, ())):
            yield f"{kind}.{place}", recipient["email"]


def _recipients(mail: Mapping[str, Any]) -> Iterator[Fault]:
    total = 0
    for number, personalization in enumerate(mail["personalizations"]):
        seen: set[str] = set()
        for place, address in _to_cc_bcc(personalization):
            total += 1
            if address.lower() in seen:
                kind = place.split(".")[0]
                yield Fault(
                    "Each email address in the personalization block should be unique between to, cc, and bcc. We found"
                    f" the first duplicate instance of [{address}] in the personalizations.{number}.{kind} field.",
                    f"personalizations.{number}",
                )
                break
            seen.add(address.lower())
    if total > _RECIPIENTS:
        yield Fault("There is a limit of 1000 total recipients (to + cc + bcc) per request.", "personalizations")


def _addresses(mail: Mapping[str, Any]) -> Iterator[Fault]:
    for number, personalization in enumerate(mail["personalizations"]):
        for place, address in _to_cc_bcc(personalization):
            if not is_address(address):
                yield Fault("Does not contain a valid address.", f"personalizations.{number}.{place}.email")
        if "from" in personalization and not is_address(personalization["from"]["email"]):
            field = f"personalizations.{number}.from.email"
            yield Fault("The from email does not contain a valid address.", field)
    for name in ("from", "reply_to"):
        if name in mail and not is_address(mail[name]["email"]):
            yield Fault(f"The {name} email does not contain a valid address.", f"{name}.email")
    for number, address in enumerate(mail.get("reply_to_list", ())):
        if not is_address(address["email"]):
            yield Fault("The reply_to_list email does not contain a valid address.", f"reply_to_list.{number}.email")
    if "reply_to" in mail and "reply_to_list" in mail:
        yield Fault("You can either choose to use reply_to field or reply_to_list but not both.", "reply_to")


def is_address(value: str) -> bool:
    """Whether mail can be addressed so: ASCII before the @ and a domain of two labels or more after it."""
    return len(value) <= 254 and _ADDRESS.fullmatch(value) is not None and ".." not in value


def _texts(mail: Mapping[str, Any]) -> Iterator[Fault]:
    templated = bool(mail.get("template_id"))
    if not templated and "subject" not in mail and not all("subject" in one for one in mail["personalizations"]):
        yield Fault(
            "The subject is required. You can get around this requirement if you use a template with a subject defined"
            " or if every personalization has a subject defined.",
            "subject",
        )
    content = mail.get("content", [])
    if not templated and not content:
        yield Fault(
            "Unless a valid template_id is provided, the content parameter is required. There must be at least one"
            " defined content block. We typically suggest both text/plain and text/html blocks are included, but only"
            " one block is required.",
            "content",
        )
    ranks = [{"text/plain": 0, "text/html": 1}.get(part["type"].lower(), 2) for part in content]
    if ranks != sorted(ranks):
        yield Fault(
            "Following RFC 1341, section 7.2, if either text/html or text/plain are to be sent in your email:"
            " text/plain needs to be first, followed by text/html, followed by any other content.",
            "content",
        )
    for number, part in enumerate(content):
        if re.search(r"[;\r\n]", part["type"]):
            yield Fault("The content type cannot contain ';', or CRLF characters.", f"content.{number}.type")


def _headers(mail: Mapping[str, Any]) -> Iterator[Fault]:
    for holder, field in _everywhere(mail, "headers"):
        names = [name.lower() for name in holder]
        for name in names:
            if name in _RESERVED_HEADERS:
                yield Fault("Header can not be one of the reserved keys.", field)
            if not re.fullmatch(r"[\x21-\x39\x3b-\x7e]+", name):
                yield Fault("Header keys cannot contain non-ASCII characters and empty spaces.", field)
        if len(set(names)) < len(names):
            yield Fault("The headers cannot contain duplicate keys.", field)
        if any(re.search(r"[\r\n\0]", value) for value in holder.values()):
            yield BAD_REQUEST


def _custom_args(mail: Mapping[str, Any]) -> Iterator[Fault]:
    for number, personalization in enumerate(mail["personalizations"]):
        merged = custom_args(mail, personalization)
        if len(json.dumps(merged, ensure_ascii=False, separators=(",", ":")).encode()) > _CUSTOM_ARGS_BYTES:
            yield Fault(
                "The combined size of both global and personalization custom arguments may not exceed 10,000 bytes per"
                " personalization.",
                f"personalizations.{number}.custom_args",
            )
        sizes = (len(str(value).encode()) for value in personalization.get("substitutions", {}).values())
        if any(size > _CUSTOM_ARGS_BYTES for size in sizes):
            yield Fault("You are limited to 10,000 bytes of substitutions.", f"personalizations.{number}.substitutions")


def custom_args(mail: Mapping[str, Any], personalization: Mapping[str, Any]) -> dict[str, str]:
    """What is echoed for one personalization: its own arguments over the mail's."""
    return {**mail.get("custom_args", {}), **personalization.get("custom_args", {})}


def _schedules(mail: Mapping[str, Any], now: int) -> Iterator[Fault]:
    for holder, field in _everywhere(mail, "send_at"):
        if holder > now + _HORIZON_SECONDS:
            yield Fault("Scheduling more than 72 hours in advance is forbidden.", field)


def _attachments(mail: Mapping[str, Any]) -> Iterator[Fault]:
    for number, attachment in enumerate(mail.get("attachments", ())):
        try:
            base64.b64decode(attachment["content"].encode("ascii"), validate=True)
        except (binascii.Error, UnicodeEncodeError):
            yield Fault("The attachment content must be base64 encoded.", f"attachments.{number}.content")
        if re.search(r"[\r\n]", attachment["filename"]):
            field = f"attachments.{number}.filename"
            yield Fault("The filename of your attachment cannot contain CRLF characters.", field)
        if re.search(r"[;\r\n]", attachment.get("type", "")):
            yield Fault("The type cannot contain ';', or CRLF characters.", f"attachments.{number}.type")


def _categories(mail: Mapping[str, Any]) -> Iterator[Fault]:
    if any(not category.isascii() for category in mail.get("categories", ())):
        yield Fault("Categories can not contain non-ASCII characters.", "categories")


def _everywhere(mail: Mapping[str, Any], name: str) -> Iterator[tuple[Any, str]]:
    """A field that the mail and each personalization may have, with its place."""
    if name in mail:
        yield mail[name], name
    for number, personalization in enumerate(mail["personalizations"]):
        if name in personalization:
            yield personalization[name], f"personalizations.{number}.{name}"
