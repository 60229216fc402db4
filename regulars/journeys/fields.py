"""Which words stand in this part of the file? A mapping read word by word, with what is unknown or missing reported."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeVar

from regulars.journeys.channels import CHANNELS, sender_word
from regulars.journeys.mistakes import Code, Findings, Place
from regulars.journeys.nearest import instead, nearest
from regulars.journeys.written import Owner, Placed
from regulars.journeys.yaml_source import MappingNode, Node, ScalarNode, SequenceNode
from regulars.journeys.yaml_traps import CONDITION_WORDS, own_line

T = TypeVar("T")
_MESSAGE = f"beside an {', '.join(map(repr, CHANNELS[:-1]))} or {CHANNELS[-1]!r} step"
# Where a word stands that its author put elsewhere.
_AT_HOME = {
    "purpose": f"{_MESSAGE}, as 'purpose: marketing' or 'purpose: service'",
    "topic": _MESSAGE,
    "coupon": _MESSAGE,
    "valid_for": f"{_MESSAGE} or a 'webhook', or below 'house'",
    "body": "beside 'webhook'",
    **dict.fromkeys(("key", "settle", "again", "schedule", "broadcast", "to"), "below 'start'"),
    **dict.fromkeys(("enters", "leaves", "event"), "below 'start', 'goal', 'leave' or 'wait_for'"),
    "date": "below 'start' or 'wait_until'",
    **dict.fromkeys(("minus", "plus"), "beside a 'date'"),
    **dict.fromkeys(("priority", "title", "start", "goal", "leave", "while", "steps"), "below a journey's name"),
    **dict.fromkeys(
        ("timezone", "locale", "currency", *map(sender_word, CHANNELS)), "below 'house' or one of its markets"
    ),
    **dict.fromkeys(("quiet_hours", "caps", "markets", "postal_address", "website", "reply_to"), "below 'house'"),
    "within": "below 'goal' or 'wait_for'",
    "stay": "below 'goal'",
    "of": "below 'leave' or 'wait_for'",
    "where": "below 'start', 'goal', 'leave' or 'wait_for'",
    "otherwise": "beside 'wait_for' or a 'wait_until' of a date",
    **dict.fromkeys(("times", "until"), "below 'repeat'"),
    "every": "below 'repeat', or beside a 'date' below 'start'",
    "holdout": "below 'house' or a journey's name",
    "days": "below 'wait_until' or 'schedule'",
    "day": "below 'schedule'",
    "at": "below 'wait_until' or 'schedule', or beside a 'date' below 'start'",
    "segments": "at the top of segments.yaml",
    **dict.fromkeys(("house", "journeys"), "at the top of journeys.yaml"),
    "then": "beside 'wait_for' or 'if'",
    "else": "beside 'if'",
}
Read = Callable[[Node, Findings], T | None]


def shown(node: Node) -> str:
    """What stands at `node`, in a few words, for "expected ..., found ..."."""
    match node:
        case ScalarNode():
            if node.is_nothing:
                return "nothing"
            text = node.value if len(node.value) <= 60 else node.value[:57] + "..."
            return repr(text)
        case SequenceNode():
            return "a list"
        case MappingNode():
            return "a mapping"


def not_yet(word: str) -> str:
    """The answer to a word of the language that this version does not have."""
    return f"{word!r} is not available in this version"


def peek(node: Node, word: str) -> Node | None:
    """What stands at `word` of a mapping, without any judgement."""
    pairs = node.pairs if isinstance(node, MappingNode) else ()
    return next((value for key, value in pairs if key.value == word), None)


def _rather(word: str, known: Collection[str], later: Collection[str]) -> str:
    """Where the word belongs, or which one is meant."""
    if word in _AT_HOME:
        return f": it stands {_AT_HOME[word]}"
    return nearest(word, {*known, *later}) or instead(word, known)


class Fields:
    """The words below `owner`, such as "goal". Words outside of `known` are reported when it is made.

    `later`: words that the language has and this version does not. `reported`: words that are known to be wrong here.
    `place` is blamed for what is missing.
    """

    def __init__(
        self,
        node: Node,
        findings: Findings,
        owner: str,
        known: Collection[str],
        *,
        later: Collection[str] = (),
        reported: Collection[str] = (),
        place: Place | None = None,
    ) -> None:
        self.findings, self.owner, self.place = findings, owner, place or node
        self._nodes: dict[str, Node] = {}
        self._keys: dict[str, ScalarNode] = {}
        self._cut: set[str] = set()
        self._whole = isinstance(node, MappingNode)  # nothing was reported that may explain a word's absence
        if isinstance(node, MappingNode):
            self._sort(node, known, later, reported)
            words = {word: (self._keys[word], value) for word, value in self._nodes.items()}
            whose = Owner(owner, findings.journey, findings.step, findings.segment)
            findings.written.keep(whose, Placed(findings.file, self.place.line, self.place.column, words))
        else:
            findings.add(node, f"{owner}: expected {', '.join(known)} below it, found {shown(node)}")

    def _sort(
        self, node: MappingNode, known: Collection[str], later: Collection[str], reported: Collection[str]
    ) -> None:
        condition: str | None = None
        for key, value in node.pairs:
            word = key.value
            self._keys[word] = key
            if word in known:
                self._nodes[word] = value
                condition = word if word in CONDITION_WORDS else None
            elif condition and node.flow and isinstance(value, ScalarNode) and value.is_nothing:
                # YAML took a ',' of the condition for the end of it: the rest looks like words of its own.
                if condition not in self._cut:
                    self.findings.add(self._nodes[condition], own_line(condition))
                self._cut.add(condition)
            elif word in later:
                self._whole = False
                self.findings.add(key, not_yet(word), "unknown-word")
            elif word in reported:
                self._whole = False
            else:
                message = f"{self.owner} has no word {word!r}{_rather(word, known, later)}"
                self.findings.add(key, message, "unknown-word")

    def __contains__(self, word: str) -> bool:
        return word in self._nodes

    def node(self, word: str) -> Node | None:
        """What is written at `word`; None when it is absent, or was cut off by a ','."""
        return None if word in self._cut else self._nodes.get(word)

    def place_of(self, word: str) -> Place:
        """Where `word` stands, or where that is absent the whole."""
        return self._keys.get(word, self.place)

    def blame(self, word: str, message: str, code: Code | None = None) -> None:
        """Report a mistake at `word`."""
        self.findings.add(self.place_of(word), message, code)

    def read(self, word: str, read: Read[T]) -> T | None:
        """The value at `word`; None when it is absent or wrong, which `read` reports."""
        node = self.node(word)
        return None if node is None else read(node, self.findings)

    def need(self, word: str, code: Code = "missing-word") -> Node | None:
        """As `node`, and absence is a mistake, unless a word of a later version stands in its stead."""
        if word not in self._nodes:
            self.lack(f"{self.owner} needs {word!r}", code)
        return self.node(word)

    def lack(self, message: str, code: Code = "missing-word") -> None:
        """Report that something is missing, unless a mistake was reported that may explain it."""
        if self._whole:
            self.findings.add(self.place, message, code)

    def require(self, word: str, read: Read[T], code: Code = "missing-word") -> T | None:
        """As `read`, and absence is a mistake as for `need`."""
        node = self.need(word, code)
        return None if node is None else read(node, self.findings)
