"""What is in a journey's picture? A box for each step, rule and end, and the ways between them, without a place yet."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from regulars.draw import words
from regulars.journeys.graph import Node
from regulars.journeys.model import Journey, Split, StepKind, walk_steps
from regulars.journeys.play import Play

START, END = " start", " end"  # no step has a space in its id
GOAL, HOLDOUT, WHILE, LEAVE = " goal", " holdout", " while", " leave"  # of several to leave, " leave 2" and so on
BoxKind = StepKind | Literal["start", "end", "goal", "while", "holdout"]


@dataclass(frozen=True, slots=True)
class Note:
    """What is known of the people at a box. `here`: how many, in words, who rest there now; `link`: to them."""

    here: str = ""
    text: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """`word`: what it is, as the marketer writes it; `texts`: what it says, each a line or more."""

    id: str
    kind: BoxKind
    word: str
    texts: tuple[str, ...] = ()
    note: Note = Note()


@dataclass(frozen=True, slots=True)
class Way:
    """From a box to the next. `back`: up again, to the `repeat` that it is inside of."""

    source: str
    target: str
    label: str = ""
    back: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """`boxes`: start, steps and end in reading order, so that all ways but those back lead onwards. `rules`: the boxes
    of what holds wherever the customer is. `after`: where the ways out of a box meet again."""

    id: str
    title: str
    boxes: tuple[Box, ...]
    rules: tuple[Box, ...]
    ways: tuple[Way, ...]
    after: Mapping[str, str]

    def noted(self, notes: Mapping[str, Note]) -> Chart:
        """The same, with what is known of the people at its boxes."""

        def note(boxes: Iterable[Box]) -> tuple[Box, ...]:
            return tuple(replace(box, note=notes.get(box.id, box.note)) for box in boxes)

        return replace(self, boxes=note(self.boxes), rules=note(self.rules))


def chart_of(play: Play, house_holdout: int = 0) -> Chart:
    """The chart of one version. `house_holdout`: how many of ten thousand get no marketing of any journey."""
    journey, graph = play.journey, play.graph
    ways = [Way(START, graph.first or END)]
    for step in walk_steps(journey.steps):
        shares = {way.name: way.share for way in step.ways} if isinstance(step, Split) else {}
        ways += _ways_out(step.id, graph.nodes[step.id], shares)
    after = {START: graph.first or END, **{step: node.next or END for step, node in graph.nodes.items()}}
    boxes = [_box(START, "start", "start", words.of_start(journey.start))]
    boxes += [_box(step.id, step.kind, step.kind, words.of_step(step)) for step in walk_steps(journey.steps)]
    if any(way.target == END for way in ways):
        boxes.append(Box(END, "end", "the end"))
    rules = tuple(_rules(journey, house_holdout if play.sells else 0))
    return Chart(journey.id, _clean(journey.title), tuple(boxes), rules, tuple(ways), after)


def _ways_out(step: str, node: Node, shares: Mapping[str, int]) -> list[Way]:
    """Where a step leads. A `leave` ends where it stands; one with an `if` of its own that does not hold is passed."""
    after = node.next or END
    match node.kind:
        case "leave":
            found = []
        case "if":
            found = [Way(step, node.then or END, "then"), Way(step, node.otherwise or END, "else")]
        case "wait_for" if (node.then or END) != after or (node.otherwise or END) != after:
            found = [Way(step, node.then or END, "then"), Way(step, node.otherwise or END, "otherwise")]
        case "wait_until" if node.otherwise is not None:
            found = [Way(step, after), Way(step, node.otherwise, "otherwise")]
        case "split":
            named = (node.ways or {}).items()
            found = [Way(step, target or END, _clean(f"{name} {words.share(shares[name])}")) for name, target in named]
        case "repeat":
            found = [Way(step, after), Way(step, node.then or step, "a round", back=node.then in (step, None))]
        case _:
            found = [Way(step, after)]
    if node.asks and after not in (way.target for way in found):
        found.append(Way(step, after, "else"))
    return [replace(way, back=True) if node.loop == way.target else way for way in found]


def _rules(journey: Journey, house_holdout: int) -> Iterator[Box]:
    """What holds wherever the customer is."""
    if journey.goal is not None:
        yield _box(GOAL, "goal", "goal", words.of_goal(journey.goal))
    for number, happening in enumerate(journey.leave, 1):
        name = LEAVE if number == 1 else f"{LEAVE} {number}"
        yield _box(name, "leave", "leave", words.of_happening(happening))
    if journey.while_ is not None:
        yield _box(WHILE, "while", "while", [journey.while_])
    if journey.holdout or house_holdout:
        own = [words.share(journey.holdout)] if journey.holdout else []
        house = [f"{words.share(house_holdout)} of the house"] if house_holdout else []
        yield _box(HOLDOUT, "holdout", "holdout", own + house)


def _box(name: str, kind: BoxKind, word: str, texts: Iterable[str]) -> Box:
    return Box(name, kind, word, tuple(said for text in texts if (said := _clean(text))))


def _clean(text: str) -> str:
    """In one line, without what may stand in no XML document: controls, and halves of a pair."""
    told = "".join(" " if unicodedata.category(one) in ("Cc", "Cs", "Cn") else one for one in text)
    return " ".join(told.split())
