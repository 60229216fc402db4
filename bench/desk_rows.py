"""What stands in a large shop's database? Customers with a past, in the journeys and templates as shipped.

Each has five walks with what was decided on them, ten events of their own and one for each mail that was opened, and an
even share of the messages. Of each walk there are who let them in and seeing what, a turn, and what held its messages
back; and once a walk somebody was not let in. A third is in a segment, and of each hundredth an event was refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from regulars.delivery import book as books
from regulars.journeys.graph import version_of
from regulars.journeys.model import Send, walk_steps
from regulars.store import shelf
from regulars.store.audiences import SegmentMember
from regulars.store.customers import Consent, Customer, Identity
from regulars.store.database import Database
from regulars.store.enrollments import Decision, Enrollment
from regulars.store.events import Event, Rejected
from regulars.store.messages import Message
from regulars.store.statements import add

ROOT = Path(__file__).resolve().parents[1]
BEGIN = datetime(2026, 1, 5, 12, tzinfo=UTC)
_BATCH, _WALKS, _EVENTS = 2_000, 5, 10  # customers a transaction; rows a customer
_ENDS = ("accepted",) * 17 + ("skipped", "skipped", "rejected")

_REFUSED = {"source": "segment", "reason": "an order needs its 'order_id'", "body": '{"event": "Order Completed"}'}


@dataclass(frozen=True)
class Step:
    """A message that a customer of the bench may have been sent."""

    journey: str
    version: str
    step: Send


def steps_of(database: Database) -> list[Step]:
    """Make the shipped journeys live; all their messages."""
    book, templates = books.read(ROOT / "journeys.yaml", ROOT / "templates")
    with database.write() as connection:
        shelf.apply(connection, book, BEGIN, templates.sources)
    return [
        Step(journey.id, version_of(journey), step)
        for journey in book.journeys.values()
        for step in walk_steps(journey.steps)
        if isinstance(step, Send)
    ]


def fill(database: Database, customers: int, messages: int, say: Callable[[str], None]) -> None:
    """Write the rows, a batch of customers a transaction."""
    steps, each = steps_of(database), max(1, messages // customers)
    for first in range(0, customers, _BATCH):
        rows: dict[Any, list[dict[str, Any]]] = {}
        for number in range(first, min(first + _BATCH, customers)):
            for model, row in _customer(number, steps, each):
                rows.setdefault(model, []).append(row)
        with database.write() as connection:
            for model in (Customer, Identity, Consent, Event, Enrollment, Message, Decision, SegmentMember, Rejected):
                add(connection, model, rows.get(model, []))
        say(f"\r{first + _BATCH:9,} customers")
    say("\n")
    if not database.is_sqlite:  # what a PostgreSQL does by itself, in time; nobody does it to a SQLite
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _customer(number: int, steps: list[Step], messages: int) -> Iterator[tuple[Any, dict[str, Any]]]:
    """All rows of one customer."""
    who, at = f"c{number:012d}", BEGIN + timedelta(seconds=number)
    email, phone = f"mei{number}@example.com", f"+1415{2_000_000 + number}"
    yield (
        Customer,
        {
            **{"id": who, "email": email, "phone": phone, "first_name": "Mei", "last_name": f"No {number}"},
            **{"locale": "en-US", "country": "US", "province": "CA", "timezone": "America/Los_Angeles"},
            **{"tags": [], "orders": 1, "spent_minor": 4000, "currency": "USD", "last_order_at": at},
            **{"asserted_at": at, "asserted": {}, "created_at": at},
        },
    )
    yield Identity, {"kind": "email", "value": email, "customer_id": who}
    yield Identity, {"kind": "shopify", "value": str(900_000 + number), "customer_id": who}
    yield (
        Consent,
        {
            **{"id": f"k{number:012d}", "customer_id": who, "channel": "email", "purpose": "marketing"},
            **{"granted": True, "source": "shopify", "address": email, "occurred_at": at, "recorded_at": at},
        },
    )
    if number % 3 == 0:
        yield SegmentMember, {"segment": ("vip", "dormant")[number % 2], "customer_id": who, "since": at}
    if number % 100 == 0:
        yield Rejected, {**_REFUSED, "id": f"{number:064x}", "received_at": at}
    for n in range(_EVENTS):
        then = at + timedelta(days=n)
        yield (
            Event,
            {
                **{"id": f"e{number:010d}{n:02d}", "name": ("Product Viewed", "Order Completed")[n % 2]},
                **{"customer_id": who, "message_id": f"m{number:010d}{n:02d}", "occurred_at": then},
                **{"received_at": then, "source": "shopify", "once": None},
                "properties": {"order_id": str(number), "total_minor": 4000, "currency": "USD"},
            },
        )
    for walk in range(_WALKS):
        yield from _walk(number, walk, at + timedelta(days=walk * 20), steps, messages // _WALKS)


def _walk(
    number: int, walk: int, at: datetime, steps: list[Step], messages: int
) -> Iterator[tuple[Any, dict[str, Any]]]:
    who, enrollment = f"c{number:012d}", f"w{number:010d}{walk:02d}"
    of = steps[(number + walk) % len(steps)]
    mine = [step for step in steps if step.journey == of.journey]
    is_open = walk == _WALKS - 1
    yield (
        Enrollment,
        {
            **{"id": enrollment, "party_id": enrollment, "journey": of.journey, "version": of.version},
            **{"customer_id": who, "key": enrollment, "state": "walking" if is_open else "closed", "visit": 1},
            **{
                "start_event_id": f"e{number:010d}00",
                "due_at": at,
                "entered_at": at,
                "step": mine[walk % len(mine)].step.id,
            },
            **{"phase": "waiting" if is_open else None, "wake_at": at + timedelta(days=2) if is_open else None},
            **{"goal_at": at if number % 7 == 0 else None, "leaving": None, "reason": None},
            "outcome": None if is_open else ("finished", "goal", "left")[number % 3],
            "closed_at": None if is_open else at,
        },
    )
    for n, decided in enumerate(_decided(number, of, enrollment, at)):
        own = {"id": f"d{number:08d}{walk:02d}{n:02d}", "decided_at": at, "customer_id": who, "journey": of.journey}
        yield Decision, {**own, **decided}
    for n in range(messages):
        sent, one = at + timedelta(days=n), mine[n % len(mine)]
        index = walk * messages + n
        if one.step.kind == "email" and index % 2 == 0:
            yield Event, _opened(number, index, who, sent + timedelta(hours=1))
        yield Message, _message(number, index, enrollment, who, one, sent, _ENDS[(number + index) % len(_ENDS)])


def _decided(number: int, of: Step, enrollment: str, at: datetime) -> Iterator[dict[str, Any]]:
    """What was decided on a walk, in its order."""
    start = {"event": f"e{number:010d}00", "customer.orders": 1, "rules": {"where": "customer.orders == 1"}}
    again = {**start, "customer.orders": 2}
    until = {"zone": "America/Los_Angeles", "until": (at + timedelta(hours=9)).isoformat()}
    turn = {"customer.phone": f"+1415{2_000_000 + number}", "rules": {"if": "customer.phone"}}
    capped = {"cap": "1 per 16 hours", "by": f"{enrollment}/{of.step.key}/0", **until}
    withdrawn = {"source": "shopify", "occurred_at": at.isoformat()}
    inside = {"enrollment_id": enrollment, "step": of.step.id}
    yield {"enrollment_id": enrollment, "step": None, "gate": "start", "verdict": "entered", "seen": start}
    yield {**inside, "step": "if_1", "gate": "if", "verdict": "then", "seen": turn}
    yield {**inside, "gate": "quiet hours", "verdict": "later: quiet hours", "seen": until}
    yield {**inside, "gate": "cap", "verdict": f"later: {of.step.kind} cap", "seen": capped}
    yield {**inside, "gate": "consent", "verdict": "skipped: consent withdrawn", "seen": withdrawn}
    yield {"enrollment_id": None, "step": None, "gate": "start", "verdict": "where does not hold", "seen": again}


def _opened(number: int, n: int, who: str, at: datetime) -> dict[str, Any]:
    return {
        **{"id": f"o{number:010d}{n:02d}", "name": "Email Opened", "customer_id": who, "source": "sendgrid"},
        **{"message_id": f"m{number:010d}{n:02d}", "occurred_at": at, "received_at": at, "once": None},
        "properties": {"message_id": f"m{number:010d}{n:02d}"},
    }


def _message(number: int, n: int, walk: str, who: str, of: Step, at: datetime, state: str) -> dict[str, Any]:
    accepted = at if state == "accepted" else None
    sms = of.step.kind == "sms"
    return {
        **{"id": f"m{number:010d}{n:02d}", "send_key": f"{walk}/{of.step.key}/{n}", "enrollment_id": walk},
        **{"customer_id": who, "journey": of.journey, "version": of.version, "step": of.step.id, "visit": n},
        **{
            "channel": of.step.kind,
            "purpose": "marketing",
            "priority": 1,
            "state": state,
            "reason": None,
            "code": None,
        },
        **{"owner": "run/1/1", "attempts": 1, "address": f"mei{number}@example.com", "template": of.step.template},
        **{"template_version": "0123456789ab", "locale": "en", "sender": "hello@mori.example", "segments": None},
        **{
            "subject": None if sms else "Your tea is waiting",
            "body": "Your tea is waiting. Stop: STOP" if sms else None,
        },
        **{"due_at": at, "ready_at": at, "held_until": None, "counted_at": accepted, "dispatched_at": accepted},
        **{"resolve_by": None, "resent_at": None, "accepted_at": accepted, "vendor_id": f"v{number:010d}{n:02d}"},
        **dict.fromkeys(("delivered_at", "opened_at", "clicked_at", "failed_at")),
    }
