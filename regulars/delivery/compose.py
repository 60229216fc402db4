"""What exactly goes out? A claim, rendered in the customer's language, with its links, headers and addresses."""

from __future__ import annotations

from dataclasses import dataclass

from regulars.delivery import signed
from regulars.delivery.providers.base import Outgoing
from regulars.delivery.templates import Templates
from regulars.delivery.want import Claim, Composed


@dataclass(frozen=True, slots=True)
class Composer:
    """Renders claims. `public_url` is where customers and vendors reach us; `secret` signs the links."""

    templates: Templates
    public_url: str
    secret: str

    def compose(self, claim: Claim) -> Composed:
        """Raises regulars.delivery.templates.RenderError when this customer's data cannot be rendered."""
        return self._email(claim) if claim.channel == "email" else self._sms(claim)

    def _email(self, claim: Claim) -> Composed:
        unsubscribe = f"{self.public_url}/u/{signed.sign(self.secret, 'unsubscribe', claim.message_id)}"
        names = {**claim.names, "unsubscribe_url": unsubscribe, "message": {"id": claim.message_id}}
        rendered = self.templates.email(claim.send.template, claim.place.locale, names)
        marketing = claim.send.purpose == "marketing"
        outgoing = Outgoing(
            message_id=claim.message_id,
            channel="email",
            to=claim.address,
            sender=rendered.sender or claim.place.email_from,
            reply_to=claim.house.reply_to,
            subject=rendered.subject,
            html=rendered.html,
            text=rendered.text,
            headers=_list_unsubscribe(unsubscribe) if marketing else {},
            tags=(claim.want.journey, f"{claim.want.journey}.{claim.want.step}"),
        )
        return Composed(claim, outgoing, rendered.locale, rendered.version, None)

    def _sms(self, claim: Claim) -> Composed:
        links: list[tuple[str, str]] = []

        def shorten(url: str) -> str:
            code = signed.short_code(self.secret, claim.message_id, len(links))
            links.append((code, url))
            return f"{self.public_url}/l/{code}"

        names = {**claim.names, "message": {"id": claim.message_id}}
        rendered = self.templates.sms(claim.send.template, claim.place.locale, names, shorten=shorten)
        outgoing = Outgoing(
            message_id=claim.message_id,
            channel="sms",
            to=claim.address,
            sender=claim.place.sms_from,
            text=rendered.text,
            callback_url=f"{self.public_url}/webhooks/twilio/status?m={claim.message_id}",
        )
        return Composed(claim, outgoing, rendered.locale, rendered.version, rendered.segments, tuple(links))


def _list_unsubscribe(url: str) -> dict[str, str]:
    """One-click unsubscription (RFC 8058; Gmail and Yahoo ask for it since February 2024)."""
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
