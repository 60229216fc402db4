"""Where does a text's short link lead? On, at once; the click becomes an event."""

from __future__ import annotations

import re

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection, select

from regulars.delivery.receipt import Receipt
from regulars.intake.receipts import Report
from regulars.store.messages import ShortLink
from regulars.store.statements import table

router = APIRouter()
_CODE = re.compile("[0-9a-z]{1,32}")


@router.get("/l/{code}")
async def follow(request: Request, code: str) -> Response:
    """302 to where it leads; 404 where it is none of ours."""
    house = request.app.state.house
    if not _CODE.fullmatch(code):
        raise HTTPException(404, "this link is not one of ours")
    with house.database.read() as connection:
        found = _find(connection, code)
    if found is None:
        raise HTTPException(404, "this link is not one of ours")
    message, url = found
    receipt = Receipt("short link", f"click/{code}", "clicked", "sms", None, message_id=message, url=url)
    await house.writer.ask(house.receipts.take, Report(receipt, house.clock.now()))
    return RedirectResponse(url, 302)


@router.head("/l/{code}")
async def preview() -> Response:
    """Phones look links up before anybody taps them: that is no click."""
    return Response(status_code=204)


def _find(connection: Connection, code: str) -> tuple[str, str] | None:
    of = table(ShortLink)
    row = connection.execute(select(of.c.message_id, of.c.url).where(of.c.code == code)).first()
    return (row.message_id, row.url) if row else None
