"""How are steps read? Each with its id, its key and its own words; branches with what is known inside them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import cast

from regulars.journeys import step_values, values
from regulars.journeys.channels import CHANNELS
from regulars.journeys.fields import Fields, not_yet, peek, shown
from regulars.journeys.load_happening import ANY_SPAN, read_wait_for
from regulars.journeys.load_plain_steps import Beginning, read_plain
from regulars.journeys.load_wait_until import read_wait_until
from regulars.journeys.load_webhook import read_call
from regulars.journeys.mistakes import Findings
from regulars.journeys.model import STEP_KINDS, If, Leave, Repeat, Split, Step, StepKind, WaitFor, Way
from regulars.journeys.names import Scope, at_condition
from regulars.journeys.nearest import nearest
from regulars.journeys.reading import Reading
from regulars.journeys.step_names import StepNames
from regulars.journeys.yaml_source import MappingNode, Node, ScalarNode, SequenceNode

LATER = ("points", "tier")
_WHOLE = 10_000  # the shares of a split
_EVERY = ("id", "was", "if")
WORDS: dict[StepKind, tuple[str, ...]] = {
    **{channel: (channel, *_EVERY, "purpose", "topic", "valid_for") for channel in CHANNELS},
    "wait": ("wait", *_EVERY),
    "wait_until": ("wait_until", *_EVERY, "otherwise"),
    "wait_for": ("wait_for", *_EVERY, "then", "otherwise"),
    "if": ("if", "id", "was", "then", "else"),
    "split": ("split", *_EVERY),
    "repeat": ("repeat", *_EVERY, "steps"),
    "leave": ("leave", *_EVERY),
    "tag": ("tag", *_EVERY),
    "untag": ("untag", *_EVERY),
    "set": ("set", *_EVERY),
    "journey": ("journey", *_EVERY),
    "webhook": ("webhook", *_EVERY, "body", "valid_for"),
}
REPEAT_WORDS = ("times", "every", "until")
WAY_WORDS = ("share", "steps")
_LATER_WORDS: dict[StepKind, tuple[str, ...]] = dict.fromkeys(CHANNELS, ("coupon",))


class StepReader:
    """Reads the steps of one journey."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.names = StepNames()
        self._repeating = False

    def steps(self, node: Node, scope: Scope, owner: str, findings: Findings) -> tuple[Step, ...]:
        """A list of steps, each read with what is known before it. `findings` are those of the owner."""
        if not isinstance(node, SequenceNode) or not node.items:
            expected = f"{owner}: expected a list of steps like '- wait: 1 day'"
            findings.add(node, f"{expected}, found {_none(node)}")
            return ()
        found: list[Step] = []
        for number, item in enumerate(node.items, 1):
            if found and isinstance(found[-1], Leave) and found[-1].condition is None:
                message = "no step after this 'leave' is ever reached: it goes last, or has an 'if' beside it"
                findings.add(item, message, "step-after-leave")
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
        owner, later = f"a step {kind!r}", _LATER_WORDS.get(kind, ())
        fields = Fields(node, reading.findings, owner, WORDS[kind], later=later, reported=STEP_KINDS)
        for second in _deeds(node)[1:]:
            reading.findings.add(second, f"{second.value!r} begins a step of its own: write '- {second.value}: ...'")
        key = self.names.key_of(fields, step_id)
        if kind == "if":
            return self._if(fields, step_id, key, reading, scope)
        condition = fields.read("if", reading.condition(at_condition(scope)))
        match kind:
            case "wait_for":
                return self._wait_for(fields, step_id, key, reading, scope, condition)
            case "wait_until":
                waiting = read_wait_until(fields, reading, scope, Beginning(step_id, key, condition))
                return replace(waiting, otherwise=self._branch(fields, "otherwise", scope, reading))
            case "repeat":
                return self._repeat(fields, reading, scope, Beginning(step_id, key, condition))
            case "webhook":
                return read_call(fields, reading, scope, Beginning(step_id, key, condition))
            case "split":
                ways = self._ways(fields, reading, scope)
                return Split("split", step_id, key, ways, condition)
            case _:
                return read_plain(kind, fields, reading, scope, Beginning(step_id, key, condition))

    def _kind(self, node: Node, findings: Findings) -> StepKind | None:
        """Which kind of step it is: what it does, or `if` where that is all."""
        if not isinstance(node, MappingNode) or not node.pairs:
            findings.add(node, f"expected a step like 'wait: 1 day', found {_none(node)}{_with_colon(node)}")
            return None
        deeds = _deeds(node)
        if deeds:
            return cast(StepKind, deeds[0].value)
        for key, _ in node.pairs:
            if key.value in LATER:
                findings.add(key, not_yet(key.value), "unknown-word")
                return None
        first = next((key for key, _ in node.pairs if key.value not in _EVERY), node.pairs[0][0])
        close = nearest(first.value, (*STEP_KINDS, *LATER)) or f": expected one of {', '.join(STEP_KINDS)}"
        findings.add(first, f"there is no step {first.value!r}{close}", "unknown-word")
        return None

    def _wait_for(
        self, fields: Fields, step_id: str, key: str, reading: Reading, scope: Scope, condition: str | None
    ) -> WaitFor:
        node = fields.node("wait_for")
        assert node is not None  # noqa: S101 -- it is what made it a wait_for
        happening, within = read_wait_for(node, reading, scope)
        waiting = WaitFor("wait_for", step_id, key, happening, within, condition=condition)
        then = self._branch(fields, "then", scope.into(waiting), reading)
        return replace(waiting, then=then, otherwise=self._branch(fields, "otherwise", scope, reading))

    def _if(self, fields: Fields, step_id: str, key: str, reading: Reading, scope: Scope) -> If:
        test = fields.require("if", reading.condition(at_condition(scope))) or ""
        if fields.node("then") is None and fields.node("else") is None:
            fields.blame("if", "'if' alone does nothing: it needs 'then' or 'else', or stands beside another step")
        then = self._branch(fields, "then", scope, reading)
        return If("if", step_id, key, test, then, self._branch(fields, "else", scope, reading))

    def _repeat(self, fields: Fields, reading: Reading, scope: Scope, begun: Beginning) -> Repeat:
        if self._repeating:
            fields.blame("repeat", "a 'repeat' inside of another is not read: let the inner steps follow each other")
        outer, self._repeating = self._repeating, True
        node = fields.need("steps")
        steps = self.steps(node, scope, "repeat", reading.findings) if node else ()
        self._repeating = outer
        below = fields.node("repeat")
        assert below is not None  # noqa: S101 -- it is what made it a repeat
        inner = Fields(below, reading.findings, "repeat", REPEAT_WORDS)
        times = inner.require("times", step_values.times) or 0
        every = inner.require("every", values.span) or ANY_SPAN
        until = inner.read("until", reading.condition(at_condition(scope.after_all(steps))))
        return Repeat("repeat", begun.id, begun.key, times, every, steps, until, begun.condition)

    def _branch(self, fields: Fields, word: str, scope: Scope, reading: Reading) -> tuple[Step, ...]:
        """The steps at `word`; none where it is absent."""
        node = fields.node(word)
        return self.steps(node, scope, word, reading.findings) if node else ()

    def _ways(self, fields: Fields, reading: Reading, scope: Scope) -> tuple[Way, ...]:
        """The ways of a split, by their names; two at least, and their shares make a whole."""
        node = fields.node("split")
        if not isinstance(node, MappingNode) or len(node.pairs) < 2:
            expected = "split: expected two ways or more, as gift: {share: 50%, steps: [...]}"
            fields.blame("split", f"{expected}, found {_none(node) if node else 'nothing'}")
            return ()
        ways: list[Way] = []
        for name, below in node.pairs:
            way = Fields(below, reading.findings, f"the way {name.value!r}", WAY_WORDS, place=name)
            share, steps = way.require("share", step_values.share), way.node("steps")
            values.identifier(name, reading.findings)
            walked = self.steps(steps, scope, f"the way {name.value!r}", reading.findings) if steps else ()
            ways.append(Way(name.value, share or 0, walked))
        whole = sum(way.share for way in ways)
        if whole != _WHOLE and all(way.share for way in ways):
            fields.blame("split", f"the shares of a split are 100% together, and these are {whole / 100:g}%")
        return tuple(ways)


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
