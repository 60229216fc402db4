"""Who may come to the desk? Somebody on this very machine, or whoever has the password; and what each answer says.

Without a password the desk is open only where nobody else can reach the house at all: PUBLIC_URL is on the loopback,
and so are the caller and the host that they called. A proxy on this machine is no neighbour: it brings others.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import ipaddress
import logging
import secrets
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from regulars.settings import Settings
from regulars.store.shelf import NothingLive
from regulars.web.desk_pages import STYLE, desk_page

_LOG = logging.getLogger(__name__)
_CHALLENGE = {"WWW-Authenticate": 'Basic realm="Regulars desk", charset="UTF-8"'}
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via", "cf-connecting-ip")
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src data:; frame-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
# A mail is somebody's HTML: its own styles and pictures, in a box of its own, and nothing that runs.
MAIL_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'self'"
)
# Mails that stand in frames of a page are bound by that page's policy too.
MAILS_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; frame-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}


class Guarded(APIRoute):
    """A route of the desk: the door before it, the headers after it, and errors as pages."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                enter(request, request.app.state.house.config)
                response = await handle(request)
            except HTTPException as error:
                response = await run_in_threadpool(desk_page, "wrong.html", error.status_code, why=error.detail)
                response.headers.update(error.headers or {})
            except NothingLive as error:
                response = await run_in_threadpool(desk_page, "wrong.html", 503, why=str(error))
            for name, value in _HEADERS.items():
                response.headers.setdefault(name, value)
            return response

        return guarded


def enter(request: Request, config: Settings) -> None:
    """Raises HTTPException: 401 without the right password, 403 where there is none and the caller is a stranger."""
    passwords = config.secrets("desk_password")
    if not passwords:
        if not _neighbour(request, config):
            raise HTTPException(403, "The desk is open on this machine alone, until DESK_PASSWORD is set.")
        return
    given = _password(request.headers.get("authorization", ""))
    # Every one is compared, whole and in the same time: how long it takes tells nothing.
    right = [secrets.compare_digest(given.encode(), password.encode()) for password in passwords]
    if not any(right):
        if given:
            _LOG.warning("desk: 401, a wrong password")
        raise HTTPException(401, "The desk asks for its password. Any name will do.", _CHALLENGE)


def _password(header: str) -> str:
    """The password of HTTP's Basic scheme (RFC 7617), empty where there is none."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""


def _neighbour(request: Request, config: Settings) -> bool:
    """Is it somebody on this machine, and nobody's proxy? A page elsewhere whose name was made to point here is not."""
    hosts = (
        urlsplit(config.public_url).hostname,
        request.client.host if request.client else None,
        urlsplit(f"//{request.headers.get('host', '')}").hostname,
    )
    return all(map(_loopback, hosts)) and not any(name in request.headers for name in _FORWARDED)


def _loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
