"""What does Twilio answer? Messages.json to create and to list, Messages/{sid}.json to look up."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from sqlite3 import Connection
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from regulars.sandbox import messages, twilio_rules, twilio_text
from regulars.sandbox.connection import read_body
from regulars.sandbox.faults import Faults
from regulars.sandbox.messages import Message, Stored, SuppressedError, Wanted, now_ms
from regulars.sandbox.misbehaviour import under
from regulars.sandbox.settings import SandboxSettings
from regulars.sandbox.store import Store
from regulars.sandbox.teller import Teller
from regulars.sandbox.twilio_rules import Fault

LIMIT = 64 * 1024
_LARGEST_PAGE = 1000
_WORDS = {
    401: Fault(20003, "Authenticate", 401),
    404: Fault(20404, "The requested resource was not found", 404),
    405: Fault(20004, "Method not allowed", 405),
    429: Fault(20429, "Too Many Requests", 429),
    500: Fault(20500, "Internal Server Error", 500),
    503: Fault(20503, "Service unavailable", 503),
}


def refused(status: int) -> JSONResponse:
    """An error as Twilio words it; a status that has no code of its own goes without one."""
    fault = _WORDS.get(status)
    answer = JSONResponse(fault.answer() if fault else {"message": "Request failed", "status": status}, status)
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    return answer


def _rate_limited(seconds: float) -> JSONResponse:
    answer = refused(429)
    answer.headers["Retry-After"] = str(max(1, round(seconds)))
    return answer


@dataclass(frozen=True, slots=True)
class TwilioApi:
    settings: SandboxSettings
    store: Store
    faults: Faults
    teller: Teller

    def routes(self) -> list[Route]:
        base = "/2010-04-01/Accounts/{account}/Messages"
        return [
            Route(f"{base}.json", self.create, methods=["POST"]),
            Route(f"{base}.json", self.index, methods=["GET"]),
            Route(f"{base}/{{sid}}.json", self.look_up, methods=["GET"]),
        ]

    def _stranger(self, request: Request) -> JSONResponse | None:
        given = request.headers.get("authorization", "")
        expected = f"{self.settings.twilio_account_sid}:{self.settings.twilio_auth_token}".encode()
        try:
            known = given.startswith("Basic ") and base64.b64decode(given[6:], validate=True)
        except (binascii.Error, ValueError):
            known = b""
        if not known or not hmac.compare_digest(known, expected):
            return refused(401)
        return None if request.path_params["account"] == self.settings.twilio_account_sid else refused(404)

    async def create(self, request: Request) -> Response:
        body = await read_body(request, LIMIT)
        form = _form(request, body)
        recipients = [twilio_rules.normal(form["To"])] if "To" in form else []
        own_id = twilio_text.own_id(form)
        channel = twilio_text.channel_of(form.get("To", ""))
        rule = self.faults.for_request(channel, "send", recipients, [own_id] if own_id else [])

        async def answer() -> Response:
            stranger = self._stranger(request)
            if stranger is not None:
                return stranger
            return refused(413) if body is None else await self._accept(form, body)

        return await under(rule, request, answer, _rate_limited, refused)

    async def _accept(self, form: Mapping[str, Any], body: bytes) -> Response:
        now = now_ms()
        fault = twilio_rules.fault(form, self.settings, now // 1000)
        if fault is not None:
            return JSONResponse(fault.answer(), fault.status)
        made = twilio_text.message(form, self.settings, self.faults, now)

        def accept(connection: Connection) -> None:
            kept = made if twilio_text.may_go(connection, made, now) else twilio_text.outside(made, self.settings, now)
            messages.accept(connection, made.channel, body, [kept], now)

        try:
            await self.store.write(accept)
        except SuppressedError:
            return JSONResponse(twilio_rules.UNSUBSCRIBED.answer(), twilio_rules.UNSUBSCRIBED.status)
        self.teller.wake()
        return JSONResponse(twilio_text.resource(_fresh(made, now), self.settings, now, fresh=True), 201)

    async def look_up(self, request: Request) -> Response:
        rule = self.faults.for_request("sms", "look_up")

        async def answer() -> Response:
            stranger = self._stranger(request)
            if stranger is not None:
                return stranger
            wanted = Wanted(but="email", vendor_id=request.path_params["sid"])
            found = await self.store.read(lambda connection: messages.listed(connection, wanted, 1))
            return JSONResponse(twilio_text.resource(found[0], self.settings, now_ms())) if found else refused(404)

        return await under(rule, request, answer, _rate_limited, refused)

    async def index(self, request: Request) -> Response:
        rule = self.faults.for_request(twilio_text.channel_of(request.query_params.get("To", "")), "look_up")

        async def answer() -> Response:
            return self._stranger(request) or await self._page(request)

        return await under(rule, request, answer, _rate_limited, refused)

    async def _page(self, request: Request) -> Response:
        query = request.query_params
        try:
            wanted = _wanted(query)
            size = min(_LARGEST_PAGE, max(1, int(query.get("PageSize", "50"))))
            number = max(0, int(query.get("Page", "0")))
        except ValueError as error:
            return JSONResponse(Fault(20001, f"Unknown parameters: {error}").answer(), 400)
        # One more than the page holds tells whether another follows.
        found = await self.store.read(
            lambda connection: messages.listed(connection, wanted, size + 1, min(number * size, 1 << 40))
        )
        now = now_ms()
        shown = [twilio_text.resource(each, self.settings, now) for each in found[:size]]
        path = request.url.path
        kept = [(name, value) for name, value in query.multi_items() if name not in ("Page", "PageSize", "PageToken")]

        def uri(page: int) -> str:
            return f"{path}?{urlencode([*kept, ('PageSize', size), ('Page', page)])}"

        return JSONResponse(
            {
                "messages": shown,
                "page": number,
                "page_size": size,
                "start": number * size,
                "end": number * size + max(0, len(shown) - 1),
                "uri": uri(number),
                "first_page_uri": uri(0),
                "next_page_uri": uri(number + 1) if len(found) > size else None,
                "previous_page_uri": uri(number - 1) if number else None,
            }
        )


def _fresh(made: Message, at: int) -> Stored:
    """The message as it is in the store before anything has happened to it."""
    return Stored(
        id=0, request_id=0, channel=made.channel, vendor_id=made.vendor_id, message_id=made.message_id,
        recipient=made.recipient, sender=made.sender, title=made.title, accepted_at=at, detail=made.detail,
    )  # fmt: skip


def _form(request: Request, body: bytes | None) -> dict[str, Any]:
    """Only a urlencoded body has fields; of anything else the vendor sees none."""
    media = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if body is None or media != "application/x-www-form-urlencoded":
        return {}
    try:
        return twilio_rules.form_of(body)
    except ValueError:
        return {}


def _wanted(query: Mapping[str, str]) -> Wanted:
    """To, From and the three ways to bound DateSent, each inclusive; a date alone is its whole day in UTC."""
    since = _bounds(query["DateSent>"])[0] if "DateSent>" in query else None
    until = _bounds(query["DateSent<"])[1] if "DateSent<" in query else None
    if "DateSent" in query:
        # The vendor's own package turns a date into its midnight here: the whole day is meant.
        since, until = _bounds(query["DateSent"][:10])
    to, sender = query.get("To"), query.get("From")
    return Wanted(
        but="email",
        recipient=twilio_rules.normal(to) if to else None,
        sender=twilio_rules.normal(sender) if sender else None,
        since=since,
        until=until,
    )


def _bounds(text: str) -> tuple[int, int]:
    """The first and the last millisecond of a date or of a second. Raises ValueError."""
    if len(text) == len("2026-01-31"):
        start, span = datetime.combine(date.fromisoformat(text), time(), UTC), timedelta(days=1)
    else:
        start, span = datetime.fromisoformat(text), timedelta(seconds=1)
        if start.tzinfo is None:
            start = start.replace(tzinfo=UTC)
    first = int(start.timestamp()) * 1000
    return first, first + int(span.total_seconds() * 1000) - 1
