"""How are steps read that hold no other steps? Messages, waits and what is done in one go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from regulars.journeys import step_values, values
from regulars.journeys.channels import Channel, is_channel
from regulars.journeys.fields import Fields
from regulars.journeys.load_happening import ANY_SPAN
from regulars.journeys.load_set import read_changes
from regulars.journeys.model import Begin, Leave, Send, Set, Step, Tag, Wait
from regulars.journeys.names import Scope
from regulars.journeys.reading import Reading

PlainKind = Literal[Channel, "wait", "leave", "tag", "untag", "set", "journey"]


@dataclass(frozen=True, slots=True)
class Beginning:
    """What every step has. `condition`: the `if` beside it."""

    id: str
    key: str
    condition: str | None


def read_plain(kind: PlainKind, fields: Fields, reading: Reading, scope: Scope, begun: Beginning) -> Step:
    """The step of that kind."""
    if is_channel(kind):
        return _send(kind, fields, reading, begun)
    match kind:
        case "wait":
            span = fields.require("wait", values.span) or ANY_SPAN
            return Wait("wait", begun.id, begun.key, span, begun.condition)
        case "leave":
            reason = fields.require("leave", step_values.reason) or ""
            return Leave("leave", begun.id, begun.key, reason, begun.condition)
        case "tag" | "untag":
            return Tag(kind, begun.id, begun.key, fields.require(kind, step_values.tags) or (), begun.condition)
        case "journey":
            journey = fields.require("journey", reading.other_journey) or ""
            return Begin("journey", begun.id, begun.key, journey, begun.condition)
        case "set":
            return Set("set", begun.id, begun.key, read_changes(fields, reading, scope), begun.condition)


def _send(kind: Channel, fields: Fields, reading: Reading, begun: Beginning) -> Send:
    return Send(
        kind,
        begun.id,
        begun.key,
        fields.require(kind, reading.template(kind)) or "",
        fields.read("purpose", values.one_of(("marketing", "service"))) or "marketing",
        fields.read("topic", values.identifier),
        fields.read("valid_for", values.span),
        begun.condition,
    )
