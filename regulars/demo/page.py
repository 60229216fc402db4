"""What does somebody see who opens the demo? One page on this machine, kept fresh, with a button that kills the worker.

Only this machine may look: the host that is asked for has to be the loopback's, so that no page elsewhere reads along
under a name made to point here. The button wants the page's own token, and a browser that says it comes from the page.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from regulars.demo.killing import Away, Killer
from regulars.demo.live import Live, Watcher
from regulars.demo.page_views import SCRIPT, STYLE, Links, digest, sections, whole
from regulars.demo.stage import Stage
from regulars.desk import message
from regulars.desk.rendering import Renderer
from regulars.store.database import Database
from regulars.web.desk_door import MAIL_POLICY

_LOOPBACK = frozenset({"127.0.0.1", "localhost"})
_MOST = 1_000  # bytes of a form


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src {_digest(STYLE)}; script-src {_digest(SCRIPT)}; connect-src 'self';"
        " img-src data:; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",  # with none at all, a form posts without its origin
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Booth:
    """What the page shows, and what it may do. `token`: the button's, of this process alone."""

    stage: Stage
    watcher: Watcher
    killer: Killer
    database: Database
    links: Links
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))


def create_app(booth: Booth) -> FastAPI:
    """The page's own web application."""
    app = FastAPI(title="Regulars demo", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_until(booth))
    app.state.booth = booth
    app.middleware("http")(_guarded)
    app.add_api_route("/", _to_page, methods=["GET"])
    app.add_api_route("/demo", _page, methods=["GET"])
    app.add_api_route("/demo/live", _live, methods=["GET"])
    app.add_api_route("/demo/mail/{identifier}", _mail, methods=["GET"])
    app.add_api_route("/demo/kill", _kill, methods=["POST"])
    return app


def _until(booth: Booth) -> Callable[[FastAPI], contextlib.AbstractAsyncContextManager[None]]:
    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await booth.killer.close()

    return lifespan


async def _guarded(request: Request, handle: Callable[[Request], Awaitable[Response]]) -> Response:
    """403 to whoever asks for another host than this machine."""
    if urlsplit(f"//{request.headers.get('host', '')}").hostname not in _LOOPBACK:
        return PlainTextResponse("The demo is shown on this machine alone.", 403)
    response = await handle(request)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _booth(request: Request) -> Booth:
    found: Booth = request.app.state.booth
    return found


async def _shown(booth: Booth) -> tuple[Live, dict[str, str]]:
    live = await booth.watcher.look()
    return live, sections(booth.stage, live, booth.killer, booth.links)


async def _to_page() -> Response:
    return RedirectResponse("/demo")


async def _page(request: Request) -> Response:
    """The whole page. Without JavaScript it loads itself again every few seconds."""
    booth = _booth(request)
    _, parts = await _shown(booth)
    return HTMLResponse(whole(booth.stage, parts, booth.links, booth.token))


async def _live(request: Request) -> Response:
    """`figures` for whoever reads, `sections` for the page: its parts' HTML by id."""
    booth = _booth(request)
    live, parts = await _shown(booth)
    told = {name: {"of": digest(html), "html": html} for name, html in parts.items()}
    return JSONResponse({"figures": _figures(booth, live), "sections": told})


def _figures(booth: Booth, live: Live) -> dict[str, Any]:
    account, kills = live.account, booth.killer.kills
    return {
        "phase": booth.stage.phase,
        "day": booth.stage.day,
        "sent": live.sum("email") + live.sum("sms"),
        "duplicates": account.books.duplicates if account else None,
        "lost": account.books.lost if account else None,
        "kills": [{"pid": one.pid, "on_the_wire": one.on_the_wire, "back_after": one.back_after} for one in kills],
        "away": booth.killer.away,
    }


async def _mail(request: Request, identifier: str) -> Response:
    """A mail of one of the followed on its own, for the frame on the page. 404 where there is nothing to show."""
    booth = _booth(request)
    html = await run_in_threadpool(_rendered, booth, identifier)
    if not html:
        raise HTTPException(404, "There is no such mail.")
    policy = MAIL_POLICY.replace("img-src https: data:", "img-src data:")  # nothing is fetched from anywhere
    return HTMLResponse(html, headers={"Content-Security-Policy": policy})


def _rendered(booth: Booth, identifier: str) -> str:
    with booth.database.read() as connection:
        found = message.read(connection, booth.watcher.shelf, identifier)
        if found is None or found.row["channel"] != "email":
            return ""
        return Renderer(booth.database, booth.watcher.shelf, booth.links.shop).render(connection, found).html


async def _kill(request: Request) -> Response:
    """303 back to the page, or 204 to its script, whether there was a worker to kill or it is still on its way back.
    403 to anybody else."""
    booth = _booth(request)
    raw = bytearray()
    async for piece in request.stream():
        raw += piece
        if len(raw) > _MOST:
            raise HTTPException(413, "That is no button.")
    given = (parse_qs(raw.decode(errors="replace"), max_num_fields=5).get("token") or [""])[0]
    ours = request.headers.get("origin") == f"http://{request.headers['host']}"
    if not ours or not secrets.compare_digest(given.encode(), booth.token.encode()):
        raise HTTPException(403, "Only the button on the page may do that.")
    with contextlib.suppress(Away):
        await booth.killer.kill()
    wants_page = "text/html" in request.headers.get("accept", "")
    return RedirectResponse("/demo", 303) if wants_page else Response(status_code=204)
