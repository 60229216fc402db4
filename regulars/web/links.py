"""Where does a text's short link lead? On, at once; a tap becomes an event."""

from __future__ import annotations

import re

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import bindparam, select
from starlette.concurrency import run_in_threadpool

from regulars.delivery.receipt import Receipt
from regulars.intake.receipts import Report
from regulars.store.database import Database
from regulars.store.messages import ShortLink
from regulars.store.statements import table

router = APIRouter()
_CODE = re.compile("[0-9a-z]{1,32}")
_WEB = re.compile(r"https?://[^/?#\s]", re.IGNORECASE)
_LINK = table(ShortLink)
_BY_CODE = select(_LINK.c.message_id, _LINK.c.url).where(_LINK.c.code == bindparam("of_code"))


@router.get("/l/{code}")
async def follow(request: Request, code: str) -> Response:
    """302 to where it leads, once the tap is on disk; 404 where it is none of ours. Taps of one minute are one."""
    house = request.app.state.house
    message, url = await _find(request, code)
    now = house.clock.now()
    key = f"click/{code}/{now:%Y-%m-%dT%H:%M}"
    receipt = Receipt("short link", key, "clicked", "sms", None, message_id=message, url=url)
    await house.writer.ask(house.receipts.take, Report(receipt, now))
    return RedirectResponse(url, 302)


@router.head("/l/{code}")
async def preview(request: Request, code: str) -> Response:
    """The same, but that it counts nothing: phones look links up before anybody taps them."""
    _, url = await _find(request, code)
    return RedirectResponse(url, 302)


async def _find(request: Request, code: str) -> tuple[str, str]:
    """The message it stands in, and where it leads. Raises HTTPException 404."""
    known = _CODE.fullmatch(code)
    found = await run_in_threadpool(_read, request.app.state.house.database, code) if known else None
    if found is None or not _WEB.match(found[1]):  # a link that runs a script leads nowhere
        raise HTTPException(404, "this link is not one of ours")
    return found


def _read(database: Database, code: str) -> tuple[str, str] | None:
    with database.read() as connection:
        row = connection.execute(_BY_CODE, {"of_code": code}).first()
    return (row.message_id, row.url) if row else None
