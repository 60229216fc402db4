"""Where does the shop's own code tell of events? `/webhooks/events`, signed by Standard Webhooks."""

from __future__ import annotations

import logging

from fastapi import HTTPException, Request, Response

from regulars.intake import standard_webhooks
from regulars.intake.body import read_json
from regulars.web.body import raw_body
from regulars.web.take import take

_LOG = logging.getLogger(__name__)


async def receive(request: Request) -> Response:
    """200 when it is on disk (or was before); 401 unsigned; 413 too large; 400 not JSON; 422 not of the shape."""
    house = request.app.state.house
    raw = await raw_body(request, house.config.body_limit)
    if not standard_webhooks.verify(raw, request.headers, house.config.secrets("events_webhook_secret")):
        _LOG.warning("events: 401, the signature is missing, wrong or old: is EVENTS_WEBHOOK_SECRET the sender's?")
        raise HTTPException(401, "the signature is missing, wrong or more than five minutes old")
    try:
        body = read_json(raw)
    except ValueError as error:
        raise HTTPException(400, str(error)) from None
    try:
        arrival = standard_webhooks.read(request.headers["webhook-id"], body, house.clock.now())
    except ValueError as error:
        _LOG.warning("events: 422, %s", error)
        raise HTTPException(422, str(error)) from None
    await take(house, [arrival])
    return Response(status_code=200)
