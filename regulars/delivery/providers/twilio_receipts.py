"""What did Twilio report? Its signed callbacks, of texts sent and texts received, put in our own words.

Source: https://www.twilio.com/docs/usage/webhooks/webhooks-security, .../messaging/guides/track-outbound-message-status
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from twilio.request_validator import RequestValidator

from regulars.delivery.opt_out import opt_out
from regulars.delivery.providers.answers import impersonal
from regulars.delivery.providers.twilio_codes import UNDELIVERED
from regulars.delivery.receipt import Receipt, ReceiptKind

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
    """What became of a text. `message_id`: ours, from the callback's query; None for a status that means nothing to us.

    `real_at` is None: the only time in the form, RawDlrDoneDate, is in no zone.
    """
    sid, status = _text(form, "MessageSid") or _text(form, "SmsSid"), _text(form, "MessageStatus")
    kind = _STATUSES.get(status or "")
    if sid is None or kind is None:
        return None
    code = _text(form, "ErrorCode")
    if kind == "failed" and code is not None and re.fullmatch(r"[0-9]{1,9}", code):
        kind = UNDELIVERED.get(int(code), kind)
    reason = _text(form, "ErrorMessage")
    return Receipt(
        source="twilio",
        key=f"{sid}:{status}",
        kind=kind,
        channel="sms",
        real_at=None,
        message_id=message_id,
        vendor_id=sid,
        address=_text(form, "To"),
        code=code,
        reason=impersonal(reason) if reason else None,
    )


def read_inbound(form: Mapping[str, str]) -> Receipt:
    """A text from a customer. What Twilio calls an opt-out is one (OptOutType, by Advanced Opt-Out); else the words
    are read. Raises ValueError where the form lacks MessageSid or From."""
    sid, sender = _text(form, "MessageSid") or _text(form, "SmsSid"), _text(form, "From")
    if sid is None or sender is None:
        raise ValueError(f"Twilio's inbound text: expected the field {'From' if sid else 'MessageSid'}")
    body = _text(form, "Body") or ""
    kind = _BY_TYPE.get((_text(form, "OptOutType") or "").upper()) or _IN_WORDS[opt_out(body)]
    return Receipt(
        source="twilio",
        key=sid,
        kind=kind,
        channel="sms",
        real_at=None,
        vendor_id=sid,
        address=sender,
        text=body,
    )


def _text(form: Mapping[str, str], field: str) -> str | None:
    """A field's text as any database stores it: no NUL, no lone surrogate; None where it is missing or empty."""
    return form.get(field, "").replace("\0", "").encode("utf-8", "replace").decode() or None
