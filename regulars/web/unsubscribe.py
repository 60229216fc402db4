"""How does a customer unsubscribe? POST acts at once (RFC 8058), GET shows a page that asks: scanners follow links."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response
from sqlalchemy import bindparam, select
from starlette.concurrency import run_in_threadpool

from regulars.delivery import signed
from regulars.delivery.receipt import Receipt
from regulars.ids import new_id
from regulars.intake.receipts import Report
from regulars.store.database import Database
from regulars.store.messages import Message
from regulars.store.statements import table
from regulars.web.body import raw_body
from regulars.web.pages import page

router = APIRouter()
_SMALL = 64_000
_BY_ID = select(table(Message).c.id).where(table(Message).c.id == bindparam("message"))


@router.api_route("/u/{token}", methods=["GET", "HEAD"])
async def confirm(request: Request, token: str) -> Response:
    """A page with one button. Changes nothing."""
    await _message(request, token)
    return page("unsubscribe.html", token=token)


@router.post("/u/{token}")
async def unsubscribe(request: Request, token: str) -> Response:
    """Withdraw the consent: by the mail program's one click (form or multipart), or by the page's button.

    No redirect, no cookie, no question (RFC 8058 section 3.2).
    """
    house = request.app.state.house
    await raw_body(request, _SMALL)
    message = await _message(request, token)
    key = f"unsubscribe/{message}/{new_id()}"  # each click is a word of its own: she may have subscribed again between
    receipt = Receipt("one-click", key, "unsubscribed", "email", None, message_id=message)
    await house.writer.ask(house.receipts.take, Report(receipt, house.clock.now()))
    return page("unsubscribed.html")


async def _message(request: Request, token: str) -> str:
    """The message in which the link stood. Raises HTTPException 404 where we did not write it."""
    house = request.app.state.house
    message = signed.read(house.config.secrets("regulars_secret"), "unsubscribe", token)
    if message is None or not await run_in_threadpool(_known, house.database, message):
        raise HTTPException(404, "this link is not one of ours")
    return message


def _known(database: Database, message: str) -> bool:
    with database.read() as connection:
        return connection.execute(_BY_ID, {"message": message}).first() is not None
