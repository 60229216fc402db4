"""What is wanted of delivery, and what comes of it? The values that travel between gate, ledger and courier."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from regulars.customers.context import Surroundings
from regulars.delivery.providers.base import Found, Outgoing, WireRequest
from regulars.delivery.rate import Slot
from regulars.journeys.channels import TRAITS_OF
from regulars.journeys.model import Channel, House, Priority, Purpose, Send
from regulars.journeys.play import Play
from regulars.store.messages import MessageState

Row = dict[str, Any]
RANK: dict[Priority, int] = {"high": 0, "normal": 1, "low": 2}


@dataclass(frozen=True, slots=True)
class Want:
    """One visit of a message's step. `owner`: run/activity/attempt; `due`: when it was free to go; `now`: shop time.

    `leaving`: nothing is to be sent any more; all that is wanted is to know what became of what the vendor may have.
    `send_key`: the one name of this message, whatever run or attempt asks for it.
    """

    enrollment: str
    journey: str
    version: str
    step: str
    key: str
    visit: int
    due: datetime
    owner: str
    now: datetime
    leaving: bool = False
    send_key: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "send_key", f"{self.enrollment}/{self.key}/{self.visit}")


@dataclass(frozen=True, slots=True)
class Case:
    """One want, with what the gates look at `now`. `message`: its row, where it was wanted before."""

    want: Want
    now: datetime
    play: Play
    send: Send
    house: House
    enrollment: Row
    customer: Row
    message: Row | None
    place: Surroundings
    names: Row

    @property
    def address(self) -> str | None:
        found: str | None = self.customer[TRAITS_OF[self.send.kind].address]
        return found

    @property
    def due(self) -> datetime:
        """When it was first wanted."""
        return self.message["due_at"] if self.message else self.want.due

    @property
    def expires(self) -> datetime | None:
        """When the message is stale, if ever: by its own `valid_for`, else by the house's."""
        valid = self.send.valid_for or self.house.valid_for.get(self.send.kind)
        return self.due + valid.elapsed if valid else None

    def again(self, enrollment: Row, now: datetime) -> Case:
        """The same, with its enrollment as it is a little later."""
        play, send, house, customer = self.play, self.send, self.house, self.customer
        return Case(self.want, now, play, send, house, enrollment, customer, self.message, self.place, self.names)


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that may go, claimed by `want.owner`. `attempts`: how often it was dispatched before.
    `last_word`: when the customer last wrote to us, on a channel where that says what we may write."""

    case: Case
    message_id: str
    address: str
    attempts: int
    last_word: datetime | None = None

    @property
    def want(self) -> Want:
        return self.case.want

    @property
    def send(self) -> Send:
        return self.case.send

    @property
    def channel(self) -> Channel:
        return self.case.send.kind

    def may_answer(self, now: datetime) -> bool:
        """May it be in words of our own, and not in those alone that the channel's owner approved?"""
        window = TRAITS_OF[self.channel].window
        return window is None or (self.last_word is not None and now < self.last_word + window)


@dataclass(frozen=True, slots=True)
class Fate:
    """A message of which an earlier attempt does not know what became: to be looked up before anything else.

    `attempts` names the dispatch that is in doubt: what is found out holds for this one alone. `over`: its walk is, or
    is about to be, and sends nothing again.
    """

    want: Want
    message_id: str
    channel: Channel
    address: str
    sender: str
    body: str
    zone: str
    dispatched_at: datetime
    resolve_by: datetime
    purpose: Purpose
    attempts: int
    customer: str
    template: str
    over: bool = False


@dataclass(frozen=True, slots=True)
class Composed:
    """A claim, rendered: what goes on the wire, and what the ledger keeps of it."""

    claim: Claim
    outgoing: Outgoing
    locale: str
    template_version: str
    segments: int | None
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A composed message on its way to the wire at `now`; unsettled after `resolve_by`, the step's policy decides.

    `slot`: the place on the vendor's line that it needs; None where it has one already.
    """

    composed: Composed
    request: WireRequest
    now: datetime
    resolve_by: datetime
    slot: Slot | None = None

    @property
    def claim(self) -> Claim:
        return self.composed.claim

    @property
    def attempt(self) -> int:
        """Which dispatch of this message it is: 1 for the first."""
        return self.composed.claim.attempts + 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is to be recorded of a claim. `attempt`: the dispatch it came of; None where it was never dispatched.

    `until`: when to ask again. `suppress`: the address is not to be written to again. `gate`: which one refused it.
    """

    claim: Claim
    attempt: int | None
    state: MessageState
    at: datetime
    vendor_id: str | None = None
    code: str | None = None
    reason: str | None = None
    until: datetime | None = None
    resolve_by: datetime | None = None
    suppress: bool = False
    gate: str | None = None


@dataclass(frozen=True, slots=True)
class Settling:
    """What was found out about a fate at `now`; unsettled it is asked again at `ask_again`."""

    fate: Fate
    found: Found
    now: datetime
    ask_again: datetime
