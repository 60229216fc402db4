"""How is the sandbox told to misbehave? Rules that pick requests and say what goes wrong with them."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from regulars.sandbox.events import CallbackFault
from regulars.sandbox.messages import Channel

RequestFault = Literal["status", "rate_limit", "hang", "drop_before", "drop_after", "slow"]
Endpoint = Literal["send", "look_up"]

_KINDS = (*get_args(RequestFault), *get_args(CallbackFault))
_CHOICES = {"channel": (*get_args(Channel), "any"), "kind": _KINDS, "endpoint": ("send", "look_up", "any")}
_LONGEST = 3600.0


class FaultError(ValueError):
    """A rule that cannot be understood; the message names the place and what was expected."""


@dataclass(slots=True)
class Rule:
    """One thing that goes wrong. `left`: for how many requests or messages yet, None for ever.

    kind, for a request: `status` answers `status` with `body` (`accepted`: and takes the message all the same);
    `rate_limit` answers 429 with the vendor's headers, to try again after `seconds`; `hang` is silent for `seconds`,
    then closes, and takes nothing; `drop_before` reads the request and closes, and takes nothing; `drop_after` takes
    it and closes without an answer; `slow` takes it and answers after `seconds`.
    kind, for what is told of a message from its acceptance on: `callbacks_off` tells nothing, `duplicate_callbacks`
    tells each event twice, `shuffled_callbacks` tells them newest first once all have happened.
    `message_id` and `recipient` pick messages; without them a rule picks all.
    `endpoint`: the requests that send, the look-ups (which name no message), or any.
    """

    kind: str
    channel: str = "any"
    endpoint: str = "send"
    left: int | None = 1
    message_id: str | None = None
    recipient: str | None = None
    status: int = 500
    body: Any = None
    accepted: bool = False
    seconds: float = 1.0
    used: int = field(default=0)

    def picks(self, channel: Channel, endpoint: Endpoint, recipients: Collection[str], ids: Collection[str]) -> bool:
        return (
            self.left != 0
            and self.channel in ("any", channel)
            and self.endpoint in ("any", endpoint)
            and (self.message_id is None or self.message_id in ids)
            and (self.recipient is None or self.recipient.lower() in {each.lower() for each in recipients})
        )

    def use(self) -> None:
        self.used += 1
        if self.left is not None:
            self.left -= 1


class Faults:
    """The rules in force, first come first used. They live as long as the process."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def add(self, raw: object) -> None:
        """Put rules behind those there are: a JSON list of objects. Raises FaultError, then none is added."""
        if not isinstance(raw, list):
            raise FaultError(f"faults: a list of rules was expected, not {type(raw).__name__}")
        self._rules += [_rule(each, f"faults[{place}]") for place, each in enumerate(raw)]

    def clear(self) -> None:
        self._rules = []

    def shown(self) -> list[dict[str, Any]]:
        return [{**asdict(rule), "left": "forever" if rule.left is None else rule.left} for rule in self._rules]

    def for_request(
        self, channel: Channel, endpoint: Endpoint, recipients: Collection[str] = (), ids: Collection[str] = ()
    ) -> Rule | None:
        """The first rule that picks this request; using it counts."""
        for rule in self._rules:
            if rule.kind in get_args(RequestFault) and rule.picks(channel, endpoint, recipients, ids):
                rule.use()
                return rule
        return None

    def for_callbacks(self, channel: Channel, recipient: str, message_id: str | None) -> frozenset[CallbackFault]:
        """How what happens to this message is told; using a rule counts."""
        ids = () if message_id is None else (message_id,)
        found: set[CallbackFault] = set()
        for kind in get_args(CallbackFault):
            for rule in self._rules:
                if rule.kind == kind and rule.picks(channel, "send", (recipient,), ids):
                    rule.use()
                    found.add(kind)
                    break
        return frozenset(found)


def _rule(raw: object, place: str) -> Rule:
    if not isinstance(raw, dict):
        raise FaultError(f"{place}: an object was expected, not {type(raw).__name__}")
    known = ("kind", "channel", "endpoint", "times", "match", "status", "body", "accepted", "seconds")
    for name in raw:
        if name not in known:
            raise FaultError(f"{place}: {_unknown(str(name), known)}")
    if "kind" not in raw:
        raise FaultError(f"{place}: kind is missing; expected one of {', '.join(_KINDS)}")
    for name, choices in _CHOICES.items():
        if name in raw and raw[name] not in choices:
            raise FaultError(f"{place}.{name}: {_unknown(str(raw[name]), choices)}")
    rule = Rule(kind=raw["kind"], left=_times(raw.get("times", 1), place))
    rule.message_id, rule.recipient = _match(raw.get("match", "all"), place)
    rule.channel = raw.get("channel", rule.channel)
    rule.endpoint = raw.get("endpoint", rule.endpoint)
    rule.body = raw.get("body")
    rule.status = int(_number(raw, "status", rule.status, 200, 599, place))
    rule.seconds = _number(raw, "seconds", rule.seconds, 0, _LONGEST, place)
    rule.accepted = raw.get("accepted", False) is True
    return rule


def _times(raw: object, place: str) -> int | None:
    if raw == "forever":
        return None
    if isinstance(raw, int) and not isinstance(raw, bool) and raw > 0:
        return raw
    raise FaultError(f'{place}.times: a number from 1 up or "forever" was expected, not {raw!r}')


def _match(raw: object, place: str) -> tuple[str | None, str | None]:
    """The message id or the recipient that is meant, neither for all."""
    if raw == "all":
        return None, None
    if isinstance(raw, dict) and len(raw) == 1:
        ((name, value),) = raw.items()
        if name not in ("message_id", "recipient"):
            raise FaultError(f"{place}.match: {_unknown(str(name), ('message_id', 'recipient'))}")
        if isinstance(value, str):
            return (value, None) if name == "message_id" else (None, value)
    raise FaultError(f'{place}.match: "all", {{"message_id": ...}} or {{"recipient": ...}} was expected, not {raw!r}')


def _number(raw: Mapping[str, Any], name: str, default: float, low: float, high: float, place: str) -> float:
    value = raw.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise FaultError(f"{place}.{name}: a number from {low:g} to {high:g} was expected, not {value!r}")
    return float(value)


def _unknown(word: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"{word!r} is not known, expected one of {', '.join(known)}{hint}"
