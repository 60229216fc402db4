"""How are steps read? Each with its id, its key and its own words; branches with what is known inside them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal, cast

from regulars.journeys import values
from regulars.journeys.fields import Fields, not_yet, peek, shown
from regulars.journeys.load_happening import ANY_SPAN, read_wait_for
from regulars.journeys.mistakes import Findings
from regulars.journeys.model import STEP_KINDS, If, Send, Step, Wait, WaitFor, WaitUntil
from regulars.journeys.names import Scope, at_condition
from regulars.journeys.nearest import nearest
from regulars.journeys.reading import Reading
from regulars.journeys.step_names import StepNames
from regulars.journeys.yaml_source import MappingNode, Node, ScalarNode, SequenceNode

Kind = Literal["email", "sms", "wait", "wait_until", "wait_for", "if"]
LATER = ("webhook", "split", "points", "tier", "tag", "untag", "set", "journey", "repeat", "leave")
_EVERY = ("id", "was", "if")
_WORDS: dict[Kind, tuple[str, ...]] = {
    "email": ("email", *_EVERY, "purpose", "topic", "valid_for"),
    "sms": ("sms", *_EVERY, "purpose", "topic", "valid_for"),
    "wait": ("wait", *_EVERY),
    "wait_until": ("wait_until", *_EVERY),
    "wait_for": ("wait_for", *_EVERY, "then", "otherwise"),
    "if": ("if", "id", "was", "then", "else"),
}
_LATER_WORDS: dict[Kind, tuple[str, ...]] = {
    "email": ("coupon",),
    "sms": ("coupon",),
    "wait": (),
    "wait_until": ("otherwise",),
    "wait_for": (),
    "if": (),
}


class StepReader:
    """Reads the steps of one journey."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.names = StepNames()

    def steps(self, node: Node, scope: Scope, owner: str, findings: Findings) -> tuple[Step, ...]:
        """A list of steps, each read with what is known before it. `findings` are those of the owner."""
        if not isinstance(node, SequenceNode) or not node.items:
            expected = f"{owner}: expected a list of steps like '- wait: 1 day'"
            findings.add(node, f"{expected}, found {_none(node)}")
            return ()
        found: list[Step] = []
        for number, item in enumerate(node.items, 1):
            step = self._step(item, scope, str(number))
            if step is not None:
                found.append(step)
                scope = scope.after(step)
        return tuple(found)

    def _step(self, node: Node, scope: Scope, number: str) -> Step | None:
        named = peek(node, "id")
        known_as = named.value if isinstance(named, ScalarNode) else number
        kind = self._kind(node, self.reading.findings.of_step(known_as))
        if kind is None:
            return None
        step_id = self.names.id_of(node, kind, self.reading.findings)
        reading = self.reading.of_step(step_id)
        owner, later = f"a step {kind!r}", _LATER_WORDS[kind]
        fields = Fields(node, reading.findings, owner, _WORDS[kind], later=later, reported=STEP_KINDS)
        for second in _deeds(node)[1:]:
            reading.findings.add(second, f"{second.value!r} begins a step of its own: write '- {second.value}: ...'")
        key = self.names.key_of(fields, step_id)
        if kind == "if":
            return self._if(fields, step_id, key, reading, scope)
        condition = fields.read("if", reading.condition(at_condition(scope)))
        match kind:
            case "email" | "sms":
                return _send(fields, kind, step_id, key, reading, condition)
            case "wait":
                return Wait("wait", step_id, key, fields.require("wait", values.span) or ANY_SPAN, condition)
            case "wait_until":
                return _wait_until(fields, step_id, key, condition)
            case "wait_for":
                return self._wait_for(fields, step_id, key, reading, scope, condition)

    def _kind(self, node: Node, findings: Findings) -> Kind | None:
        """Which kind of step it is: what it does, or `if` where that is all."""
        if not isinstance(node, MappingNode) or not node.pairs:
            findings.add(node, f"expected a step like 'wait: 1 day', found {_none(node)}{_with_colon(node)}")
            return None
        deeds = _deeds(node)
        if deeds:
            return cast(Kind, deeds[0].value)
        for key, _ in node.pairs:
            if key.value in LATER:
                findings.add(key, not_yet(key.value))
                return None
        first = next((key for key, _ in node.pairs if key.value not in _EVERY), node.pairs[0][0])
        close = nearest(first.value, (*STEP_KINDS, *LATER)) or f": expected one of {', '.join(STEP_KINDS)}"
        findings.add(first, f"there is no step {first.value!r}{close}")
        return None

    def _wait_for(
        self, fields: Fields, step_id: str, key: str, reading: Reading, scope: Scope, condition: str | None
    ) -> WaitFor:
        node = fields.node("wait_for")
        assert node is not None  # noqa: S101 -- it is what made it a wait_for
        happening, within = read_wait_for(node, reading, scope)
        waiting = WaitFor("wait_for", step_id, key, happening, within, condition=condition)
        then, otherwise = fields.node("then"), fields.node("otherwise")
        return replace(
            waiting,
            then=self.steps(then, scope.into(waiting), "then", reading.findings) if then else (),
            otherwise=self.steps(otherwise, scope, "otherwise", reading.findings) if otherwise else (),
        )

    def _if(self, fields: Fields, step_id: str, key: str, reading: Reading, scope: Scope) -> If:
        test = fields.require("if", reading.condition(at_condition(scope))) or ""
        then, otherwise = fields.node("then"), fields.node("else")
        if then is None and otherwise is None:
            fields.blame("if", "'if' alone does nothing: it needs 'then' or 'else', or stands beside another step")
        return If(
            "if",
            step_id,
            key,
            test,
            then=self.steps(then, scope, "then", reading.findings) if then else (),
            otherwise=self.steps(otherwise, scope, "else", reading.findings) if otherwise else (),
        )


def _deeds(node: Node) -> list[ScalarNode]:
    """The words that begin a step; `if` is one where there is no other."""
    keys = [key for key, _ in node.pairs if key.value in STEP_KINDS] if isinstance(node, MappingNode) else []
    return [key for key in keys if key.value != "if"] or keys


def _with_colon(node: Node) -> str:
    """A step that lacks its ': ', as it is written."""
    words = re.fullmatch(r"(\w+)\s*[:\uff1a]?\s*(\S.*)", node.value) if isinstance(node, ScalarNode) else None
    if words is None or words.group(1) not in STEP_KINDS:
        return ""
    return f"; did you mean '{words.group(1)}: {words.group(2)}'?"


def _none(node: Node) -> str:
    empty = isinstance(node, SequenceNode) and not node.items
    return "an empty list" if empty else shown(node)


def _send(
    fields: Fields, kind: Literal["email", "sms"], step_id: str, key: str, reading: Reading, condition: str | None
) -> Send:
    return Send(
        kind,
        step_id,
        key,
        fields.require(kind, reading.template(kind)) or "",
        fields.read("purpose", values.one_of(("marketing", "service"))) or "marketing",
        fields.read("topic", values.identifier),
        fields.read("valid_for", values.span),
        condition,
    )


def _wait_until(fields: Fields, step_id: str, key: str, condition: str | None) -> WaitUntil:
    node = fields.node("wait_until")
    if isinstance(node, ScalarNode):
        return WaitUntil("wait_until", step_id, key, fields.read("wait_until", values.clock_time) or "", (), condition)
    assert node is not None  # noqa: S101 -- it is what made it a wait_until
    inner = Fields(node, fields.findings, "wait_until", ("at", "days"), later=("date", "best_hour"))
    at = inner.require("at", values.clock_time) or ""
    return WaitUntil("wait_until", step_id, key, at, inner.read("days", values.weekdays) or (), condition)
