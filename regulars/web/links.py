"""Where does a text's short link lead? On, at once; a person's tap becomes an event."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import bindparam, select
from starlette.concurrency import run_in_threadpool

from regulars.delivery.receipt import Receipt
from regulars.intake.receipts import Report
from regulars.journeys.channels import Channel
from regulars.store.database import Database
from regulars.store.messages import Message, ShortLink
from regulars.store.statements import table

router = APIRouter()
_LOG = logging.getLogger(__name__)
_PATIENCE = 1.0  # real seconds that a customer waits for our database
# Programs that look a link up before anybody taps it: for a preview, for an index, for safety's sake. iMessage and
# Signal say that they are Facebook's, Twitter's or WhatsApp's. A Cubot is a phone.
_PREVIEWS = re.compile(
    r"(?<!cu)bots?(?![a-z])|externalhit|facebot|facebookcatalog|whatsapp|slack|preview|pagerenderer|imageproxy"
    r"|crawl|spider|slurp|scrap|scanner|prefetch|iframely|embedly|headless|lighthouse|validator",
    re.IGNORECASE,
)
_AHEAD = re.compile(r"prefetch|preview|prerender", re.IGNORECASE)
_AHEAD_HEADERS = ("sec-purpose", "purpose", "x-purpose", "x-moz")
_CODE = re.compile("[0-9a-z]{1,32}")
_WEB = re.compile(r"https?://[^/?#\s]", re.IGNORECASE)
_LINK, _MESSAGE = table(ShortLink), table(Message)
_BY_CODE = (
    select(_LINK.c.message_id, _MESSAGE.c.channel, _LINK.c.url)
    .join(_MESSAGE, _MESSAGE.c.id == _LINK.c.message_id)
    .where(_LINK.c.code == bindparam("of_code"))
)


@dataclass(frozen=True, slots=True)
class _Link:
    """Where a code leads, and the message that it stands in."""

    message: str
    channel: Channel
    url: str


@router.get("/l/{code}")
async def follow(request: Request, code: str) -> Response:
    """302 to where it leads; 404 where it is none of ours. Taps of one minute are one, and a program's are none.

    The tap is on disk by then, unless the database keeps us waiting or fails: the customer is led on all the same.
    """
    link = await _find(request, code)
    if not is_preview(request.headers):
        await _count(request, code, link)
    return RedirectResponse(link.url, 302, {"Cache-Control": "no-store"})


@router.head("/l/{code}")
async def preview(request: Request, code: str) -> Response:
    """The same, but that it counts nothing: nobody taps with HEAD."""
    return RedirectResponse((await _find(request, code)).url, 302)


def is_preview(headers: Mapping[str, str]) -> bool:
    """Does a program look the link up, and no person? By what it calls itself, and by what it says that it is for.

    https://developer.mozilla.org/docs/Web/HTTP/Headers/Sec-Purpose
    """
    ahead = any(_AHEAD.search(headers.get(name, "")) for name in _AHEAD_HEADERS)
    return ahead or _PREVIEWS.search(headers.get("user-agent", "")) is not None


async def _count(request: Request, code: str, link: _Link) -> None:
    """Put the tap on record, within a customer's patience; what takes longer goes on without them."""
    house = request.app.state.house
    now = house.clock.now()
    key = f"click/{code}/{now:%Y-%m-%dT%H:%M}"
    receipt = Receipt("short link", key, "clicked", link.channel, None, message_id=link.message, url=link.url)
    counting = asyncio.ensure_future(house.writer.ask(house.receipts.take, Report(receipt, now)))
    counting.add_done_callback(_log_failure)
    await asyncio.wait([counting], timeout=_PATIENCE)


def _log_failure(counting: asyncio.Future[bool]) -> None:
    if not counting.cancelled() and (error := counting.exception()) is not None:
        _LOG.error("a tap on a short link was not counted: %s", type(error).__name__)


async def _find(request: Request, code: str) -> _Link:
    """Raises HTTPException 404."""
    known = _CODE.fullmatch(code)
    found = await run_in_threadpool(_read, request.app.state.house.database, code) if known else None
    if found is None or not _WEB.match(found.url):  # a link that runs a script leads nowhere
        raise HTTPException(404, "this link is not one of ours")
    return found


def _read(database: Database, code: str) -> _Link | None:
    with database.read() as connection:
        row = connection.execute(_BY_CODE, {"of_code": code}).first()
    return _Link(row.message_id, row.channel, row.url) if row else None
