"""What did Twilio report? Its signed callbacks, of messages sent and messages received, put in our own words.

Source: https://www.twilio.com/docs/usage/webhooks/webhooks-security, .../messaging/guides/track-outbound-message-status
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from twilio.request_validator import RequestValidator

from regulars.delivery.opt_out import opt_out
from regulars.delivery.providers.answers import impersonal
from regulars.delivery.providers.twilio_codes import UNDELIVERED
from regulars.delivery.providers.twilio_whatsapp import PREFIX
from regulars.delivery.receipt import Receipt, ReceiptKind
from regulars.journeys.channels import Channel

_STATUSES: Mapping[str, ReceiptKind] = {
    "accepted": "accepted",
    "scheduled": "accepted",
    "queued": "accepted",
    "sending": "accepted",
    "sent": "accepted",
    "delivered": "delivered",
    "partially_delivered": "delivered",
    "read": "opened",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}
_LONGEST, _LONGEST_TEXT = 255, 10_000  # a text has at most 1,600 characters, a WhatsApp message 4,096
_IN_WORDS: Mapping[str, ReceiptKind] = {"stop": "stopped", "start": "restarted", "none": "replied"}
_BY_TYPE: Mapping[str, ReceiptKind] = {"STOP": "stopped", "START": "restarted", "HELP": "replied"}


class _Form(dict[str, list[str]]):
    """A form whose fields may repeat, as the validator reads one."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        super().__init__()
        for name, value in pairs:
            self.setdefault(name, []).append(value)

    def getlist(self, name: str) -> list[str]:
        return self[name]


def verify(auth_tokens: Sequence[str], url: str, form: Iterable[tuple[str, str]], signature: str | None) -> bool:
    """Whether one of `auth_tokens` signed this form for `url`.

    `url`: the public one, query included, exactly as Twilio was told it, not as a proxy passed it on. `form`: every
    field received, the unknown and the repeated too. Whatever is malformed is False.
    """
    if not signature:
        return False
    fields = _Form(form)
    try:
        return any(RequestValidator(token).validate(url, fields, signature) for token in auth_tokens if token)
    except (TypeError, ValueError):
        return False


def read_status(form: Mapping[str, str], message_id: str | None) -> Receipt | None:
    """What became of a text or a WhatsApp message. `message_id`: ours, from the callback's query. None where no message
    or status is named.

    `read` is told of WhatsApp and RCS alone, by the recipient's own program: a person saw it, never a machine.

    `real_at` is None: the only time in the form, RawDlrDoneDate, is in no zone.
    """
    sid, status = _text(form, "MessageSid") or _text(form, "SmsSid"), _text(form, "MessageStatus")
    if sid is None or status is None:
        return None
    kind = _STATUSES.get(status, "other")
    code = status if kind == "other" else _text(form, "ErrorCode")
    if kind == "failed" and code is not None and re.fullmatch(r"[0-9]{1,9}", code):
        kind = UNDELIVERED.get(int(code), kind)
    reason = _text(form, "ErrorMessage")
    channel, to = _end(_text(form, "To"))
    return Receipt(
        source="twilio",
        key=f"{sid}:{status}",
        kind=kind,
        channel=channel,
        real_at=None,
        message_id=_storable(message_id or "")[:_LONGEST] or None,
        vendor_id=sid,
        address=to,
        code=code,
        reason=impersonal(reason) if reason else None,
    )


def read_inbound(form: Mapping[str, str]) -> Receipt:
    """A text or a WhatsApp message from a customer. What Twilio calls an opt-out is one (OptOutType, by Advanced
    Opt-Out); else the words are read. Raises ValueError where the form lacks MessageSid or From."""
    sid, sender = _text(form, "MessageSid") or _text(form, "SmsSid"), _text(form, "From")
    if sid is None or sender is None:
        raise ValueError(f"Twilio's inbound text: expected the field {'From' if sid else 'MessageSid'}")
    body = _text(form, "Body", _LONGEST_TEXT) or ""
    kind = _BY_TYPE.get((_text(form, "OptOutType") or "").upper()) or _IN_WORDS[opt_out(body)]
    channel, address = _end(sender)
    return Receipt(
        source="twilio",
        key=sid,
        kind=kind,
        channel=channel,
        real_at=None,
        vendor_id=sid,
        address=address,
        text=body,
    )


def _end(address: str | None) -> tuple[Channel, str | None]:
    """Which channel an address of Twilio's is of, and the number."""
    if address is not None and address.startswith(PREFIX):
        return "whatsapp", address.removeprefix(PREFIX) or None
    return "sms", address


def _text(form: Mapping[str, str], field: str, longest: int = _LONGEST) -> str | None:
    """A field's text as any database stores and indexes it; None where it is missing or empty."""
    return _storable(form.get(field, ""))[:longest] or None


def _storable(text: str) -> str:
    """No NUL, no lone surrogate."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
