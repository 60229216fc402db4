"""What can a journey say? Its words as plain values; expressions are kept as their source text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from regulars.journeys.span import Span

Channel = Literal["email", "sms"]
CHANNELS: tuple[Channel, ...] = ("email", "sms")
Purpose = Literal["marketing", "service"]
Priority = Literal["high", "normal", "low"]
PRIORITIES: tuple[Priority, ...] = ("high", "normal", "low")
OnEdit = Literal["pin", "next_step", "now"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


@dataclass(frozen=True, slots=True)
class Happening:
    """An event that happens to a customer. `of`: only those about the message of that step."""

    event: str
    where: str | None = None
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """What lets a customer in. `key`: the event's property that lets runs stand side by side, each value once."""

    event: str
    where: str | None = None
    key: str | None = None
    settle: Span | None = None
    again: Literal["never", "always"] | Span = "always"


@dataclass(frozen=True, slots=True)
class Goal:
    """What success is, counted until `within` after entry, even after the walk ended."""

    event: str
    within: Span
    where: str | None = None
    stay: bool = False


@dataclass(frozen=True, slots=True)
class Send:
    """A message. `template` is `journey/name`, found below templates/<channel>/."""

    kind: Literal["email", "sms"]
    id: str
    key: str
    template: str
    purpose: Purpose = "marketing"
    topic: str | None = None
    valid_for: Span | None = None
    condition: str | None = None  # `if` beside it: false skips just this step


@dataclass(frozen=True, slots=True)
class Wait:
    kind: Literal["wait"]
    id: str
    key: str
    span: Span
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class WaitUntil:
    """Until the customer's next local clock time `at` ("10:00"), on one of `days` (all when empty)."""

    kind: Literal["wait_until"]
    id: str
    key: str
    at: str
    days: tuple[Weekday, ...] = ()
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class WaitFor:
    kind: Literal["wait_for"]
    id: str
    key: str
    happening: Happening
    within: Span
    then: tuple[Step, ...] = ()
    otherwise: tuple[Step, ...] = ()
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class If:
    kind: Literal["if"]
    id: str
    key: str
    test: str
    then: tuple[Step, ...] = ()
    otherwise: tuple[Step, ...] = ()  # written `else`
    condition: None = None


Step = Send | Wait | WaitUntil | WaitFor | If
STEP_KINDS: tuple[str, ...] = ("email", "sms", "wait", "wait_until", "wait_for", "if")


@dataclass(frozen=True, slots=True)
class Journey:
    """One journey. `id` is its name in the file."""

    id: str
    title: str
    start: Start
    steps: tuple[Step, ...]
    goal: Goal | None = None
    leave: tuple[Happening, ...] = ()
    while_: str | None = None
    priority: Priority = "normal"
    on_edit: OnEdit = "next_step"


@dataclass(frozen=True, slots=True)
class Market:
    """What differs by where the customer is. `country` is ISO 3166 alpha-2."""

    country: str
    timezone: str | None = None
    locale: str | None = None
    currency: str | None = None
    sms_from: str | None = None
    email_from: str | None = None


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `most` marketing messages in any rolling `per`."""

    most: int
    per: Span


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Local times of day, "HH:MM", between which nothing is sent; may pass midnight."""

    start: str
    end: str


@dataclass(frozen=True, slots=True)
class House:
    """Rules for every journey. `email_from` is "Name <address>"; `links` is the shop's own address for UTM links."""

    timezone: str
    locale: str
    currency: str
    name: str
    postal_address: str
    email_from: str
    sms_from: str
    reply_to: str | None = None
    website: str | None = None
    markets: dict[str, Market] = field(default_factory=dict)
    quiet_hours: dict[Channel, QuietHours] = field(default_factory=dict)
    caps: dict[Channel, Cap] = field(default_factory=dict)
    valid_for: dict[Channel, Span] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Book:
    """Everything the marketer wrote: the house and its journeys by id."""

    house: House
    journeys: dict[str, Journey]


def walk_steps(steps: tuple[Step, ...]) -> list[Step]:
    """All steps in reading order, those inside branches after their branch."""
    found: list[Step] = []
    for step in steps:
        found.append(step)
        if isinstance(step, WaitFor | If):
            found += walk_steps(step.then) + walk_steps(step.otherwise)
    return found
