"""What is expected? The words below `expect` as expectations; an unknown step or word names the nearest right one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import TypeVar

from regulars.journeys import values
from regulars.journeys.channels import CHANNELS, is_channel
from regulars.journeys.fields import Fields, shown
from regulars.journeys.mistakes import Findings
from regulars.journeys.model import Journey, Send, walk_steps
from regulars.journeys.nearest import instead
from regulars.journeys.yaml_source import MappingNode, Node, ScalarNode
from regulars.scenarios.scenario import (
    HOWS,
    Ends,
    Enters,
    Expectation,
    Holds,
    Invariants,
    Local,
    NothingElse,
    Passes,
    Sends,
    SendsNot,
    StepName,
)
from regulars.simulate.plain import items

T = TypeVar("T")
WORDS = ("entered", "sent", "not_sent", "held", "passed", "not_passed", "ends", "nothing_else", "invariants")
GATES = (
    *("if", "holdout", "sender", "consent", "suppression", "staleness", "brake", "pause", "cap", "quiet hours"),
    *("content", "window", "while", "goal", "leave"),
)
_LOCAL = re.compile(r"(?:(\d{4}-\d{2}-\d{2})(?:[ T](?=\d)|$))?((?:[01]\d|2[0-3]):[0-5]\d)?")


class Expecting:
    """Reads what is expected of `journey`; steps of others are written `journey.step`."""

    def __init__(self, journeys: Mapping[str, Journey], journey: str) -> None:
        self._journeys, self._journey = journeys, journey

    def read(self, node: Node, findings: Findings) -> tuple[Expectation, ...]:
        """Everything below `expect`."""
        fields = Fields(node, findings, "expect", WORDS)
        found: list[Expectation | None] = [
            *self._list(fields, "sent", self._sends),
            *self._list(fields, "not_sent", self._sends_not),
            *self._list(fields, "held", self._holds),
            *self._list(fields, "passed", partial(self._passes, never=False)),
            *self._list(fields, "not_passed", partial(self._passes, never=True)),
        ]
        line = fields.place_of("entered").line
        times = fields.read("entered", values.parsed(_times))
        found += [Enters(line, times)] if times is not None else []
        found.append(fields.read("ends", self._ends))
        if fields.read("nothing_else", values.boolean):
            found.append(NothingElse(fields.place_of("nothing_else").line))
        if fields.read("invariants", values.one_of(("hold",))):
            found.append(Invariants(fields.place_of("invariants").line))
        if not any(word in fields for word in WORDS):
            fields.lack("nothing is expected: a scenario needs one word at least below 'expect'")
        return tuple(one for one in found if one is not None)

    def _list(self, fields: Fields, word: str, read: Callable[[Node, Findings], T | None]) -> Iterator[T | None]:
        node = fields.node(word)
        for item in items(node, fields.findings, "steps") if node is not None else ():
            yield read(item, fields.findings)

    def _sends(self, node: Node, findings: Findings) -> Sends | None:
        if isinstance(node, ScalarNode):
            step = self._step(node, findings, sends=True)
            return Sends(node.line, step) if step else None
        words = ("step", "channel", "at", "subject", "text", "locale")
        fields = Fields(node, findings, "a message", words)
        step = fields.require("step", partial(self._step, sends=True))
        if step is None:
            return None
        return Sends(
            node.line,
            step,
            fields.read("channel", values.one_of(CHANNELS)),
            fields.read("at", local),
            fields.read("subject", values.text),
            fields.read("text", values.text),
            fields.read("locale", values.locale),
        )

    def _sends_not(self, node: Node, findings: Findings) -> SendsNot | None:
        if isinstance(node, ScalarNode):
            step = self._step(node, findings, sends=True)
            return SendsNot(node.line, step) if step else None
        fields = Fields(node, findings, "a message that does not go", ("step", "gate", "reason"))
        step = fields.require("step", partial(self._step, sends=True))
        gate, reason = fields.read("gate", values.one_of(GATES)), fields.read("reason", values.text)
        return SendsNot(node.line, step, gate, reason) if step else None

    def _holds(self, node: Node, findings: Findings) -> Holds | None:
        if isinstance(node, ScalarNode):
            step = self._step(node, findings, sends=True)
            return Holds(node.line, step) if step else None
        fields = Fields(node, findings, "a message that is held back", ("step", "gate", "until"))
        step = fields.require("step", partial(self._step, sends=True))
        gate, until = fields.read("gate", values.one_of(GATES)), fields.read("until", local)
        return Holds(node.line, step, gate, until) if step else None

    def _passes(self, node: Node, findings: Findings, *, never: bool) -> Passes | None:
        step = self._step(node, findings)
        return Passes(node.line, step, never) if step else None

    def _ends(self, node: Node, findings: Findings) -> Ends | None:
        if not isinstance(node, MappingNode):
            how = values.one_of(HOWS)(node, findings)
            return Ends(node.line, how) if how else None
        fields = Fields(node, findings, "ends", ("how", "reason", "at", "step", "run"))
        how = fields.require("how", values.one_of(HOWS))
        reason, at = fields.read("reason", values.text), fields.read("at", local)
        step, run = fields.read("step", self._step), fields.read("run", values.parsed(_times))
        if how is None:
            return None
        for word, fitting in (("step", ("inside",)), ("at", ("goal", "left", "finished", "held out"))):
            if word in fields and how not in fitting:
                fields.blame(word, f"{word!r} stands beside 'how: {instead_of(fitting)}'")
        if "run" in fields and how == "never entered":
            fields.blame("run", "who never entered has no run")
        return Ends(node.line, how, reason, at, step, run)

    def _step(self, node: Node, findings: Findings, *, sends: bool = False) -> StepName | None:
        written = values.text(node, findings)
        if written is None:
            return None
        own = {
            (f"{journey.id}.{step.id}", journey.id, step.id)
            for journey in self._journeys.values()
            for step in walk_steps(journey.steps)
            if not sends or (isinstance(step, Send) and is_channel(step.kind))
        }
        known = {name: (journey, step) for name, journey, step in own}
        known |= {step: (journey, step) for _, journey, step in own if journey == self._journey}
        if written in known:
            return StepName(*known[written], written)
        what = "step that sends" if sends else "step"
        message = f"{self._journey} has no {what} {shown(node)}{instead(written, sorted(known))}"
        findings.add(node, message, "not-defined")
        return None


def local(node: Node, findings: Findings) -> Local | None:
    """A day, a clock time, or a day and a clock time."""
    written = values.text(node, findings)
    if written is None:
        return None
    match = _LOCAL.fullmatch(written)
    try:
        found = Local(date.fromisoformat(match[1]) if match[1] else None, match[2]) if match and written else None
    except ValueError:
        found = None
    if found is None:
        expected = 'expected the customer\'s clock like "09:45", a day like 2026-03-02, or both'
        findings.add(node, f"{expected}, found {shown(node)}")
    return found


def instead_of(words: tuple[str, ...]) -> str:
    return " or ".join(words)


def _times(written: str) -> int:
    if not written.isdecimal() or not 0 < int(written) < 1000:
        raise ValueError(f"expected a number from 1 on, found {written!r}")
    return int(written)
