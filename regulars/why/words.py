"""How does a marketer read it? Values, instants on the customer's clock, events and rules, as parts of sentences."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from regulars.engine import calendar
from regulars.journeys.channels import TRAITS_OF
from regulars.journeys.model import Channel
from regulars.why.answer import Reason
from regulars.why.kinds import Kind
from regulars.why.record import Record

Row = Mapping[str, Any]
_ISO = 19  # characters of an instant to the second
_FORM = "%a %-d %b %Y, %H:%M"
_CALLED: dict[Channel, str] = {"email": "e-mail", "sms": "text", "whatsapp": "WhatsApp message"}
# What stands in `seen` beside the values of a condition.
_OURS = frozenset(
    {
        *(
            "event",
            "rules",
            "empty",
            "until",
            "by",
            "from",
            "holdout",
            "lot",
            "share",
            "in_time",
            "last_entered",
            "key",
        ),
        *("zone", "quiet_hours", "law", "cap", "due", "held_by", "expired", "state", "audience", "segment"),
    }
)


def called(channel: Channel) -> str:
    """ "e-mail", "text"."""
    return _CALLED[channel]


def when(instant: datetime | str, zone: str) -> str:
    """ "Tue 10 Mar 2026, 16:00" by the clock of `zone`."""
    found = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    return calendar.local(found, zone).to_stdlib().strftime(_FORM)


def name_of(customer: Row) -> str:
    """What to call somebody: by name, else as they can be reached, else by id."""
    names = " ".join(part for part in (customer["first_name"], customer["last_name"]) if part)
    return names or customer["email"] or customer["phone"] or customer["id"]


def share(of_ten_thousand: int) -> str:
    """ "10%", "2.5%"."""
    return f"{of_ten_thousand / 100:g}%"


@dataclass(frozen=True, slots=True)
class Words:
    """Of one record."""

    record: Record

    def when(self, instant: datetime | str) -> str:
        """ "Tue 10 Mar 2026, 16:00" by the customer's clock."""
        return when(instant, self.record.place.zone)

    def value(self, value: Any) -> str:
        """A value that was seen: an instant on the customer's clock, what is missing as "nothing"."""
        if isinstance(value, datetime):
            return self.when(value)
        if isinstance(value, str) and len(value) > _ISO and value[10] == "T":
            try:
                return self.when(value)
            except ValueError:
                return value
        if value is None or value == "":
            return "nothing"
        if isinstance(value, bool):
            return "true" if value else "false"
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def values(self, seen: Row) -> str:
        """ "customer.orders was 2 and customer.phone was nothing"; empty where no value was looked at."""
        return " and ".join(f"{name} was {self.value(one)}" for name, one in seen.items() if name not in _OURS)

    def saw(self, seen: Row) -> str:
        """The same, as the end of a sentence: ": customer.orders was 2"."""
        told = self.values(seen)
        return f": {told}" if told else ""

    def rule(self, seen: Row, word: str) -> str:
        """ "`where` customer.orders == 1", in the words of the file; the word alone where that is not on record."""
        source = (seen.get("rules") or {}).get(word)
        return f"`{word}: {' '.join(source.split())}`" if source else f"`{word}`"

    def event(self, seen: Row) -> str:
        """ "Order Completed of Tue 10 Mar 2026, 16:00", of the event that a decision names; else empty."""
        row = self.record.events.get(str(seen.get("event")))
        return f"{row['name']} of {self.when(row['occurred_at'])}" if row else ""

    def message(self, send_key: str) -> tuple[str, str | None]:
        """A message of theirs in words, by its key: "the e-mail hello of welcome", and its id, where it is known."""
        row = next((one for one in self.record.messages if one["send_key"] == send_key), None)
        if row is None:
            return "another message", None
        return f"the {called(row['channel'])} {row['step']} of {row['journey']}", row["id"]

    def address(self, channel: Channel) -> str:
        """ "e-mail address", "phone number"."""
        return "e-mail address" if TRAITS_OF[channel].address == "email" else "phone number"


def reason(kind: Kind, row: Row, text: str, message: str | None = None) -> Reason:
    """A sentence about a decision."""
    return Reason(kind, row["decided_at"], text[:1].upper() + text[1:], row["seen"], message)
