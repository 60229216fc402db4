"""How does one customer fare? What happened in plain words, where they are, what comes next, their last message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, select

from regulars.demo.people import Shopper
from regulars.demo.words import decided, happened
from regulars.desk import customer, timeline
from regulars.desk.customer import Card
from regulars.desk.timeline import Item
from regulars.desk.words import title
from regulars.journeys.model import Channel
from regulars.journeys.play import Play
from regulars.store.customers import Identity
from regulars.store.messages import MessageState
from regulars.store.shelf import Shelf
from regulars.store.statements import table
from regulars.why.answer import Case
from regulars.why.ask import Asked
from regulars.why.why import why

Row = Mapping[str, Any]
_MOST = 80  # things that happened
_WENT = frozenset({MessageState.accepted, MessageState.dispatching, MessageState.unknown})
_UNSENT = frozenset({MessageState.held, MessageState.claimed, MessageState.skipped})  # of these, decisions tell


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened. `text` says it; `seen`: the values that a decision saw; `message`: the id of the
    one that it is about; `row`: the message itself."""

    kind: Literal["event", "decision", "message", "stop"]
    at: datetime
    text: str
    seen: Mapping[str, Any]
    message: str | None = None
    row: Row | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A message of the channel asked about, sent or not, with what decided it. `title`: of its journey."""

    title: str
    case: Case


@dataclass(frozen=True, slots=True)
class Followed:
    """One of those whom the page follows. `card` is None until the shop knows them. `lines`: latest first. `latest`:
    the last message that went by each channel, latest first. `cases`: every message of the channel asked about."""

    shopper: Shopper
    card: Card | None = None
    lines: tuple[Line, ...] = ()
    latest: tuple[Row, ...] = ()
    cases: tuple[Told, ...] = ()


def follow(connection: Connection, shelf: Shelf, shopper: Shopper, asked: Channel, now: datetime) -> Followed:
    """As things stand at `now`. `asked`: of which channel to tell why there was no message."""
    of = table(Identity)
    named = select(of.c.customer_id).where(of.c.kind == "email", of.c.value == shopper.email)
    identifier = connection.execute(named).scalar()
    card = customer.read(connection, shelf, identifier) if identifier else None
    if card is None:
        return Followed(shopper)
    items = timeline.read(connection, card.row["id"], size=_MOST).items
    messages = {(one.row["enrollment_id"], one.row["step"]): one.row for one in items if one.kind == "message"}
    plays = {one.row["id"]: shelf.play(connection, one.row["journey"], one.row["version"]) for one in card.walks}
    shown = shelf.live(connection).plays
    lines = [line for item in items if (line := _line(item, messages, plays, shown)) is not None]
    latest: dict[str, Row] = {}
    for one in items:
        if one.kind == "message" and one.row["state"] in _WENT:
            latest.setdefault(one.row["channel"], one.row)
    cases = _cases(connection, shelf, card.row["id"], asked, now)
    return Followed(shopper, card, tuple(lines), tuple(latest.values()), cases)


def _cases(connection: Connection, shelf: Shelf, customer: str, asked: Channel, now: datetime) -> tuple[Told, ...]:
    found = why(connection, shelf, Asked(customer), now)
    ways = [(story.title, way) for story in found.stories for way in story.ways] if found else []
    return tuple(Told(title, case) for title, way in ways for case in way.cases if case.channel == asked)


def _line(
    item: Item, messages: Mapping[tuple[str, str], Row], plays: Mapping[str, Play], shown: Mapping[str, Play]
) -> Line | None:
    """None where it says nothing that another line does not say. `plays` by enrollment, `shown` by journey."""
    row = item.row
    match item.kind:
        case "event":
            text = happened(row)
            return Line("event", item.at, text, {}, row["message_id"]) if text else None
        case "message":
            if row["state"] in _UNSENT:
                return None
            return Line("message", item.at, row["subject"] or row["body"] or row["template"], {}, row["id"], row)
        case "decision":
            play = plays.get(row["enrollment_id"]) or shown.get(row["journey"])
            step = title(play, row["step"]) if play else row["step"]
            text, stops = decided(row, play.graph.title if play else row["journey"], step)
            about = messages.get((row["enrollment_id"], row["step"]))
            kind: Literal["decision", "stop"] = "stop" if stops else "decision"
            return Line(kind, item.at, text, row["seen"], about["id"] if about else None) if text else None
