"""What is the least that a route can do to keep what it is sent? One INSERT and one COMMIT a request."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from fastapi import FastAPI, Request, Response
from sqlalchemy import Column, LargeBinary, MetaData, String, Table


def serve_bare(port: int, place: str, driver: str) -> None:
    """The bare route: one INSERT and one COMMIT a request, on one connection, in the route."""
    from regulars.web.__main__ import serve

    insert = through_core(place) if driver == "core" else through_sqlite3(place)
    app = FastAPI(openapi_url=None)

    async def receive(request: Request) -> Response:
        insert(request.headers["x-shopify-event-id"], await request.body())
        return Response(status_code=200)

    app.router.add_route("/webhooks/bare", receive, methods=["POST"])  # as the product's own, past FastAPI's reading
    serve(app, "127.0.0.1", port)


def through_core(place: str) -> Callable[[str, bytes], None]:
    """By SQLAlchemy Core, on one connection with the product's own pragmas."""
    from regulars.store.database import Database

    taken = Table(
        "taken", MetaData(), Column("id", String, primary_key=True), Column("body", LargeBinary, nullable=False)
    )
    connection = Database(f"sqlite:///{place}").engine.connect().execution_options(immediate=True)
    with connection.begin():
        taken.create(connection)

    def insert(identifier: str, body: bytes) -> None:
        with connection.begin():
            connection.execute(taken.insert(), {"id": identifier, "body": body})

    return insert


def through_sqlite3(place: str) -> Callable[[str, bytes], None]:
    """By the standard library's driver alone."""
    database = sqlite3.connect(place, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE taken (id TEXT PRIMARY KEY, body BLOB NOT NULL)")

    def insert(identifier: str, body: bytes) -> None:
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO taken VALUES (?, ?)", (identifier, body))
        database.execute("COMMIT")

    return insert
