"""How does a customer unsubscribe? POST acts at once (RFC 8058), GET shows a page that asks: scanners follow links."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response

from regulars.delivery import signed
from regulars.delivery.receipt import Receipt
from regulars.ids import new_id
from regulars.intake.receipts import Report
from regulars.web.body import raw_body
from regulars.web.pages import page

router = APIRouter()
_SMALL = 64_000


@router.get("/u/{token}")
async def confirm(request: Request, token: str) -> Response:
    """A page with one button. Changes nothing."""
    _message(request, token)
    return page("unsubscribe.html", token=token)


@router.post("/u/{token}")
async def unsubscribe(request: Request, token: str) -> Response:
    """Withdraw the consent: by the mail program's one click (form or multipart), or by the page's button."""
    house = request.app.state.house
    await raw_body(request, _SMALL)
    message = _message(request, token)
    key = f"unsubscribe/{message}/{new_id()}"  # each click is a word of its own: she may have subscribed again between
    receipt = Receipt("one-click", key, "unsubscribed", "email", None, message_id=message)
    await house.writer.ask(house.receipts.take, Report(receipt, house.clock.now()))
    return page("unsubscribed.html")


def _message(request: Request, token: str) -> str:
    found = signed.read(request.app.state.house.config.secrets("regulars_secret"), "unsubscribe", token)
    if found is None:
        raise HTTPException(404, "this link is not one of ours")
    return found
