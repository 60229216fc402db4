"""How does an e-mail go out by SendGrid? Its own package builds the request and names the errors; it sends nothing.

Source: https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send and .../email-logs
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from http import HTTPStatus
from http.client import responses
from typing import Any
from urllib.parse import quote

from pydantic_core import to_json
from python_http_client import Client
from python_http_client.exceptions import (
    ForbiddenError,
    GatewayTimeoutError,
    HTTPError,
    InternalServerError,
    MethodNotAllowedError,
    NotFoundError,
    ServiceUnavailableError,
    TooManyRequestsError,
    UnauthorizedError,
    err_dict,
)
from sendgrid import SendGridAPIClient
from sendgrid.helpers.mail import (
    Category,
    ClickTracking,
    Content,
    CustomArg,
    From,
    Header,
    Mail,
    OpenTracking,
    ReplyTo,
    SubscriptionTracking,
    To,
    TrackingSettings,
)
from sendgrid.helpers.mail.validators import ValidateApiKey

from regulars.clock import Clock
from regulars.delivery.providers.answers import MOVED, header, impersonal, parsed, retry_after, unanswered, until
from regulars.delivery.providers.base import (
    Accepted,
    Ambiguous,
    Found,
    Outgoing,
    Provider,
    Rejected,
    Sought,
    Transport,
    Unprocessed,
    Verdict,
    WireFailure,
    WireRequest,
    WireResponse,
)
from regulars.delivery.providers.mould import Mould, word
from regulars.delivery.providers.sendgrid_receipts import MESSAGE_ID, vendor_id
from regulars.journeys.model import Channel

_CATEGORIES = 10  # the vendor refuses the whole message for an eleventh
_CANDIDATES = 100
_RETENTION = timedelta(days=29)  # Email Logs reach back 30 days
_SKEW = timedelta(minutes=1)  # the vendor's clock may lag ours: a message must not be missed for it
_MOULDS = 256
_KEYS = ValidateApiKey()
_OWN_FIELDS = ("from", "reply_to", "asm", "ip_pool_name", "tracking_settings", "mail_settings", "template_id")


class SendGrid(Provider):
    """SendGrid for one account. `host`: without path; "https://api.eu.sendgrid.com" for the EU's data residency.

    `settles`: after this much real time its Email Logs have every message it took. `now`: the real instant.
    """

    name: str = "sendgrid"
    channel: Channel = "email"

    def __init__(
        self,
        api_key: str,
        host: str = "https://api.sendgrid.com",
        *,
        track_clicks: bool = True,
        track_opens: bool = True,
        settles: timedelta = timedelta(minutes=15),
        now: Callable[[], datetime] = Clock.real_now,
    ) -> None:
        if not api_key:
            raise ValueError("SendGrid needs an API key: its package would send `Bearer None`")
        self._api = SendGridAPIClient(api_key, host=host.rstrip("/"))
        self._api.client = _Unsent(
            host=self._api.client.host,
            request_headers={**self._api.client.request_headers, "Content-Type": "application/json"},
            version=3,
        )
        self._tracking = TrackingSettings(
            ClickTracking(enable=track_clicks, enable_text=False),
            OpenTracking(enable=track_opens),
            # Else SendGrid puts its own List-Unsubscribe headers beside ours, and a mail has two owners of its consent.
            SubscriptionTracking(enable=False),
        )
        self._mould = lru_cache(maxsize=_MOULDS)(self._moulded)
        self._settles = settles
        self._now = now

    def build(self, outgoing: Outgoing) -> WireRequest:
        """One recipient a request, so that an error concerns one. Raises the package's ApiKeyIncludedException where a
        text begins with what looks like one of its keys."""
        values = {"to": outgoing.to, "message_id": outgoing.message_id}
        for slot, value in (("subject", outgoing.subject), ("text", outgoing.text), ("html", outgoing.html)):
            if value:
                values[slot] = value
        for number, value in enumerate(outgoing.headers.values()):
            values[f"header_{number}"] = value
        for slot in ("text", "html"):
            _KEYS.validate_message_text(values.get(slot))
        common = (outgoing.sender, outgoing.reply_to, tuple(outgoing.headers), outgoing.tags)
        request, mould = self._mould(frozenset(values), *common)
        return WireRequest(request.method, request.url, request.headers, mould.cast(values))

    def _moulded(
        self, slots: frozenset[str], sender: str, reply_to: str | None, headers: tuple[str, ...], tags: tuple[str, ...]
    ) -> tuple[WireRequest, Mould]:
        """What the package makes of mails that differ in the values of `slots` alone. A shop has a handful of such: a
        template has one, and the package takes as long for one mail as a template does to be rendered."""
        mail = Mail(from_email=From(sender), subject=word("subject") if "subject" in slots else None)
        to = To()
        to.email = word("to")  # by the constructor it would be parsed, and changed, as a display name with an address
        mail.add_to(to)
        if reply_to:
            mail.reply_to = ReplyTo(reply_to)
        for slot, kind in (("text", "text/plain"), ("html", "text/html")):
            if slot in slots:
                mail.add_content(Content(kind, word(slot)))
        for number, name in enumerate(headers):
            mail.add_header(Header(name, word(f"header_{number}")))
        for tag in list(dict.fromkeys(tags))[:_CATEGORIES]:
            mail.add_category(Category(tag))
        mail.add_custom_arg(CustomArg(MESSAGE_ID, word("message_id")))
        mail.tracking_settings = self._tracking
        request: WireRequest = self._api.send(mail)
        return request, Mould.of(request.body or b"")

    def classify(self, outcome: WireResponse | WireFailure) -> Verdict:
        """2xx: taken. 429, and what only the account's owner can mend (401, 403, 404, 405, a host that moved): not
        taken. 5xx, 408 and silence: unknown, for the vendor promises nothing of them. Any other 4xx: refused for good.
        """
        if isinstance(outcome, WireFailure):
            return unanswered(outcome)
        if 200 <= outcome.status < 300:
            return self._taken(outcome)
        error = _error(outcome)
        code, reason, fields = str(error.status_code), *_complaint(error)
        match error:
            case TooManyRequestsError():
                return Unprocessed(code, reason, retry_after=self._wait(outcome.headers))
            case UnauthorizedError() | ForbiddenError() | NotFoundError() | MethodNotAllowedError():
                return Unprocessed(code, reason, config=True)
            case InternalServerError() | ServiceUnavailableError() | GatewayTimeoutError():
                return Ambiguous(code, reason)
        if error.status_code in MOVED:
            return Unprocessed(code, reason, config=True)
        if error.status_code < 400 or error.status_code >= 500 or error.status_code == HTTPStatus.REQUEST_TIMEOUT:
            return Ambiguous(code, reason)
        if any(field.startswith(_OWN_FIELDS) for field in fields):
            return Rejected(code, reason, "config")
        return Rejected(code, reason, "recipient" if any(".to" in field for field in fields) else "message")

    async def look_up(self, sought: Sought, transport: Transport) -> Found:
        """Looks for our id among the messages to the address since the dispatch.

        Absent only when the logs were read whole, hold none of them with our id, `settles` is over, and they still
        reach back to the dispatch.
        """
        ids = await self._logged(sought, transport)
        if ids is None:
            return Found("unsure")
        certain = len(ids) < _CANDIDATES
        for sg_message_id in ids:
            answer = await transport.carry(self._api.client.logs._(quote(sg_message_id, safe="")).get())
            if isinstance(answer, WireFailure) or (args := _custom_args(answer)) is None:
                certain = False
            elif args.get(MESSAGE_ID) == sought.message_id:
                return Found("accepted", vendor_id(sg_message_id))
        kept = self._settles <= self._now() - sought.dispatched_at < _RETENTION
        return Found("absent" if certain and kept else "unsure")

    async def _logged(self, sought: Sought, transport: Transport) -> list[str] | None:
        """The vendor's ids of messages to the address since the dispatch; None where that cannot be told."""
        if sought.to != sought.to.lower() or not sought.to.isprintable() or any(mark in sought.to for mark in "\"'\\"):
            return None  # queries are case-sensitive and have no escapes: finding nothing would prove nothing
        since = (sought.dispatched_at - _SKEW).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        query = f'to_email = "{sought.to}" AND sg_message_id_created_at > TIMESTAMP "{since}"'
        answer = await transport.carry(self._api.client.logs.post(request_body={"query": query, "limit": _CANDIDATES}))
        if isinstance(answer, WireFailure) or answer.status != HTTPStatus.OK:
            return None
        messages = parsed(answer.body).get("messages")
        if not isinstance(messages, list):
            return None
        ids = [message["sg_message_id"] for message in messages if _identified(message)]
        return ids if len(ids) == len(messages) else None

    def _taken(self, answer: WireResponse) -> Accepted | Ambiguous:
        message_id = header(answer.headers, "X-Message-Id")
        if message_id or answer.status == HTTPStatus.ACCEPTED:
            return Accepted(message_id)
        # Mail/send answers 202; a page of a proxy on the way answers 200.
        return Ambiguous(str(answer.status), "a success that names no message")

    def _wait(self, headers: Mapping[str, str]) -> float | None:
        """X-RateLimit-Reset is an instant in unix seconds; Retry-After is undocumented here, and honoured."""
        reset, now = header(headers, "X-RateLimit-Reset") or "", self._now()
        seconds = until(int(reset) - now.timestamp()) if re.fullmatch(r"[0-9]{1,15}", reset) else None
        return retry_after(headers, now) if seconds is None else seconds


class _Unsent(Client):  # type: ignore[misc]
    """The package's client, giving back the request where its own would open a connection."""

    def _build_client(self, name: str | None = None) -> _Unsent:
        path = [*self._url_path, name] if name else self._url_path
        return _Unsent(self.host, self.request_headers, self._version, path)

    def post(self, request_body: Mapping[str, Any]) -> WireRequest:
        return WireRequest("POST", self._build_url(None), self.request_headers, to_json(request_body))

    def get(self) -> WireRequest:
        return WireRequest("GET", self._build_url(None), self.request_headers)


def _error(answer: WireResponse) -> HTTPError:
    """The package's own error for an answer that is no success."""
    phrase = responses.get(answer.status, "unknown status")
    return err_dict.get(answer.status, HTTPError)(answer.status, phrase, answer.body, answer.headers)


def _complaint(error: HTTPError) -> tuple[str, list[str]]:
    """The vendor's messages, each with its field as it came, and the fields; HTTP's phrase where it gave none."""
    complaints = parsed(error.body).get("errors")
    listed = [each for each in complaints if isinstance(each, dict)] if isinstance(complaints, list) else []
    fields = [str(each.get("field") or "") for each in listed]
    words = [
        f"{field}: {each.get('message')}" if field else str(each.get("message"))
        for field, each in zip(fields, listed, strict=True)
    ]
    return impersonal("; ".join(words) or error.reason), fields


def _identified(message: object) -> bool:
    return isinstance(message, dict) and isinstance(message.get("sg_message_id"), str)


def _custom_args(answer: WireResponse) -> Mapping[str, Any] | None:
    """The custom args of a message in the logs, none of them too; None where the answer is not that message's."""
    details = parsed(answer.body) if answer.status == HTTPStatus.OK else {}
    args = details.get("custom_args") or {}
    return args if "sg_message_id" in details and isinstance(args, Mapping) else None
