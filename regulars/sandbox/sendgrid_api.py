"""What does SendGrid answer? POST /v3/mail/send and the email logs."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from regulars.sandbox import messages, sendgrid_logs, sendgrid_mail, sendgrid_rules
from regulars.sandbox.connection import json_of, read_body
from regulars.sandbox.faults import Faults
from regulars.sandbox.messages import Wanted, now_ms
from regulars.sandbox.misbehaviour import under
from regulars.sandbox.sendgrid_rules import BAD_REQUEST, Fault
from regulars.sandbox.settings import SandboxSettings
from regulars.sandbox.store import Store
from regulars.sandbox.teller import Teller

LIMIT = 30 * 1024 * 1024
_MOST_LISTED = 1000
_SCANNED = 10_000
_WORDS = {
    401: "The provided authorization grant is invalid, expired, or revoked",
    403: "access forbidden",
    404: "not found",
    405: "method not allowed",
    413: "content too large",
    415: "Content-Type should be application/json.",
    429: "too many requests",
    500: "internal server error",
    503: "service unavailable",
}


def refused(status: int, faults: Sequence[Fault] = ()) -> JSONResponse:
    """An error as SendGrid words it; without `faults`, the one that goes with the status."""
    said = faults or [Fault(_WORDS.get(status, "Bad Request"), None)]
    return JSONResponse({"errors": [fault.answer() for fault in said]}, status)


def _rate_limited(seconds: float) -> JSONResponse:
    answer = refused(429)
    reset = now_ms() // 1000 + max(1, round(seconds))
    answer.headers.update({"X-RateLimit-Limit": "600", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(reset)})
    return answer


@dataclass(frozen=True, slots=True)
class SendGridApi:
    settings: SandboxSettings
    store: Store
    faults: Faults
    teller: Teller

    def routes(self) -> list[Route]:
        return [
            Route("/v3/mail/send", self.send, methods=["POST"]),
            Route("/v3/logs", self.search, methods=["POST"]),
            Route("/v3/logs/{sg_message_id}", self.look_up, methods=["GET"]),
        ]

    async def send(self, request: Request) -> Response:
        body = await read_body(request, LIMIT)
        mail: Any = None
        unreadable: Fault | None = None
        try:
            mail = None if body is None else json_of(body)
        except UnicodeError:
            unreadable = Fault("Invalid UTF8 in request.", None)
        except ValueError:
            unreadable = BAD_REQUEST
        recipients, ids = sendgrid_mail.addressed(mail)
        rule = self.faults.for_request("email", "send", recipients, ids)

        async def answer() -> Response:
            refusal = self._refusal(request, body)
            if refusal is not None or body is None:
                return refusal or refused(413)
            return refused(400, [unreadable]) if unreadable else await self._accept(mail, body)

        return await under(rule, request, answer, _rate_limited, refused)

    def _refusal(self, request: Request, body: bytes | None) -> JSONResponse | None:
        if not self._authorized(request):
            return refused(401)
        if body is None:
            return refused(413)
        media = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if media != "application/json" or request.headers.get("content-encoding", "identity") != "identity":
            return refused(415)
        return None

    def _authorized(self, request: Request) -> bool:
        expected = f"Bearer {self.settings.sendgrid_api_key}"
        return hmac.compare_digest(request.headers.get("authorization", "").encode(), expected.encode())

    async def _accept(self, mail: Any, body: bytes) -> Response:
        now = now_ms()
        found = sendgrid_rules.faults(mail, now // 1000)
        if found:
            return refused(400, found)
        if mail.get("mail_settings", {}).get("sandbox_mode", {}).get("enable", False):
            return Response(status_code=200)
        request_id = secrets.token_urlsafe(16)
        made = sendgrid_mail.messages(mail, request_id, self.settings, self.faults, now)
        await self.store.write(lambda connection: messages.accept(connection, "email", body, made, now))
        self.teller.wake()
        return Response(status_code=202, headers={"X-Message-Id": request_id})

    async def search(self, request: Request) -> Response:
        rule = self.faults.for_request("email", "look_up")
        body = await read_body(request, LIMIT)

        async def answer() -> Response:
            if not self._authorized(request):
                return refused(401)
            return await self._found(body)

        return await under(rule, request, answer, _rate_limited, refused)

    async def _found(self, body: bytes | None) -> Response:
        try:
            asked = json_of(body or b"")
            query, limit = asked.get("query"), asked.get("limit", 10)
        except (ValueError, AttributeError):
            return refused(400)
        if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= _MOST_LISTED:
            return refused(400, [Fault("limit must be an integer between 1 and 1000", "limit")])
        if query is not None and not isinstance(query, str):
            return refused(400, [Fault("query must be a string", "query")])
        try:
            search = sendgrid_logs.parse(query) if query else sendgrid_logs.EVERYTHING
        except sendgrid_logs.QueryError as error:
            return refused(400, [Fault(str(error), "query")])
        now = now_ms()
        stored = await self.store.read(
            lambda connection: messages.listed(connection, search.wanted, _SCANNED if search.sifts else limit)
        )
        fitting = [each for each in stored if search.fits(each, now)][:limit]
        return JSONResponse({"messages": [sendgrid_logs.summary(each, now) for each in fitting]})

    async def look_up(self, request: Request) -> Response:
        rule = self.faults.for_request("email", "look_up")

        async def answer() -> Response:
            if not self._authorized(request):
                return refused(401)
            wanted = Wanted(channel="email", vendor_id=request.path_params["sg_message_id"])
            found = await self.store.read(lambda connection: messages.listed(connection, wanted, 1))
            return JSONResponse(sendgrid_logs.full(found[0], now_ms())) if found else refused(404)

        return await under(rule, request, answer, _rate_limited, refused)
