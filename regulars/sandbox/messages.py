"""What has the vendor accepted, and what became of it? The SQL of requests, messages, suppressions and books."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from regulars.clock import Clock
from regulars.sandbox import events
from regulars.sandbox.events import Event, StoredEvent

Channel = Literal["email", "sms", "whatsapp"]


def now_ms() -> int:
    """The vendor's clock: real time, whatever time the shop keeps. Milliseconds since 1970."""
    return int(Clock.real_now().timestamp() * 1000)


def instant(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one recipient. `message_id`: the product's own, as it can be echoed; `title`: subject or text.

    `detail`: what the vendor's answers and pages need, as JSON. `events`: what will happen to it; `if_suppressed`: what
    will instead where the recipient is suppressed, by the reason; None to refuse the request.
    """

    channel: Channel
    vendor_id: str
    message_id: str | None
    recipient: str
    sender: str
    title: str
    detail: dict[str, Any]
    events: tuple[Event, ...]
    if_suppressed: Callable[[str], tuple[Event, ...]] | None


@dataclass(frozen=True, slots=True)
class Stored:
    """A message as it is in the store, with all its events, also those still to come, oldest first."""

    id: int
    request_id: int
    channel: Channel
    vendor_id: str
    message_id: str | None
    recipient: str
    sender: str
    title: str
    accepted_at: int
    detail: dict[str, Any]
    events: tuple[StoredEvent, ...] = field(default=())

    def happened(self, now: int) -> tuple[StoredEvent, ...]:
        return tuple(event for event in self.events if event.happens_at <= now)


class SuppressedError(Exception):
    """The recipient has opted out, and the vendor refuses for that."""


def accept(connection: sqlite3.Connection, channel: Channel, body: bytes, messages: Sequence[Message], at: int) -> None:
    """Store one request and its messages. Raises SuppressedError, then nothing is stored."""
    (request_id,) = connection.execute(
        "INSERT INTO request (channel, received_at, body) VALUES (?, ?, ?) RETURNING id", (channel, at, body)
    ).fetchone()
    for message in messages:
        planned, reason = message.events, _suppression(connection, message)
        if reason is not None:
            if message.if_suppressed is None:
                raise SuppressedError
            planned = message.if_suppressed(reason)
        (row,) = connection.execute(
            "INSERT INTO message (request_id, channel, vendor_id, message_id, recipient, sender, title, accepted_at,"
            " detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (
                request_id, channel, message.vendor_id, message.message_id, message.recipient, message.sender,
                message.title, at, json.dumps(message.detail),
            ),
        ).fetchone()  # fmt: skip
        events.add(connection, row, planned)


def _suppression(connection: sqlite3.Connection, message: Message) -> str | None:
    """Why nothing goes to the recipient any more."""
    row = connection.execute(
        "SELECT reason FROM suppression WHERE channel = ? AND recipient = ? AND sender IN ('', ?)",
        (message.channel, message.recipient, message.sender),
    ).fetchone()
    return None if row is None else str(row["reason"])


def suppress(connection: sqlite3.Connection, channel: Channel, recipient: str, sender: str, reason: str) -> None:
    """Later messages are dropped or refused. `sender` is empty where it holds for the whole account."""
    connection.execute("INSERT OR REPLACE INTO suppression VALUES (?, ?, ?, ?)", (channel, recipient, sender, reason))


def release(connection: sqlite3.Connection, channel: Channel, recipient: str, sender: str) -> None:
    connection.execute(
        "DELETE FROM suppression WHERE channel = ? AND recipient = ? AND sender = ?", (channel, recipient, sender)
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which messages to list. `but`: of every channel but this. `recipient_like`: a part of it. Instants in
    milliseconds, both inclusive."""

    channel: Channel | None = None
    but: Channel | None = None
    recipient: str | None = None
    recipient_like: str | None = None
    sender: str | None = None
    title: str | None = None
    vendor_id: str | None = None
    since: int | None = None
    until: int | None = None

    def where(self) -> tuple[str, list[Any]]:
        tests: list[tuple[str, Any]] = [
            ("channel = ?", self.channel),
            ("channel <> ?", self.but),
            ("recipient = ?", self.recipient),
            ("recipient LIKE ? ESCAPE '\\'", _contains(self.recipient_like)),
            ("sender = ?", self.sender),
            ("title = ?", self.title),
            ("vendor_id = ?", self.vendor_id),
            ("accepted_at >= ?", self.since),
            ("accepted_at <= ?", self.until),
        ]
        asked = [(test, value) for test, value in tests if value is not None]
        return " AND ".join(test for test, _ in asked) or "1", [value for _, value in asked]


def _contains(part: str | None) -> str | None:
    if not part:
        return None
    escaped = part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def listed(connection: sqlite3.Connection, wanted: Wanted, limit: int, offset: int = 0) -> list[Stored]:
    where, values = wanted.where()
    rows = connection.execute(
        f"SELECT * FROM message WHERE {where} ORDER BY id DESC LIMIT ? OFFSET ?",
        [*values, limit, offset],
    ).fetchall()
    by_message = events.of(connection, [row["id"] for row in rows])
    return [_stored(row, by_message.get(row["id"], ())) for row in rows]


def counted(connection: sqlite3.Connection, wanted: Wanted) -> int:
    where, values = wanted.where()
    count: int = connection.execute(f"SELECT COUNT(*) FROM message WHERE {where}", values).fetchone()[0]
    return count


def one(connection: sqlite3.Connection, message: int) -> Stored | None:
    row = connection.execute("SELECT * FROM message WHERE id = ?", (message,)).fetchone()
    return None if row is None else _stored(row, events.of(connection, [message]).get(message, ()))


def number_of(connection: sqlite3.Connection, message_id: str) -> int | None:
    """Our number of the product's message, by the id that it gave it; the first, where it came twice."""
    row = connection.execute("SELECT MIN(id) AS id FROM message WHERE message_id = ?", (message_id,)).fetchone()
    return None if row["id"] is None else int(row["id"])


def heard_from(connection: sqlite3.Connection, recipient: str, sender: str, since: int) -> bool:
    """Has the recipient of our messages written to their sender since that instant?"""
    return bool(
        connection.execute(
            "SELECT 1 FROM message JOIN event ON event.message = message.id WHERE message.recipient = ?"
            " AND message.sender = ? AND event.kind = 'inbound' AND event.happens_at >= ? LIMIT 1",
            (recipient, sender, since),
        ).fetchone()
    )


def body_of(connection: sqlite3.Connection, stored: Stored) -> bytes:
    """The request's body, as it came."""
    body: bytes = connection.execute("SELECT body FROM request WHERE id = ?", (stored.request_id,)).fetchone()[0]
    return body


def _stored(row: sqlite3.Row, its_events: Sequence[StoredEvent]) -> Stored:
    return Stored(**{**dict(row), "detail": json.loads(row["detail"])}, events=tuple(its_events))


def books(connection: sqlite3.Connection, full: bool) -> dict[str, Any]:
    """How much was accepted, and how many of the product's message ids in more than one request.

    `full` lists each message id with the number of requests that carried it.
    """
    rows = connection.execute(
        "SELECT message_id, COUNT(DISTINCT request_id) AS times FROM message WHERE message_id IS NOT NULL"
        " GROUP BY message_id"
    ).fetchall()
    per_channel = dict(connection.execute("SELECT channel, COUNT(*) FROM message GROUP BY channel").fetchall())
    answer: dict[str, Any] = {
        "accepted": {"email": 0, "sms": 0, **per_channel},
        "duplicates": sum(row["times"] > 1 for row in rows),
    }
    if full:
        answer["messages"] = [{"message_id": row["message_id"], "accepted_count": row["times"]} for row in rows]
    return answer
