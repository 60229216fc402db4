"""What is this address? A page for whoever opens it in a browser."""

from __future__ import annotations

from fastapi import APIRouter, Response

from regulars.web.pages import page

router = APIRouter()


@router.api_route("/", methods=["GET", "HEAD"])
async def start() -> Response:
    """What stands behind this address and where the rest is. It says nothing of the shop: customers can see it too."""
    return page("start.html")
