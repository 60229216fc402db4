"""Where do SendGrid and Twilio report? Verified, taken in once, answered."""

from __future__ import annotations

import logging
from urllib.parse import parse_qsl

from fastapi import APIRouter, HTTPException, Request, Response

from regulars.delivery.providers import sendgrid_receipts, twilio_receipts
from regulars.delivery.receipt import Receipt
from regulars.intake.receipts import Report
from regulars.web.body import raw_body

_LOG = logging.getLogger(__name__)
router = APIRouter(prefix="/webhooks")
_NOTHING = '<?xml version="1.0" encoding="UTF-8"?><Response/>'  # Twilio answers STOP itself


@router.post("/sendgrid/events")
async def sendgrid_events(request: Request) -> Response:
    """A batch of events: 204 when it is on disk."""
    house = request.app.state.house
    raw = await raw_body(request, house.config.body_limit)
    if not sendgrid_receipts.verify(house.config.secrets("sendgrid_webhook_key"), request.headers, raw):
        raise _refused("SendGrid")
    try:
        receipts = sendgrid_receipts.read(raw)
    except ValueError as error:
        raise HTTPException(400, str(error)) from None
    await _take(request, receipts)
    return Response(status_code=204)


@router.post("/twilio/status")
async def twilio_status(request: Request) -> Response:
    """A message's status: 204 when it is on disk."""
    form = await _twilio_form(request)
    receipt = twilio_receipts.read_status(dict(form), request.query_params.get("m"))
    await _take(request, [receipt] if receipt else [])
    return Response(status_code=204)


@router.post("/twilio/inbound")
async def twilio_inbound(request: Request) -> Response:
    """A text or a WhatsApp message from a customer: STOP, START or anything else."""
    form = await _twilio_form(request)
    try:
        receipt = twilio_receipts.read_inbound(dict(form))
    except ValueError as error:
        raise HTTPException(400, str(error)) from None
    await _take(request, [receipt])
    return Response(_NOTHING, media_type="text/xml")


async def _twilio_form(request: Request) -> list[tuple[str, str]]:
    house = request.app.state.house
    raw = await raw_body(request, house.config.body_limit)
    try:
        form = parse_qsl(raw.decode(), keep_blank_values=True, strict_parsing=bool(raw), max_num_fields=200)
    except ValueError:
        raise HTTPException(400, "the body is not a form") from None
    # The URL as Twilio called it: the one configured, since a proxy may have changed what we see.
    query = f"?{request.url.query}" if request.url.query else ""
    url = f"{house.config.public_url.rstrip('/')}{request.url.path}{query}"
    signature = request.headers.get("x-twilio-signature")
    if not twilio_receipts.verify(house.config.secrets("twilio_auth_token"), url, form, signature):
        raise _refused("Twilio")
    return form


def _refused(vendor: str) -> HTTPException:
    """Logged, as a key that is missing or wrong here has every report refused, and nobody would know."""
    _LOG.warning("a report of %s is refused: its signature is missing or wrong", vendor)
    return HTTPException(401, "the signature is missing or wrong")


async def _take(request: Request, receipts: list[Receipt]) -> None:
    house = request.app.state.house
    now = house.clock.now()
    await house.writer.ask_all(house.receipts.take, [Report(receipt, now) for receipt in receipts])
