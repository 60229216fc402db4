"""What becomes of a mail that SendGrid has taken? One message per recipient, and the events that will happen to it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from regulars.sandbox import events, links, reactions
from regulars.sandbox.events import Event
from regulars.sandbox.faults import Faults
from regulars.sandbox.messages import Message
from regulars.sandbox.sendgrid_rules import custom_args
from regulars.sandbox.settings import SandboxSettings

OWN_ID = "regulars_message_id"
PERSON = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
_MACHINE = "Mozilla/5.0"
SENDING_IP, READING_IP = "192.0.2.25", "198.51.100.7"  # documentation's addresses (RFC 5737)


def addressed(mail: object) -> tuple[set[str], set[str]]:
    """The recipients and our message ids that a body seems to name, however broken it is."""
    recipients: set[str] = set()
    ids: set[str] = set()
    for one in _dicts(mail, "personalizations"):
        for kind in ("to", "cc", "bcc"):
            recipients |= {to["email"] for to in _dicts(one, kind) if isinstance(to.get("email"), str)}
        for holder in (mail, one):
            named = holder.get("custom_args") if isinstance(holder, dict) else None
            if isinstance(named, dict) and isinstance(named.get(OWN_ID), str):
                ids.add(named[OWN_ID])
    return recipients, ids


def _dicts(holder: object, name: str) -> list[dict[str, Any]]:
    found = holder.get(name) if isinstance(holder, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def part(mail: Mapping[str, Any], kind: str) -> str:
    """The mail's text/plain or text/html, empty where it has none."""
    return next((str(each["value"]) for each in mail.get("content", ()) if each["type"].lower() == kind), "")


def all_headers(mail: Mapping[str, Any], personalization: Mapping[str, Any]) -> dict[str, str]:
    return {**mail.get("headers", {}), **personalization.get("headers", {})}


def messages(
    mail: Mapping[str, Any], request_id: str, settings: SandboxSettings, faults: Faults, now: int
) -> list[Message]:
    """The messages of an accepted body. `request_id`: the X-Message-Id; `now` in milliseconds."""
    made: list[Message] = []
    for number, personalization in enumerate(mail["personalizations"]):
        for kind in ("to", "cc", "bcc"):
            for recipient in personalization.get(kind, ()):
                vendor_id = f"{request_id}.recvd-sandbox-{number}-{secrets.token_hex(4).upper()}.{len(made)}"
                detail = _detail(mail, personalization, number, kind, request_id)
                made.append(_message(mail, recipient["email"], vendor_id, detail, settings, faults, now))
    return made


def _detail(
    mail: Mapping[str, Any], personalization: Mapping[str, Any], number: int, kind: str, request_id: str
) -> dict[str, Any]:
    tracking = mail.get("tracking_settings", {})
    send_at = personalization.get("send_at", mail.get("send_at"))
    return {
        "personalization": number,
        "kind": kind,
        "custom_args": custom_args(mail, personalization),
        "categories": mail.get("categories", []),
        "smtp_id": f"<{request_id}@geopod-ismtpd-sandbox>",
        "subject": personalization.get("subject", mail.get("subject", "")),
        "from": personalization.get("from", mail["from"]),
        "asm_group_id": mail.get("asm", {}).get("group_id"),
        "template_id": mail.get("template_id"),
        "send_at": None if send_at is None else int(send_at),
        "opens": tracking.get("open_tracking", {}).get("enable", True),
        "clicks": tracking.get("click_tracking", {}).get("enable", True),
        "list_unsubscribe": _header(all_headers(mail, personalization), "list-unsubscribe"),
    }


def _header(headers: Mapping[str, str], name: str) -> str | None:
    return next((value for each, value in headers.items() if each.lower() == name), None)


def _message(
    mail: Mapping[str, Any], recipient: str, vendor_id: str, detail: dict[str, Any],
    settings: SandboxSettings, faults: Faults, now: int,
) -> Message:  # fmt: skip
    own_id = detail["custom_args"].get(OWN_ID)
    told = faults.for_callbacks("email", recipient, own_id)
    fate = _Fate(vendor_id, recipient, detail, settings.event_webhook_url)
    leaves_at = max(now, (detail["send_at"] or 0) * 1000)
    delivered_at = leaves_at + int(settings.delivery_seconds * 1000)
    html = part(mail, "text/html")
    reaction = reactions.draw(settings, recipient, detail["subject"], delivered_at)
    return Message(
        channel="email", vendor_id=vendor_id, message_id=own_id, recipient=recipient, sender=detail["from"]["email"],
        title=detail["subject"], detail=detail,
        events=events.misbehaving(fate.usual(leaves_at, delivered_at, reaction, html), told),
        if_suppressed=lambda reason: events.misbehaving(
            [fate.event("dropped", delivered_at, reason=reason, status="5.0.0")], told
        ),
    )  # fmt: skip


class _Fate:
    """Makes the events of one message."""

    def __init__(self, vendor_id: str, recipient: str, detail: Mapping[str, Any], url: str | None) -> None:
        self._vendor_id = vendor_id
        self._recipient = recipient
        self._detail = detail
        self._url = url

    def usual(self, leaves_at: int, delivered_at: int, reaction: reactions.Reaction, html: str) -> list[Event]:
        happen = [self.event("processed", leaves_at), self.delivered(delivered_at)]
        if self._detail["opens"] and html:
            if reaction.machine_opens_at is not None:
                happen.append(self.opened(reaction.machine_opens_at, machine=True))
            if reaction.opens_at is not None:
                happen.append(self.opened(reaction.opens_at))
        if self._detail["clicks"] and reaction.clicks_at is not None:
            happen += self.clicked(reaction.clicks_at, html, reaction.which)
        return sorted(happen, key=lambda event: event.happens_at)

    def delivered(self, at: int) -> Event:
        return self.event("delivered", at, response="250 2.0.0 OK sandbox", ip=SENDING_IP, tls=1)

    def opened(self, at: int, machine: bool = False) -> Event:
        if machine:
            return self.event(
                "open", at, useragent=_MACHINE, ip=READING_IP, sg_content_type="html", sg_machine_open=True
            )
        return self.event("open", at, useragent=PERSON, ip=READING_IP, sg_content_type="html")

    def clicked(self, at: int, html: str, which: float) -> list[Event]:
        found = links.in_html(html, self._detail["list_unsubscribe"])
        if not found:
            return []
        place = int(which * len(found))
        offset = {"index": place, "type": "html"}
        return [self.event("click", at, url=found[place], url_offset=offset, useragent=PERSON, ip=READING_IP)]

    def event(self, name: str, at: int, **more: object) -> Event:
        payload: dict[str, Any] = {
            "email": self._recipient,
            "timestamp": at // 1000,
            "event": name,
            "smtp-id": self._detail["smtp_id"],
            "sg_event_id": events.event_id(),
            "sg_message_id": self._vendor_id,
            "custom_args": self._detail["custom_args"],
            **more,
        }
        if self._detail["categories"]:
            payload["category"] = self._detail["categories"]
        if self._detail["asm_group_id"] is not None:
            payload["asm_group_id"] = self._detail["asm_group_id"]
        return Event("sendgrid", name, at, payload, self._url)


def fate(vendor_id: str, recipient: str, detail: Mapping[str, Any], settings: SandboxSettings) -> _Fate:
    """The maker of further events of a message that was accepted before."""
    return _Fate(vendor_id, recipient, detail, settings.event_webhook_url)


def flattened(payload: Mapping[str, Any]) -> dict[str, Any]:
    """An event as the webhook tells it: custom arguments at the top level, behind the vendor's own fields."""
    own = {name: value for name, value in payload.items() if name != "custom_args"}
    return {**payload["custom_args"], **own}
