"""What can a journey say? Its words as plain values; expressions are kept as their source text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from regulars.journeys.call import Call
from regulars.journeys.channels import CHANNELS as CHANNELS
from regulars.journeys.channels import Channel as Channel
from regulars.journeys.happening import Goal, Happening, Start, Weekday
from regulars.journeys.span import Span

TRAITS = "traits."  # what begins the name of a field of the shop's own
Purpose = Literal["marketing", "service"]
EVERYONE = "everyone"  # the audience that is no segment
Priority = Literal["high", "normal", "low"]
PRIORITIES: tuple[Priority, ...] = get_args(Priority)


@dataclass(frozen=True, slots=True)
class Send:
    """A message. `template` is `journey/name`, found below templates/<channel>/."""

    kind: Channel
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
    """Until the customer's next local clock time `at` ("10:00"), on one of `days` (all when empty).

    `date`: until the date or instant that the expression is worth, `minus` or `plus` a span, at `at` of that day; where
    it is missing or past the walk takes `otherwise`, or leaves. `best_hour`: until the hour at which the customer reads
    that channel; `at` for those of whom too little is known.
    """

    kind: Literal["wait_until"]
    id: str
    key: str
    at: str | None
    days: tuple[Weekday, ...] = ()
    condition: str | None = None
    date: str | None = None
    minus: Span | None = None
    plus: Span | None = None
    best_hour: Literal["email"] | None = None
    otherwise: tuple[Step, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Way:
    """One way of a split. `share`: how many of ten thousand customers take it."""

    name: str
    share: int
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """Who takes which way is drawn once for each customer and stays so. Shares sum to ten thousand."""

    kind: Literal["split"]
    id: str
    key: str
    ways: tuple[Way, ...]
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    """Out of the journey, here and now. `reason`: in the marketer's words, kept with the enrollment."""

    kind: Literal["leave"]
    id: str
    key: str
    reason: str
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Tag:
    """`tag` gives the customer tags, `untag` takes them away, whoever gave them."""

    kind: Literal["tag", "untag"]
    id: str
    key: str
    tags: tuple[str, ...]
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One field of the profile: its name (`first_name`, `traits.colour`), and what it becomes: `value`, or what the
    expression `term` is worth."""

    name: str
    value: str | int | float | bool | None = None
    term: str | None = None


@dataclass(frozen=True, slots=True)
class Set:
    kind: Literal["set"]
    id: str
    key: str
    changes: tuple[Change, ...]
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """`steps` up to `times` rounds. A round begins `every` so long after the one before began, unless `until` holds."""

    kind: Literal["repeat"]
    id: str
    key: str
    times: int
    every: Span
    steps: tuple[Step, ...]
    until: str | None = None
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Begin:
    """Start another journey beside this one."""

    kind: Literal["journey"]
    id: str
    key: str
    journey: str
    condition: str | None = None


Step = Send | Wait | WaitUntil | WaitFor | If | Split | Leave | Tag | Set | Repeat | Begin | Call
StepKind = Literal[
    Channel,
    "webhook",
    "wait",
    "wait_until",
    "wait_for",
    "if",
    "split",
    "leave",
    "tag",
    "untag",
    "set",
    "repeat",
    "journey",
]
STEP_KINDS: tuple[StepKind, ...] = get_args(StepKind)


@dataclass(frozen=True, slots=True)
class Journey:
    """One journey. `id` is its name in the file. `holdout`: how many of ten thousand customers get none of it."""

    id: str
    title: str
    start: Start
    steps: tuple[Step, ...]
    goal: Goal | None = None
    leave: tuple[Happening, ...] = ()
    while_: str | None = None
    priority: Priority = "normal"
    holdout: int = 0

    @property
    def has_service(self) -> bool:
        """Is any of its messages a service message?"""
        return any(isinstance(step, Send) and step.purpose == "service" for step in walk_steps(self.steps))


@dataclass(frozen=True, slots=True)
class Market:
    """What differs by where the customer is. `country` is ISO 3166 alpha-2."""

    country: str
    timezone: str | None = None
    locale: str | None = None
    currency: str | None = None
    senders: dict[Channel, str] = field(default_factory=dict)


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
class Segment:
    """Customers who have something in common. `where`: the condition that holds of each."""

    id: str
    title: str
    where: str


@dataclass(frozen=True, slots=True)
class House:
    """Rules for every journey. `senders`: who writes, in a mail as "Name <address>". `website`: the shop's own address.
    `holdout`: how many of ten thousand customers get no marketing at all. `segments` by id."""

    timezone: str
    locale: str
    currency: str
    name: str
    postal_address: str
    senders: dict[Channel, str]
    reply_to: str | None = None
    website: str | None = None
    markets: dict[str, Market] = field(default_factory=dict)
    quiet_hours: dict[Channel, QuietHours] = field(default_factory=dict)
    caps: dict[Channel, Cap] = field(default_factory=dict)
    valid_for: dict[Channel, Span] = field(default_factory=dict)
    holdout: int = 0
    segments: dict[str, Segment] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Book:
    """Everything the marketer wrote: the house and its journeys by id."""

    house: House
    journeys: dict[str, Journey]


def branches(step: Step) -> tuple[tuple[Step, ...], ...]:
    """The lists of steps inside a step, in reading order; none inside of most."""
    match step:
        case WaitFor() | If():
            return step.then, step.otherwise
        case WaitUntil(otherwise=otherwise) if otherwise:
            return (otherwise,)
        case Split():
            return tuple(way.steps for way in step.ways)
        case Repeat():
            return (step.steps,)
        case _:
            return ()


def walk_steps(steps: tuple[Step, ...]) -> list[Step]:
    """All steps in reading order, those inside branches after their branch."""
    found: list[Step] = []
    for step in steps:
        found += [step, *(inner for branch in branches(step) for inner in walk_steps(branch))]
    return found
