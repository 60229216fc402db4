"""What can be done to a message by hand? What its recipient might do, and the vendor's callbacks that follow."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Literal, assert_never, get_args

from regulars.sandbox import events, messages, sendgrid_mail, twilio_text
from regulars.sandbox.connection import json_of
from regulars.sandbox.events import Event
from regulars.sandbox.faults import Faults
from regulars.sandbox.messages import Stored, now_ms
from regulars.sandbox.settings import SandboxSettings

Action = Literal["open", "click", "bounce", "spam", "reply"]
ACTIONS: tuple[Action, ...] = get_args(Action)

_NO_SUCH_ACCOUNT = "550 5.1.1 The email account that you tried to reach does not exist."
_UNKNOWN_HANDSET = "30005"


class ActionError(ValueError):
    """This cannot be done to this message."""


def perform(
    connection: sqlite3.Connection, stored: Stored, action: Action, said: str, settings: SandboxSettings, faults: Faults
) -> None:
    """Make it happen now. `said`: the words of a reply. Raises ActionError."""
    if stored.channel == "email":
        happen, then = _to_mail(connection, stored, action, settings)
    else:
        happen, then = _to_text(stored, action, said, settings)
    if not happen:
        raise ActionError("there is no link in this message to click")
    told = faults.for_callbacks(stored.channel, stored.recipient, stored.message_id)
    events.add(connection, stored.id, events.misbehaving(happen, told))
    then(connection)


_Then = Callable[[sqlite3.Connection], None]


def _nothing(_: sqlite3.Connection) -> None:
    """Most actions leave the address as it is."""


def _suppressed(stored: Stored, reason: str) -> _Then:
    sender = "" if stored.channel == "email" else stored.sender
    return lambda connection: messages.suppress(connection, stored.channel, stored.recipient, sender, reason)


def _to_mail(
    connection: sqlite3.Connection, stored: Stored, action: Action, settings: SandboxSettings
) -> tuple[list[Event], _Then]:
    now = now_ms()
    fate = sendgrid_mail.fate(stored.vendor_id, stored.recipient, stored.detail, settings)
    match action:
        case "open":
            return [fate.opened(now)], _nothing
        case "click":
            html = sendgrid_mail.part(json_of(messages.body_of(connection, stored)), "text/html")
            return fate.clicked(now, html, 0.0), _nothing
        case "bounce":
            bounced = fate.event(
                "bounce", now, type="bounce", reason=_NO_SUCH_ACCOUNT, status="5.1.1",
                bounce_classification="Invalid Address", ip=sendgrid_mail.SENDING_IP, tls=1,
            )  # fmt: skip
            return [bounced], _suppressed(stored, "Bounced Address")
        case "spam":
            return [fate.event("spamreport", now)], _suppressed(stored, "Spam Reporting Address")
        case "reply":
            raise ActionError("a reply to a mail goes to a mailbox, of which no vendor tells")
        case _:
            assert_never(action)


def _to_text(stored: Stored, action: Action, said: str, settings: SandboxSettings) -> tuple[list[Event], _Then]:
    now = now_ms()
    match action:
        case "click":
            return twilio_text.visit(stored.detail, now, 0.0), _nothing
        case "bounce":
            failed = twilio_text.status(
                stored.vendor_id, stored.recipient, stored.detail, settings, "undelivered", now,
                ErrorCode=_UNKNOWN_HANDSET,
            )  # fmt: skip
            return [failed], _nothing
        case "reply":
            return [twilio_text.reply(stored, said, settings, now)], _after_reply(stored, said)
        case "open" if stored.channel == "whatsapp":
            return [twilio_text.read(stored, settings, now)], _nothing
        case "open" | "spam":
            raise ActionError(f"no vendor tells of {action!r} for a text")
        case _:
            assert_never(action)


def _after_reply(stored: Stored, said: str) -> _Then:
    """STOP blocks the sender for this recipient, START lets it in again, as the vendor does by itself."""
    match twilio_text.keyword(said):
        case "STOP":
            return _suppressed(stored, "STOP")
        case "START":
            return lambda connection: messages.release(connection, stored.channel, stored.recipient, stored.sender)
        case _:
            return _nothing
