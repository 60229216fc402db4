"""What exactly goes out? A claim, rendered in the customer's language, with its links, headers and addresses."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from regulars.customers.context import Questions
from regulars.delivery import signed
from regulars.delivery.live_templates import LiveTemplates
from regulars.delivery.providers.base import Outgoing
from regulars.delivery.want import Claim, Composed

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Composer:
    """Renders claims. `public_url` is where customers and vendors reach us; `secret` signs the links."""

    templates: LiveTemplates
    public_url: str
    secret: str

    async def prepare(self, claims: Iterable[Claim]) -> None:
        """Have at hand what `compose` takes long to make when it is wanted for the first time."""
        await self.templates.prepare(claim.case for claim in claims)

    def compose(self, claim: Claim, connection: Connection) -> Composed:
        """`connection` answers what a template asks, as `bought(...)`. Raises regulars.delivery.templates.RenderError
        when this customer's data cannot be rendered, and Unavailable when there is no template to render."""
        case = claim.case
        questions = Questions(connection, case.customer["id"], case.place.zone, case.want.now)
        names = {**case.names, **questions.names(), "message": {"id": claim.message_id}}
        return self._email(claim, names) if claim.channel == "email" else self._sms(claim, names)

    def _email(self, claim: Claim, names: dict[str, Any]) -> Composed:
        want, place = claim.want, claim.case.place
        unsubscribe = f"{self.public_url}/u/{signed.sign(self.secret, 'unsubscribe', claim.message_id)}"
        templates = self.templates.of(claim.case)
        rendered = templates.email(claim.send.template, place.locale, {**names, "unsubscribe_url": unsubscribe})
        if rendered.clipped:
            _LOG.warning("message %s: Gmail cuts mails of this length off (%s)", claim.message_id, claim.send.template)
        marketing = claim.send.purpose == "marketing"
        outgoing = Outgoing(
            message_id=claim.message_id,
            channel="email",
            to=claim.address,
            sender=rendered.sender or place.email_from,
            reply_to=claim.case.house.reply_to,
            subject=rendered.subject,
            html=rendered.html,
            text=rendered.text,
            headers=_list_unsubscribe(unsubscribe) if marketing else {},
            tags=(want.journey, f"{want.journey}.{want.step}"),
        )
        return Composed(claim, outgoing, rendered.locale, rendered.version, None)

    def _sms(self, claim: Claim, names: dict[str, Any]) -> Composed:
        links: list[tuple[str, str]] = []

        def shorten(url: str) -> str:
            code = signed.short_code(self.secret, claim.message_id, len(links))
            links.append((code, url))
            return f"{self.public_url}/l/{code}"

        templates = self.templates.of(claim.case)
        rendered = templates.sms(claim.send.template, claim.case.place.locale, names, shorten=shorten)
        outgoing = Outgoing(
            message_id=claim.message_id,
            channel="sms",
            to=claim.address,
            sender=claim.case.place.sms_from,
            text=rendered.text,
            callback_url=f"{self.public_url}/webhooks/twilio/status?m={claim.message_id}",
        )
        return Composed(claim, outgoing, rendered.locale, rendered.version, rendered.segments, tuple(links))


def _list_unsubscribe(url: str) -> dict[str, str]:
    """One-click unsubscription (RFC 8058; Gmail and Yahoo ask for it since February 2024)."""
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
