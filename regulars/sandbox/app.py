"""What stands in for both vendors on one machine? One ASGI app: their APIs, an inbox, and the strings to pull."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from regulars.sandbox import sendgrid_api, twilio_api
from regulars.sandbox.connection import Door
from regulars.sandbox.control import Control
from regulars.sandbox.faults import Faults
from regulars.sandbox.inbox import Inbox
from regulars.sandbox.sendgrid_api import SendGridApi
from regulars.sandbox.settings import SandboxSettings
from regulars.sandbox.signing import EventWebhookSigner
from regulars.sandbox.store import Store
from regulars.sandbox.teller import Teller
from regulars.sandbox.twilio_api import TwilioApi

__all__ = ["STORE_FILE", "SandboxSettings", "create_app"]

STORE_FILE = "vendor.sqlite"


def create_app(settings: SandboxSettings) -> ASGIApp:
    """The sandbox over `settings.data`, to run under uvicorn with its lifespan.

    One process at a time may own the folder. The signing key exists when this returns.
    """
    signer = EventWebhookSigner(settings.data)
    store = Store(settings.data / STORE_FILE)
    faults = Faults()
    teller = Teller(settings, store, signer)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await teller.start()
        try:
            yield
        finally:
            await teller.stop()
            store.close()

    routes = [
        *SendGridApi(settings, store, faults, teller).routes(),
        *TwilioApi(settings, store, faults, teller).routes(),
        *Inbox.over(settings, store, faults, teller).routes(),
        *Control(store, faults).routes(),
    ]
    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers={HTTPException: _refusal})
    app.router.redirect_slashes = False
    return Door(app, settings.allow_remote)


async def _refusal(request: Request, error: Exception) -> Response:
    """A path or method that nobody serves, in the words of whoever was meant."""
    if not isinstance(error, HTTPException):
        raise error
    if request.url.path.startswith("/v3/"):
        return sendgrid_api.refused(error.status_code)
    if request.url.path.startswith("/2010-04-01/"):
        return twilio_api.refused(error.status_code)
    return JSONResponse({"error": error.detail}, error.status_code, error.headers)
