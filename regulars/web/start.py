"""What is this address? A page for whoever opens it in a browser."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response

from regulars.settings import Settings
from regulars.web.pages import page

router = APIRouter()


@router.api_route("/", methods=["GET", "HEAD"])
async def start(request: Request) -> Response:
    """What stands behind this address and where the rest is. It says nothing of the shop: customers can see it too."""
    return page("start.html", inbox=_inbox(request.app.state.house.config))


def _inbox(config: Settings) -> str | None:
    """The sandbox's inbox, where one on this machine stands in for a vendor."""
    for vendor in (config.sendgrid_host, config.twilio_base_url):
        if urlsplit(vendor).hostname in ("127.0.0.1", "localhost"):
            return f"{vendor.rstrip('/')}/inbox"
    return None
