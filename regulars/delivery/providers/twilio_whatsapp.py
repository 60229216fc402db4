"""How does a WhatsApp message go out by Twilio? As a text does, but for its addresses and what it may say.

Within 24 hours of the customer's last word to us: a body of our own. Else a content that WhatsApp approved, by its SID,
with the values of its variables and no body (error 63016 otherwise).

Sources: https://www.twilio.com/docs/whatsapp/api, https://www.twilio.com/docs/content/using-variables-with-content-api
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from regulars.delivery.providers.base import Found, Outgoing, Sought, Transport
from regulars.delivery.providers.twilio import TwilioSms
from regulars.journeys.channels import Channel

PREFIX = "whatsapp:"  # before a number, wherever Twilio names one: nowhere else do we


class TwilioWhatsApp(TwilioSms):
    """Twilio's WhatsApp senders, for one account; it is made as TwilioSms is."""

    channel: Channel = "whatsapp"

    def fields(self, outgoing: Outgoing) -> dict[str, Any]:
        """The sender is a number (E.164) that Twilio has registered with WhatsApp."""
        ends = {"to": PREFIX + outgoing.to, "from_": PREFIX + outgoing.sender}
        if outgoing.content is None:
            return {**ends, "body": outgoing.text}
        said = {"content_sid": outgoing.content.sid}
        if outgoing.content.variables:
            said["content_variables"] = json.dumps(dict(outgoing.content.variables), ensure_ascii=False)
        return {**ends, **said}

    async def look_up(self, sought: Sought, transport: Transport) -> Found:
        """As for a text, among what went to the WhatsApp address."""
        return await super().look_up(replace(sought, to=PREFIX + sought.to, sender=PREFIX + sought.sender), transport)

    def is_sought(self, record: Mapping[str, Any], sought: Sought) -> bool | None:
        """Approved contents are the vendor's words and need not be ours: what is listed with other words since the
        dispatch may still be the one. So it is never taken for absent, and its callback tells."""
        if super().is_sought(record, sought):
            return True
        return None if super().is_sought({**record, "body": sought.text}, sought) else False
