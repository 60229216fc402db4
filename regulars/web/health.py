"""Is this web process alive, and can it do its work?"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from regulars.store.journeys import Live
from regulars.store.statements import table

router = APIRouter()


@router.get("/healthz")
async def alive() -> Response:
    """204: the process answers."""
    return Response(status_code=204)


@router.get("/readyz")
async def ready(request: Request) -> Response:
    """204: the store answers and journeys are live. 503 otherwise."""
    house = request.app.state.house

    def look() -> bool:
        with house.database.read() as connection:
            return connection.execute(select(table(Live).c.revision)).first() is not None

    try:
        return Response(status_code=204 if await run_in_threadpool(look) else 503)
    except Exception:
        return Response(status_code=503)
