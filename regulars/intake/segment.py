"""What did a Segment client tell us? One call's body, single or batch, as Arrivals and what had to be refused.

https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic_core import to_json

from regulars.customers.person import NEVER, ConsentFact, Person
from regulars.ids import new_id
from regulars.intake import traits
from regulars.intake.arrival import Arrival, Happened
from regulars.intake.ecommerce import Meaning, Told, meaning
from regulars.intake.rejects import Reject
from regulars.intake.segment_plain import MESSAGE_ID_BELOW, Batch, plain
from regulars.intake.shopify_part import Part

SOURCE = "segment"
MOST_EVENT_BYTES, MOST_EVENTS = 32 << 10, 2500
_SAID_OF = "segment traits"

Kind = Literal["track", "identify", "page", "screen", "group", "alias"]
Call = Kind | Literal["batch"]
# The paths of servers' libraries, and the one-letter ones of analytics.js.
CALLS: dict[str, Call] = {
    "track": "track",
    "identify": "identify",
    "page": "page",
    "screen": "screen",
    "group": "group",
    "alias": "alias",
    "batch": "batch",
    "import": "batch",
    "t": "track",
    "i": "identify",
    "p": "page",
    "s": "screen",
    "g": "group",
    "a": "alias",
    "b": "batch",
}


@dataclass(frozen=True, slots=True)
class Read:
    """A call's events, in its order: those that can be taken, and those that cannot."""

    arrivals: list[Arrival]
    rejects: list[Reject]


@dataclass(frozen=True, slots=True)
class _Call:
    """What all events of one call share. `kind`: of them all; None where each says its own."""

    kind: Kind | None
    sent_at: datetime | None
    context: dict[str, Any]
    received_at: datetime


def read(call: Call, body: Any, size: int, received_at: datetime) -> Read:
    """Read a call's `body` (JSON of `size` bytes), received at `received_at` (shop time).

    A batch with a bad event is good for the others. Raises ValueError for what is no call at all: no object, no list
    of events, too many of them.
    """
    if not isinstance(body, dict):
        raise ValueError("body: expected an object")
    events = body.get("batch") if call == "batch" else [body]
    if not isinstance(events, list):
        raise ValueError("batch: expected a list of events")
    if len(events) > MOST_EVENTS:
        raise ValueError(f"batch: expected at most {MOST_EVENTS} events, found {len(events)}")
    kind = None if call == "batch" else call
    shared = _Call(kind, _moment(body, "sentAt"), _object(body, "context"), received_at)
    batch = None if kind or shared.sent_at is None else Batch(SOURCE, shared.context, shared.sent_at, received_at)
    found, measured = Read([], []), size > MOST_EVENT_BYTES
    for index, event in enumerate(events):
        try:
            if measured and _is_too_large(event):
                raise ValueError(f"event: expected at most {MOST_EVENT_BYTES} bytes")
            found.arrivals.append((batch and plain(event, batch)) or _arrival(event, shared))
        except ValueError as wrong:
            found.rejects.append(Reject(SOURCE, index, str(wrong), event, received_at))
    return found


def _arrival(event: Any, call: _Call) -> Arrival:
    if not isinstance(event, dict):
        raise ValueError("event: expected an object")
    told, name = Part(event), call.kind or event.get("type")
    reader = _READERS.get(name) if isinstance(name, str) else None
    if reader is None:
        raise ValueError(f"type: expected one of {', '.join(_READERS)}")
    key, at = _message_id(told), _occurred_at(told, call)
    who, said, meant = reader(told, call, key, at)
    return Arrival(
        SOURCE, key, str(name), who, meant.events, said + meant.consents, meant.order, meant.refund, meant.about_order
    )


_Reading = tuple[Person | None, tuple[ConsentFact, ...], Meaning]


def _track(told: Part, call: _Call, key: str, at: datetime) -> _Reading:
    name = told.text("event")
    if name is None:
        raise ValueError("event: expected the name of what happened, found nothing")
    who = _person(told, call, at)
    return who, (), meaning(Told(SOURCE, name, key, at, told.part("properties"), who))


def _identify(told: Part, call: _Call, key: str, at: datetime) -> _Reading:
    """The one call whose traits say what somebody agreed to: those in a `context` are repeated with every event."""
    who = _person(told, call, at, _object(told.data, "traits"))
    return who, traits.consents(told.part("traits"), who, at, _SAID_OF), Meaning()


def _page(told: Part, call: _Call, key: str, at: datetime) -> _Reading:
    return _viewed("Page Viewed", told, call, at)


def _screen(told: Part, call: _Call, key: str, at: datetime) -> _Reading:
    return _viewed("Screen Viewed", told, call, at)


def _viewed(event: str, told: Part, call: _Call, at: datetime) -> _Reading:
    named = {name: told.text(name) for name in ("name", "category")}
    properties = told.part("properties").data | {name: value for name, value in named.items() if value is not None}
    return _person(told, call, at), (), Meaning((Happened(event, at, properties),))


def _group(told: Part, call: _Call, key: str, at: datetime) -> _Reading:
    """Its traits are the group's, of which nothing is kept."""
    told.known_id("groupId")
    return _person(told, call, at), (), Meaning()


def _alias(told: Part, call: _Call, key: str, at: datetime) -> _Reading:
    """`previousId`, a user's or a browser's, becomes another name of the user; of two users who are known apart it does
    not make one."""
    user, before = told.known_id("userId"), told.known_id("previousId")
    names = (("user", user), ("user", before), ("anonymous", before))
    return Person(names, NEVER), (), Meaning()


_READERS: dict[str, Callable[[Part, _Call, str, datetime], _Reading]] = {
    "track": _track,
    "identify": _identify,
    "page": _page,
    "screen": _screen,
    "group": _group,
    "alias": _alias,
}


def _person(told: Part, call: _Call, at: datetime, said: dict[str, Any] | None = None) -> Person:
    context = _object(told.data, "context") or call.context
    known = _object(context, "traits")
    if said:
        known = {**known, **said}
    user, anonymous = told.id("userId"), told.id("anonymousId")
    if user is None and anonymous is None:
        raise ValueError("userId: expected a userId or an anonymousId, found neither")
    who = traits.person(user, anonymous, known, context, at)
    assert who is not None  # noqa: S101 -- it has one of the two
    return who


def _message_id(told: Part) -> str:
    """What makes an event the same as one before. One that came without is another each time."""
    key = told.id("messageId")
    if key is not None and len(key) >= MESSAGE_ID_BELOW:
        raise ValueError(f"messageId: expected fewer than {MESSAGE_ID_BELOW} characters, found {len(key)}")
    return key or f"ours/{new_id()}"


def _occurred_at(told: Part, call: _Call) -> datetime:
    """When it happened by our clock: senders' clocks are off, by as much as their `sentAt` is off our receiving it."""
    said = told.moment("originalTimestamp") or told.moment("timestamp")
    sent_at = call.sent_at or _moment(told.data, "sentAt")
    if said is None:
        return call.received_at
    if sent_at is None:
        return min(said, call.received_at)
    try:
        return min(call.received_at - (sent_at - said), call.received_at)
    except OverflowError:
        raise ValueError("timestamp: expected a time that lies not ages from sentAt") from None


def _moment(told: dict[str, Any], name: str) -> datetime | None:
    """An instant; None also for what is none: it only corrects others."""
    value = told.get(name)
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        return moment.astimezone(UTC) if moment and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _object(told: dict[str, Any], name: str) -> dict[str, Any]:
    value = told.get(name)
    return value if isinstance(value, dict) else {}


def _is_too_large(event: Any) -> bool:
    return isinstance(event, dict) and len(to_json(event)) > MOST_EVENT_BYTES
