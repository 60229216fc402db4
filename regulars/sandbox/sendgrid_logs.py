"""What does a search of the email logs ask for? Its query language (docs: email-logs/filter-all-messages)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from regulars.sandbox.messages import Stored, Wanted, instant

_STATUS = {
    "processed": "processed", "dropped": "dropped", "deferred": "deferred", "bounce": "bounced",
    "delivered": "delivered", "open": "delivered", "click": "delivered",
}  # fmt: skip
_OPERATORS = {
    "sg_message_id": ("=",), "subject": ("=",), "to_email": ("=",), "reason": ("=",), "status": ("IN",),
    "categories": ("IN",), "sg_message_id_created_at": (">", "<", ">=", "<="),
}  # fmt: skip
_QUOTED = r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\""
_CONDITION = re.compile(
    rf"\s*(?P<field>\w+)\s*(?:(?P<in>IN)\s*\((?P<list>\s*(?:{_QUOTED})(?:\s*,\s*(?:{_QUOTED}))*\s*)\)"
    rf"|(?P<op>>=|<=|=|>|<)\s*(?P<time>TIMESTAMP\s+)?(?P<value>{_QUOTED}))\s*"
)
_AND = re.compile(r"AND(?=\s)")


class QueryError(ValueError):
    """A query that the vendor answers with 400."""


@dataclass(frozen=True, slots=True)
class Search:
    """`wanted`: what the store can tell; `status`, `categories`, `reason`: what only the messages' events can."""

    wanted: Wanted
    status: frozenset[str] | None
    categories: frozenset[str] | None
    reason: str | None

    @property
    def sifts(self) -> bool:
        """Whether `fits` can say no."""
        return (self.status, self.categories, self.reason) != (None, None, None)

    def fits(self, stored: Stored, now: int) -> bool:
        return (
            (self.status is None or status(stored, now) in self.status)
            and (self.categories is None or not self.categories.isdisjoint(stored.detail["categories"]))
            and (self.reason is None or reason(stored, now) == self.reason)
        )


EVERYTHING = Search(Wanted(channel="email"), None, None, None)


def parse(query: str) -> Search:
    """Conditions joined by AND, no nesting. Raises QueryError for anything else."""
    exact: dict[str, str] = {}
    listed: dict[str, frozenset[str]] = {}
    times: dict[str, int] = {}
    place = 0
    while place < len(query) or not place:
        found = _CONDITION.match(query, place)
        if found is None:
            raise QueryError(f"invalid query: a condition was expected at {query[place : place + 40]!r}")
        _condition(found, exact, listed, times)
        place = found.end()
        if place < len(query):
            joined = _AND.match(query, place)
            if joined is None:
                raise QueryError(f"invalid query: AND was expected at {query[place : place + 40]!r}")
            place = joined.end()
    wanted = Wanted(
        channel="email", recipient=exact.get("to_email"), title=exact.get("subject"),
        vendor_id=exact.get("sg_message_id"), since=times.get(">"), until=times.get("<"),
    )  # fmt: skip
    return Search(wanted, listed.get("status"), listed.get("categories"), exact.get("reason"))


def _condition(
    found: re.Match[str], exact: dict[str, str], listed: dict[str, frozenset[str]], times: dict[str, int]
) -> None:
    name, operator = found["field"], found["in"] or found["op"]
    if operator not in _OPERATORS.get(name, ()):
        raise QueryError(f"invalid query: {operator} is not allowed on {name}")
    if found["in"]:
        listed[name] = frozenset(_plain(each) for each in re.findall(_QUOTED, found["list"]))
    elif name == "sg_message_id_created_at":
        exclusive = 0 if operator.endswith("=") else 1
        at = _milliseconds(_plain(found["value"]))
        if operator.startswith(">"):
            times[">"] = max(times.get(">", 0), at + exclusive)
        else:
            times["<"] = min(times.get("<", 1 << 62), at - exclusive)
    elif found["time"]:
        raise QueryError(f"invalid query: {name} is not a time")
    else:
        exact[name] = _plain(found["value"])


def _plain(quoted: str) -> str:
    mark = quoted[0]
    return quoted[1:-1].replace(mark * 2, mark)


def _milliseconds(text: str) -> int:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise QueryError(f"invalid query: {text!r} is not an ISO 8601 time with its zone")
    return int(at.timestamp() * 1000)


def status(stored: Stored, now: int) -> str:
    """The vendor's summary of what has happened to a message."""
    told = [event for event in stored.happened(now) if event.name in _STATUS]
    if not told:
        return "processed"
    return "blocked" if told[-1].payload.get("type") == "blocked" else _STATUS[told[-1].name]


def reason(stored: Stored, now: int) -> str | None:
    said = [event.payload.get("reason") or event.payload.get("response") for event in stored.happened(now)]
    return next((text for text in reversed(said) if text), None)


def summary(stored: Stored, now: int) -> dict[str, Any]:
    """A message in the answer to a search."""
    answer = {
        "sg_message_id": stored.vendor_id,
        "from_email": stored.sender,
        "to_email": stored.recipient,
        "subject": stored.title,
        "status": status(stored, now),
        "sg_message_id_created_at": instant(stored.accepted_at)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z"),
    }
    said = reason(stored, now)
    return answer if said is None else {**answer, "reason": said}


def full(stored: Stored, now: int) -> dict[str, Any]:
    """A message in the answer to a look-up by its id, with its last hundred events, custom arguments not flattened."""
    answer: dict[str, Any] = {
        "sg_message_id": stored.vendor_id,
        "from_email": stored.sender,
        "to_email": stored.recipient,
        "subject": stored.title,
        "status": status(stored, now),
        "api_key_id": "sandbox",
        "client_ip": "127.0.0.1",
        "events": [event.payload for event in stored.happened(now)][-100:],
        "category": stored.detail["categories"],
        "custom_args": stored.detail["custom_args"],
    }
    more = {name: stored.detail[name] for name in ("template_id", "asm_group_id")}
    return answer | {name: value for name, value in more.items() if value is not None}
