"""Where do Shopify's webhooks come in? Verified on the raw bytes, written, answered."""

from __future__ import annotations

import logging

from fastapi import HTTPException, Request, Response

from regulars.intake import shopify, signatures
from regulars.intake.accept import Delivery
from regulars.intake.body import read_json
from regulars.web.body import raw_body

_LOG = logging.getLogger(__name__)


async def receive(request: Request) -> Response:
    """200 when it is on disk (or was before); 401 unsigned; 413 too large; 400 not JSON; 422 not of the topic's shape.

    https://shopify.dev/docs/apps/build/webhooks/subscribe/https
    """
    house = request.app.state.house
    raw = await raw_body(request, house.config.body_limit)
    headers = dict(request.headers)
    if not signatures.shopify(raw, headers, house.shopify_secrets):
        _LOG.warning("shopify: 401, the signature is missing or wrong: is SHOPIFY_WEBHOOK_SECRET the shop's?")
        raise HTTPException(401, "the signature is missing or wrong")
    try:
        body = read_json(raw)
    except ValueError as error:
        raise HTTPException(400, str(error)) from None
    topic, now = headers.get("x-shopify-topic", ""), house.clock.now()
    try:
        arrival = shopify.read(topic, headers, body, now)
    except shopify.UnknownTopic as error:
        _LOG.info("shopify: %s", error)
        return Response(status_code=200)  # an error would make Shopify retry, and at last drop the subscription
    except ValueError as error:
        _LOG.warning("shopify: 422, %s: %s", topic, error)
        raise HTTPException(422, str(error)) from None
    await house.writer.ask(house.intake.accept, Delivery(arrival, now))
    return Response(status_code=200)
