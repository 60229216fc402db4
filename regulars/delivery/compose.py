"""What exactly goes out? A claim, rendered in the customer's language, with its links, headers and addresses."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection

from regulars.customers.context import Asking, Questions
from regulars.delivery import signed
from regulars.delivery.providers.base import Outgoing
from regulars.delivery.templates import Templates
from regulars.delivery.want import Case, Claim, Composed
from regulars.journeys.channels import TRAITS_OF

_LOG = logging.getLogger(__name__)


class Refused(Exception):
    """A gate that could be asked only now, of what the template offers, does not let the message pass."""

    def __init__(self, gate: str, reason: str) -> None:
        super().__init__(reason)
        self.gate = gate


class Wardrobe(Protocol):
    """Where templates come from: regulars.delivery.live_templates.LiveTemplates, for one."""

    async def prepare(self, cases: Iterable[Case]) -> None:
        """Have at hand what these messages need."""

    def of(self, case: Case) -> Templates:
        """What renders this message. Raises Unavailable."""


@dataclass(frozen=True, slots=True)
class Composer:
    """Renders claims. `public_url` is where customers and vendors reach us; `secret` signs the links."""

    templates: Wardrobe
    public_url: str
    secret: str

    async def prepare(self, claims: Iterable[Claim]) -> None:
        """Have at hand what `compose` takes long to make when it is wanted for the first time."""
        await self.templates.prepare(claim.case for claim in claims)

    def compose(self, claim: Claim, connection: Connection) -> Composed:
        """`connection` answers what a template asks, as `bought(...)`. Raises regulars.delivery.templates.RenderError
        when this customer's data cannot be rendered, Unavailable when there is no template to render, and Refused."""
        case = claim.case
        questions = Questions(connection, case.customer, case.place, case.house, case.want.now)
        return self.composed(claim, questions)

    def composed(self, claim: Claim, asking: Asking) -> Composed:
        """As `compose`, wherever the customer's past is kept."""
        names = {**claim.case.names, **asking.names(), "message": {"id": claim.message_id}}
        return self._mail(claim, names) if TRAITS_OF[claim.channel].form == "mail" else self._text(claim, names)

    def _mail(self, claim: Claim, names: dict[str, Any]) -> Composed:
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
            sender=rendered.sender or place.senders["email"],
            reply_to=claim.case.house.reply_to,
            subject=rendered.subject,
            html=rendered.html,
            text=rendered.text,
            headers=_list_unsubscribe(unsubscribe) if marketing else {},
            tags=(want.journey, f"{want.journey}.{want.step}"),
        )
        return Composed(claim, outgoing, rendered.locale, rendered.version, None)

    def _text(self, claim: Claim, names: dict[str, Any]) -> Composed:
        links: list[tuple[str, str]] = []

        def shorten(url: str) -> str:
            code = signed.short_code(self.secret, claim.message_id, len(links))
            links.append((code, url))
            return f"{self.public_url}/l/{code}"

        templates, content = self.templates.of(claim.case), None
        which = (claim.channel, claim.send.template, claim.case.place.locale, names)
        rendered = templates.text(*which, shorten=shorten)
        if not claim.may_answer(claim.want.now):
            content = templates.content(*which, shorten=shorten)
            if content is None:
                raise Refused("window", "outside of the 24-hour window")
        outgoing = Outgoing(
            message_id=claim.message_id,
            channel=claim.channel,
            to=claim.address,
            sender=claim.case.place.senders[claim.channel],
            text=rendered.text,
            callback_url=f"{self.public_url}/webhooks/twilio/status?m={claim.message_id}",
            content=content,
        )
        segments = rendered.size.segments if rendered.size else None
        return Composed(claim, outgoing, rendered.locale, rendered.version, segments, tuple(links))


def _list_unsubscribe(url: str) -> dict[str, str]:
    """One-click unsubscription (RFC 8058; Gmail and Yahoo ask for it since February 2024)."""
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
