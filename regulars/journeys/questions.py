"""What may a condition ask about the past, and are its arguments right?"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from jinja2 import nodes

from regulars.journeys.jinja import Fault
from regulars.journeys.mistakes import Code
from regulars.journeys.nearest import instead, nearest
from regulars.journeys.span import Span
from regulars.journeys.syntax import column_of

# Each question with its arguments; those before "*" may be given by place. All are constants, so that a file can be
# checked, and what will be asked of the store is known, before anybody walks.
QUESTIONS: dict[str, tuple[str, ...]] = {
    "did": ("event", "*", "within"),
    "count": ("event", "*", "within"),
    "bought": ("*", "product", "within"),
    "in_journey": ("journey", "*"),
    "in_segment": ("segment", "*"),
    "tagged": ("tag", "*"),
}
USAGE: dict[str, str] = {
    "did": "did('Order Completed', within='30 days')",
    "count": "count('Order Completed', within='30 days')",
    "bought": "bought(product='...', within='30 days')",
    "in_journey": "in_journey('welcome')",
    "in_segment": "in_segment('vip')",
    "tagged": "tagged('wholesale')",
}
LATER_NAMES = frozenset({"plan"})
_NAMES = ("event", "journey", "segment")  # arguments that name what stands elsewhere
LATER_WORDS = frozenset({"category", "since"})


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names an argument may bear. `segments`: None where none may be asked for, in a segment's own condition."""

    events: frozenset[str]
    journeys: frozenset[str]
    segments: frozenset[str] | None = frozenset()


def argument_faults(call: nodes.Call, vocabulary: Vocabulary | None) -> Iterator[Fault]:
    """What is wrong with a question's arguments. Without `vocabulary`, names of events and journeys are not judged."""
    assert isinstance(call.node, nodes.Name)  # noqa: S101 -- nothing else can be called
    name = call.node.name
    words = QUESTIONS[name]
    places, by_name = words[: words.index("*")], [word for word in words if word != "*"]
    if len(call.args) > len(places):
        yield fault(call.args[len(places)], f"{name} is written {USAGE[name]}")
    given = dict(zip(places, call.args, strict=False))
    for pair in call.kwargs:
        if pair.key in LATER_WORDS:
            yield _key_fault(pair, f"{pair.key!r} is not available in this version")
        elif pair.key not in by_name:
            yield _key_fault(pair, f"{name} has no word {pair.key!r}{instead(pair.key, by_name)}")
        elif pair.key in given:
            yield _key_fault(pair, f"{pair.key!r} is given twice")
        else:
            given[pair.key] = pair.value
    if not set(places) <= set(given):
        yield fault(call.node, f"{name} is written {USAGE[name]}")
    for word, value in given.items():
        message = _judge(word, value, vocabulary)
        if message:
            named = isinstance(value, nodes.Const) and word in _NAMES
            yield fault(value, message, "not-defined" if named else "wrong-expression")


def no_segment(written: str, segments: Collection[str]) -> str:
    """What is wrong with a name that no segment has."""
    if not segments:
        return f"there is no segment {written!r}: none is written, in segments.yaml beside this file"
    return f"there is no segment {written!r}{instead(written, sorted(segments))}"


def fault(node: nodes.Node, message: str, code: Code = "wrong-expression") -> Fault:
    return Fault(int(node.lineno), column_of(node.lineno), message, code)


def _key_fault(pair: nodes.Keyword, message: str) -> Fault:
    """A fault at the word before the '=': Jinja gives it the place of the value behind."""
    return Fault(int(pair.lineno), max(1, column_of(pair.lineno) - len(pair.key) - 1), message)


def _judge(word: str, value: nodes.Expr, vocabulary: Vocabulary | None) -> str | None:
    if not isinstance(value, nodes.Const) or not isinstance(value.value, str) or not value.value.strip():
        return f"{word!r} takes a text in quotes, which is the same for everyone"
    written = value.value
    if word == "within":
        try:
            Span.parse(written)
        except ValueError as error:
            return str(error)
    elif vocabulary and word == "event" and written not in vocabulary.events:
        return f"unknown event {written!r}{nearest(written, vocabulary.events)}"
    elif vocabulary and word == "journey" and written not in vocabulary.journeys:
        return f"there is no journey {written!r}{instead(written, sorted(vocabulary.journeys))}"
    elif vocabulary and word == "segment":
        if vocabulary.segments is None:
            return "a segment cannot ask for another one: write the condition of that here"
        if written not in vocabulary.segments:
            return no_segment(written, vocabulary.segments)
    elif word == "tag" and "," in written:
        each = " or ".join(f"tagged({tag.strip()!r})" for tag in written.split(","))
        return f"a tag holds no ',': ask for each, as {each}"
    return None
