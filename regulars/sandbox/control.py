"""How do tests and demos steer the sandbox, and read its books? Its own endpoints, which no vendor has."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from regulars.sandbox import messages
from regulars.sandbox.connection import json_of, read_body
from regulars.sandbox.faults import FaultError, Faults
from regulars.sandbox.store import Store

_LIMIT = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Control:
    store: Store
    faults: Faults

    def routes(self) -> list[Route]:
        return [
            Route("/healthz", self.health, methods=["GET"]),
            Route("/_sandbox/books", self.books, methods=["GET"]),
            Route("/_sandbox/faults", self.show, methods=["GET"]),
            Route("/_sandbox/faults", self.add, methods=["POST"]),
            Route("/_sandbox/faults", self.clear, methods=["DELETE"]),
        ]

    async def health(self, request: Request) -> Response:
        """200 once the store answers."""
        await self.store.read(lambda connection: connection.execute("SELECT 1").fetchone())
        return JSONResponse({"status": "ok"})

    async def books(self, request: Request) -> Response:
        full = request.query_params.get("full") == "1"
        return JSONResponse(await self.store.read(lambda connection: messages.books(connection, full)))

    async def show(self, request: Request) -> Response:
        return JSONResponse(self.faults.shown())

    async def add(self, request: Request) -> Response:
        try:
            self.faults.add(json_of(await read_body(request, _LIMIT) or b""))
        except FaultError as error:
            return JSONResponse({"error": str(error)}, 400)
        except ValueError:
            return JSONResponse({"error": "faults: a JSON list of rules was expected"}, 400)
        return JSONResponse(self.faults.shown())

    async def clear(self, request: Request) -> Response:
        self.faults.clear()
        return JSONResponse([])
