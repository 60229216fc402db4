"""What can a journey wait for or start with? Happenings, and the dates and schedules that time brings about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from regulars.journeys.span import Span

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


@dataclass(frozen=True, slots=True)
class Happening:
    """An event that happens to a customer. `of`: only those about the message of that step. `about`: the property that
    it must carry and its value, as ("segment", "vip") of one who enters a segment."""

    event: str
    where: str | None = None
    of: str | None = None
    about: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class OnDate:
    """A day of the profile. `term`: the expression that tells it; `minus` or `plus` a span, `at` a time ("10:00")
    by the customer's clock. `yearly`: on every anniversary, not once."""

    kind: Literal["date"]
    term: str
    at: str | None = None
    minus: Span | None = None
    plus: Span | None = None
    yearly: bool = False


@dataclass(frozen=True, slots=True)
class OnSchedule:
    """By the house's clock `at` ("10:00"), on `days` of the week, or on the `day` (1-28) of each month; else daily."""

    kind: Literal["schedule"]
    at: str
    days: tuple[Weekday, ...] = ()
    day: int | None = None


@dataclass(frozen=True, slots=True)
class OnBroadcast:
    """Once, by the house's clock `at` ("2026-12-01T10:00")."""

    kind: Literal["broadcast"]
    at: str


@dataclass(frozen=True, slots=True)
class Start:
    """What lets a customer in. `key`: the event's property that lets runs stand side by side, each value once.

    `about`: as of a Happening. `to`: the event is the shop's, and lets in everybody of that segment. `on`: what makes
    the event come about, where time does.
    """

    event: str
    where: str | None = None
    key: str | None = None
    settle: Span | None = None
    again: Literal["never", "always"] | Span = "always"
    about: tuple[str, str] | None = None
    to: str | None = None
    on: OnDate | OnSchedule | OnBroadcast | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """What success is, counted until `within` after entry, even after the walk ended. `about`: as of a Happening."""

    event: str
    within: Span
    where: str | None = None
    stay: bool = False
    about: tuple[str, str] | None = None
