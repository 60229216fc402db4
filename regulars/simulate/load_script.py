"""What happens? events.yaml as a script, or every mistake in it, each with its line and the nearest right word."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from typing import Any

from regulars.delivery.receipt import ReceiptKind
from regulars.journeys import values
from regulars.journeys.channels import CHANNELS, Channel, is_channel
from regulars.journeys.events import kind_of, known_events
from regulars.journeys.fields import Fields, shown
from regulars.journeys.mistakes import Findings, Mistakes
from regulars.journeys.model import Journey, walk_steps
from regulars.journeys.nearest import instead
from regulars.journeys.yaml_source import Node, ScalarNode, SequenceNode, Spot, parse
from regulars.simulate.load_event import event_name, is_spoken, of_message, told
from regulars.simulate.load_profile import TRAITS, known_traits
from regulars.simulate.plain import CLOCK, items, mapping, moment
from regulars.simulate.scenario import Happens, Known, Reaction, Script, Spoken, What, When, Word
from regulars.simulate.shop import Shop

Row = dict[str, Any]
WORDS = ("from", "events")
WHEN = ("at", "after")
WHAT = ("event", "consent", "profile")
_LINE = (*WHEN, *WHAT, "of", "properties")
_TOP = Spot(1, 1)


@dataclass(frozen=True, slots=True)
class Wordbook:
    """The names that a script may say: of events, and of journeys with their messages' steps."""

    events: frozenset[str]
    of_shop: frozenset[str]
    journeys: dict[str, Journey]


def names_of(shop: Shop, learnt: Collection[str] = ()) -> Wordbook:
    """What the journeys of a shop know. `learnt`: the names of custom events that have come in."""
    plays = shop.shown.plays
    calling = {play.journey.start.event for play in plays.values() if play.journey.start.to is not None}
    events = known_events(learnt) | shop.shown.heard
    shops = frozenset(name for name in events if kind_of(name).shops) | calling
    return Wordbook(events, shops, {name: play.journey for name, play in plays.items()})


def script_of(text: str, file: str, book: Wordbook) -> Script:
    """The script that a text tells. Raises Mistakes, with every one."""
    findings = Findings(file)
    root = parse(text, findings)
    script = script_at(root, findings, book) if root is not None else Script()
    if findings.found:
        raise Mistakes(findings.found)
    return script


def script_at(root: Node, findings: Findings, book: Wordbook) -> Script:
    """The script that stands at a node: `from` and `events`, or the events alone. Mistakes go to `findings`."""
    if isinstance(root, SequenceNode):
        return Script(_lines(root, findings, book))
    fields = Fields(root, findings, "the script", WORDS)
    start, events = fields.read("from", moment), fields.node("events")
    lines = _lines(events, findings, book) if events is not None else ()
    return Script(lines, start)


def _lines(node: Node, findings: Findings, book: Wordbook) -> tuple[Happens, ...]:
    found = [_line(item, findings, book) for item in items(node, findings, "what happens")]
    return tuple(one for one in found if one is not None)


def _line(node: Node, findings: Findings, book: Wordbook) -> Happens | None:
    fields = Fields(node, findings, "what happens", _LINE)
    when, said = _when(fields), [word for word in WHAT if word in fields]
    if len(said) != 1:
        message = f"one of {', '.join(map(repr, WHAT))} says what happens"
        fields.blame(said[1], message) if said else fields.lack(f"what happens is not said: {message}")
        return None
    what = {"event": _event, "consent": _consent, "profile": _profile}[said[0]](fields, book)
    if said[0] != "event":
        for word in ("of", "properties"):
            if word in fields:
                fields.blame(word, f"{word!r} stands beside 'event'")
    return Happens(when, what, node.line) if what is not None else None


def _when(fields: Fields) -> When:
    """`at` an instant or the customer's clock; `after` a span; or a span and then the clock of that day."""
    after = fields.read("after", values.span)
    node = fields.node("at")
    if isinstance(node, ScalarNode) and CLOCK.fullmatch(node.value.strip()):
        return When(after=after, clock=node.value.strip())
    at = fields.read("at", moment)
    if at is not None and after is not None:
        fields.blame(
            "after", "beside an instant there is no 'after': a clock time, like \"10:00\", may stand beside it"
        )
    if "at" not in fields and "after" not in fields:
        fields.lack("when it happens is not said: 'at' an instant or a clock time, or 'after' a span")
    return When(at, after if at is None else None)


def _event(fields: Fields, book: Wordbook) -> What | None:
    name = fields.read("event", partial(event_name, book.events))
    properties = fields.read("properties", mapping) or {}
    if name is None:
        return None
    report = of_message(name)
    if report is not None:
        return _report(fields, book, name, *report, properties)
    if kind_of(name).about is not None:
        fields.blame("event", f"{name} comes about of itself, and is not told")
        return None
    if "of" in fields:
        fields.blame("of", f"{name} is about no message: 'of' names the step of one that was sent")
    place = fields.place_of("properties")
    return told(name, properties, fields.findings, place, of_shop=name in book.of_shop)


def _report(
    fields: Fields, book: Wordbook, name: str, channel: Channel, kind: ReceiptKind, properties: Row
) -> What | None:
    text, url = properties.get("text"), properties.get("url")
    for word in properties:
        if word not in ("text", "url"):
            fields.blame("properties", f"{name} tells no {word!r}: expected text or url")
    if "of" not in fields:
        if is_spoken(kind):
            return Spoken(kind, channel, str(text) if text is not None else None)
        fields.lack(f"{name} needs 'of': the step of the message, as welcome.hello")
        return None
    found = fields.read("of", partial(_step, book, channel))
    if found is None:
        return None
    journey, step = found
    return Reaction(kind, channel, step, journey, url=str(url) if url else None, text=str(text) if text else None)


def _step(book: Wordbook, channel: Channel, node: Node, findings: Findings) -> tuple[str | None, str] | None:
    """The step of a message of that channel: `journey.step`, or its own name where one journey has it."""
    written = values.text(node, findings)
    if written is None:
        return None
    sends = {
        f"{journey.id}.{step.id}": (journey.id, step.id)
        for journey in book.journeys.values()
        for step in walk_steps(journey.steps)
        if is_channel(step.kind) and step.kind == channel
    }
    if written in sends:
        return sends[written]
    alike = [pair for pair in sends.values() if pair[1] == written]
    if len(alike) == 1:
        return alike[0]
    if alike:
        several = " or ".join(f"{journey}.{step}" for journey, step in alike)
        findings.add(node, f"several journeys have a step {written!r}: write {several}")
        return None
    known = [*sends, *(step for _, step in sends.values())]
    findings.add(node, f"there is no {channel} step {shown(node)}{instead(written, known)}")
    return None


def _consent(fields: Fields, book: Wordbook) -> What | None:
    """`consent: {channel: email, given: false}`."""
    node = fields.node("consent")
    if node is None:
        return None
    inner = Fields(node, fields.findings, "consent", ("channel", "given"))
    channel, given = inner.require("channel", values.one_of(CHANNELS)), inner.require("given", values.boolean)
    return Word(channel, given) if channel is not None and given is not None else None


def _profile(fields: Fields, book: Wordbook) -> What | None:
    """What is new of the customer, by the words of a profile."""
    node = fields.node("profile")
    if node is None:
        return None
    said = known_traits(Fields(node, fields.findings, "the profile", TRAITS))
    return Known({name: value for name, value in said.items() if value is not None})
