"""What did the vendors take, and what does it look like? The inbox pages, their JSON, and the buttons on them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, cast, get_args
from urllib.parse import parse_qsl, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from regulars.clock import Clock
from regulars.sandbox import actions, advice, links, messages, sendgrid_logs, sendgrid_mail, twilio_text
from regulars.sandbox.actions import ACTIONS, Action, ActionError
from regulars.sandbox.connection import json_of, read_body
from regulars.sandbox.faults import Faults
from regulars.sandbox.messages import Channel, Stored, Wanted, instant, now_ms
from regulars.sandbox.segments import segments
from regulars.sandbox.settings import SandboxSettings
from regulars.sandbox.store import Store
from regulars.sandbox.teller import Teller

PAGE_SIZE = 25
_FORM_LIMIT = 16 * 1024
_MOST_PAGES = 1_000_000
# A mail's own pictures, styles and fonts may load; nothing in it may run, and nothing may frame or post elsewhere.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline' https:; img-src http: https: data:; font-src https: data:;"
    " frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_FRAME = "allow-popups allow-popups-to-escape-sandbox"
_HEADERS = {"Referrer-Policy": "no-referrer"}


def _pages(clock: Clock) -> Environment:
    pages = Environment(
        loader=PackageLoader("regulars.sandbox", "pages"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    pages.filters["clock"] = lambda ms: clock.shop(instant(ms)).strftime("%H:%M:%S" if clock.pace == 1.0 else "%H:%M")
    pages.filters["day"] = lambda ms: clock.shop(instant(ms)).strftime("%d %b %Y")
    return pages


@dataclass(frozen=True, slots=True)
class Inbox:
    settings: SandboxSettings
    store: Store
    faults: Faults
    teller: Teller
    pages: Environment

    @classmethod
    def over(cls, settings: SandboxSettings, store: Store, faults: Faults, teller: Teller) -> Inbox:
        return cls(settings, store, faults, teller, _pages(settings.clock))

    def routes(self) -> list[Route]:
        return [
            Route("/", lambda _: RedirectResponse("/inbox"), methods=["GET"]),
            Route("/inbox", self.index, methods=["GET"]),
            Route("/inbox.json", self.index_json, methods=["GET"]),
            Route("/inbox/of/{message_id}", self.of, methods=["GET"]),
            Route("/inbox/{id:int}", self.message, methods=["GET"]),
            Route("/inbox/{id:int}.json", self.message_json, methods=["GET"]),
            Route("/inbox/{id:int}/mail", self.alone, methods=["GET"]),
            Route("/inbox/{id:int}/{action}", self.act, methods=["POST"]),
        ]

    async def index(self, request: Request) -> Response:
        return self._page("inbox.html", **await self._listed(request))

    async def index_json(self, request: Request) -> Response:
        return JSONResponse(await self._listed(request))

    async def message(self, request: Request) -> Response:
        stored = await self._stored(request)
        shown = await self._shown(stored)
        return self._page("mail.html" if stored.channel == "email" else "text.html", may=_FRAME, **shown)

    async def of(self, request: Request) -> Response:
        """To the page of the product's message of that id."""
        wanted = request.path_params["message_id"]
        number = await self.store.read(lambda connection: messages.number_of(connection, wanted))
        if number is None:
            raise HTTPException(404, "no such message")
        return RedirectResponse(f"/inbox/{number}", 303)

    async def message_json(self, request: Request) -> Response:
        return JSONResponse(await self._shown(await self._stored(request)))

    async def alone(self, request: Request) -> Response:
        """The mail and nothing around it, as it looks however long it is; what it may do is what the frame lets it."""
        stored = await self._stored(request)
        shown = await self._shown(stored)
        if not shown.get("html"):
            raise HTTPException(404, "this message has no HTML")
        return HTMLResponse(
            shown["framed"], headers={**_HEADERS, "Content-Security-Policy": f"{_POLICY}; sandbox {_FRAME}"}
        )

    async def act(self, request: Request) -> Response:
        """A button was pressed: `body` is the words of a reply."""
        action, stored = request.path_params["action"], await self._stored(request)
        if action not in ACTIONS:
            raise HTTPException(404, f"no such action; expected one of {', '.join(ACTIONS)}")
        body = await read_body(request, _FORM_LIMIT) or b""
        said = dict(parse_qsl(body.decode("utf-8", "replace"))).get("body", "STOP")
        try:
            await self.store.write(
                lambda connection: actions.perform(
                    connection, stored, cast(Action, action), said, self.settings, self.faults
                )
            )
        except ActionError as error:
            return PlainTextResponse(str(error), 409)
        self.teller.wake()
        return RedirectResponse(f"/inbox/{stored.id}", 303)

    def _page(self, name: str, **values: object) -> HTMLResponse:
        html = self.pages.get_template(name).render(values)
        return HTMLResponse(html, headers={**_HEADERS, "Content-Security-Policy": _POLICY})

    async def _stored(self, request: Request) -> Stored:
        number = request.path_params["id"]
        found = None
        if number < 1 << 63:
            found = await self.store.read(lambda connection: messages.one(connection, number))
        if found is None:
            raise HTTPException(404, "no such message")
        return found

    async def _listed(self, request: Request) -> dict[str, Any]:
        query = request.query_params
        channel = query.get("channel") if query.get("channel") in get_args(Channel) else None
        search, page = query.get("to", "").strip()[:200], _number(query.get("page", "1"))
        wanted = Wanted(channel=cast(Any, channel), recipient_like=search)
        total = await self.store.read(lambda connection: messages.counted(connection, wanted))
        books = await self.store.read(lambda connection: messages.books(connection, full=False))
        pages = max(1, -(-total // PAGE_SIZE))
        page = min(page, pages)
        rows = await self.store.read(
            lambda connection: messages.listed(connection, wanted, PAGE_SIZE, (page - 1) * PAGE_SIZE)
        )
        now = now_ms()
        kept = {name: value for name, value in (("channel", channel), ("to", search)) if value}
        return {
            "messages": [_row(stored, now) for stored in rows],
            "total": total,
            "page": page,
            "pages": pages,
            "channel": channel,
            "search": search,
            "query": urlencode(kept),
            "books": books,
        }

    async def _shown(self, stored: Stored) -> dict[str, Any]:
        body = await self.store.read(lambda connection: messages.body_of(connection, stored))
        now = now_ms()
        shown = {
            **_row(stored, now),
            "request_size": len(body),
            "timeline": [
                {
                    "name": event.name, "kind": event.kind, "at": event.happens_at, "state": event.state,
                    "attempts": event.attempts, "answer": event.answer, "url": event.url, "payload": event.payload,
                    "machine": bool(event.payload.get("sg_machine_open")),
                }
                for event in stored.happened(now)
            ],
            "coming": sum(event.happens_at > now for event in stored.events),
        }  # fmt: skip
        return shown | (_mail(stored, body) if stored.channel == "email" else _text(stored, body))


def _number(text: str) -> int:
    return min(max(1, int(text)), _MOST_PAGES) if re.fullmatch(r"\d{1,9}", text) else 1


def _row(stored: Stored, now: int) -> dict[str, Any]:
    mail = stored.channel == "email"
    happened = stored.happened(now)
    return {
        "id": stored.id,
        "channel": stored.channel,
        "recipient": stored.recipient,
        "sender": stored.sender,
        "title": stored.title,
        "message_id": stored.message_id,
        "vendor_id": stored.vendor_id,
        "accepted_at": stored.accepted_at,
        "status": sendgrid_logs.status(stored, now) if mail else twilio_text.current_status(stored, now)[0],
        "events": [event.name for event in happened if not event.payload.get("sg_machine_open")],
    }


def _mail(stored: Stored, body: bytes) -> dict[str, Any]:
    mail = json_of(body)
    personalization = mail["personalizations"][stored.detail["personalization"]]
    own = sendgrid_mail.all_headers(mail, personalization)
    html = sendgrid_mail.part(mail, "text/html")
    headers = {"From": _named(stored.detail["from"])}
    headers |= {
        kind.title(): ", ".join(_named(each) for each in personalization[kind])
        for kind in ("to", "cc")
        if kind in personalization
    }
    if "reply_to" in mail:
        headers["Reply-To"] = _named(mail["reply_to"])
    headers["Subject"] = stored.title
    return {
        "sender_name": _named(stored.detail["from"]),
        "headers": headers | own,
        "html": html,
        "framed": _in_new_tabs(html),
        "text": sendgrid_mail.part(mail, "text/plain"),
        "custom_args": stored.detail["custom_args"],
        "categories": stored.detail["categories"],
        "links": links.in_html(html, stored.detail["list_unsubscribe"]),
        "remarks": advice.on_mail(mail, own),
        "request": json.dumps(mail, indent=2, ensure_ascii=False),
    }


def _named(address: dict[str, Any]) -> str:
    return f"{address['name']} <{address['email']}>" if address.get("name") else str(address["email"])


def _in_new_tabs(html: str) -> str:
    """The mail as a mail program shows it: a link leaves the message alone and opens beside it."""
    base = '<base target="_blank">'
    at = re.search(r"<head[^>]*>", html[:20_000], re.IGNORECASE)
    return html[: at.end()] + base + html[at.end() :] if at else base + html


def _text(stored: Stored, body: bytes) -> dict[str, Any]:
    cut = segments(stored.detail["body"])
    return {
        "text": stored.detail["body"],
        "segments": list(cut.parts) if stored.channel == "sms" else [],
        "content": stored.detail.get("content"),
        "encoding": cut.encoding,
        "media": stored.detail["media"],
        "service": stored.detail["service"],
        "callback": stored.detail["callback"],
        "links": links.in_text(stored.detail["body"]),
        "remarks": advice.on_text(stored.detail["body"]) if stored.channel == "sms" else [],
        "request": "\n".join(f"{name}: {value}" for name, value in parse_qsl(body.decode("utf-8", "replace"))),
    }
