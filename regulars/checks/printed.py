"""What does a template print that may be empty? Values with neither a default nor an `if` around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from jinja2 import nodes

from regulars.checks import facts
from regulars.checks.finding import Finding
from regulars.checks.looked import Looked
from regulars.checks.sure import Paths, path_of, where_false, where_true
from regulars.delivery import files
from regulars.delivery.sources import Field, Reader, Written
from regulars.delivery.traced import Spot
from regulars.journeys.channels import TRAITS_OF
from regulars.journeys.events import kind_of
from regulars.journeys.model import House, Journey, Send, Step, WaitFor, branches
from regulars.journeys.names import scope_at
from regulars.journeys.syntax import column_of, parse

_CUSTOMER = frozenset({"first_name", "last_name", "name", "country", "province", "market", "last_order_at"})
# What every sender of an event gives; the rest of it may be left out.
_GIVEN = frozenset(
    {"items", "item_count", "total_minor", "amount_minor", "currency", "channel", "segment", "date", "at"}
) | {
    *("order_id", "checkout_id", "cart_token", "refund_id", "fulfillment_id", "product_id", "review_id", "message_id"),
    *("journey", "step", "template", "occurrence", "query", "url", "text"),
}
_DEFAULTS = ("default", "d")
_HEADS = {str(channel): traits.head for channel, traits in TRAITS_OF.items()}
Empty = Callable[[str], bool]


def found(looked: Looked) -> Iterator[Finding]:
    """Each value once for each file."""
    if looked.templates is None:
        return
    uses: dict[tuple[str, str], list[Empty]] = {}
    for journey, send in looked.uses():
        uses.setdefault((send.kind, send.template), []).append(_empty(looked.book.house, journey, send))
    sources = looked.templates.sources
    for path, empty in _files(sources, uses):
        head = frozenset({"words"}) if files.is_layout(path) else _HEADS[path.partition("/")[0]]
        written = Reader().read(sources[path], f"{looked.folder.name}/{path}", None, head)
        if written is not None:
            yield from _in_file(written, empty)


def _files(sources: Mapping[str, str], uses: Mapping[tuple[str, str], list[Empty]]) -> Iterator[tuple[str, Empty]]:
    """The files that messages are made of, and what may be empty in any of those."""
    for channel in TRAITS_OF:
        for file in files.templates(sources, channel):
            if several := uses.get((channel, file.template)):
                yield file.path, _any(several)
    every = [empty for (channel, _), several in uses.items() if channel == "email" for empty in several]
    yield from ((path, _any(every)) for path in sorted(sources) if files.is_layout(path) and every)


def _any(several: Sequence[Empty]) -> Empty:
    return lambda path: any(empty(path) for empty in several)


def _empty(house: House, journey: Journey, send: Send) -> Empty:
    """May what stands at a path be empty in that message?"""
    scope, heard = scope_at(journey, send.id), _heard(journey.steps, send.id) or frozenset()
    known = _known(journey, send)
    started = kind_of(scope.start).properties

    def of_event(name: str, properties: frozenset[str] | None) -> bool:
        return properties is None or name not in _GIVEN

    def empty(path: str) -> bool:
        root, _, rest = path.partition(".")
        name = rest.partition(".")[0]
        if not name or path in known:
            return False
        if root in ("start", "event"):
            return f"start.{rest}" not in known and of_event(name, started)
        if root == "customer":
            return name in _CUSTOMER or (name == "traits" and rest != name) or name == _other_address(send)
        if root == "shop":
            return name == "website" and not house.website
        if root in scope.heard:
            return root not in heard or of_event(name, kind_of(scope.heard[root]).properties)
        return root in scope.sent and name == "sent_at"

    return empty


def _other_address(send: Send) -> str:
    """Whoever gets a mail has an address, and perhaps no phone number; and the other way round."""
    return "phone" if TRAITS_OF[send.kind].address == "email" else "email"


def _known(journey: Journey, send: Send) -> Paths:
    """What conditions on the way to the message have made sure of."""
    found: set[str] = set()
    for fact in facts.at_steps(journey)[send.id]:
        sure = where_true(fact.said.node) if fact.holds else where_false(fact.said.node)
        found.update(
            f"{fact.said.event}.{path.partition('.')[2]}" if path.startswith("event.") else path for path in sure
        )
    if send.condition:
        found |= where_true(parse(send.condition, expression=True))
    return frozenset(found)


def _heard(steps: tuple[Step, ...], wanted: str) -> frozenset[str] | None:
    """The waits in whose `then` a step stands; None where it is not among the steps."""
    for step in steps:
        if step.id == wanted:
            return frozenset()
        for number, branch in enumerate(branches(step)):
            inner = _heard(branch, wanted)
            if inner is not None:
                return inner | {step.id} if isinstance(step, WaitFor) and number == 0 else inner
    return None


def _in_file(written: Written, empty: Empty) -> Iterator[Finding]:
    said = set[str]()
    for field_ in (*written.head.values(), *(text for texts in written.words.values() for text in texts.values())):
        yield from _in_text(field_, empty, said)
    yield from _prints(written.body.text, written.body.at, empty, said)


def _in_text(text: Field, empty: Empty, said: set[str]) -> Iterator[Finding]:
    yield from _prints(text.text, text.at, empty, said)


def _prints(text: str, at: Callable[[int, int], Spot], empty: Empty, said: set[str]) -> Iterator[Finding]:
    tree = parse(text)
    walk = _Walk(empty)
    walk.statements(tree.body if isinstance(tree, nodes.Template) else [], frozenset())
    for node, path in walk.found:
        if path not in said:
            said.add(path)
            first = next(node.find_all(nodes.Name), node)  # where the path begins
            spot = at(int(first.lineno), column_of(first.lineno))
            yield Finding.at(spot.file, spot, "may-be-empty", f"{path} may be empty, and is printed without a default")


@dataclass
class _Walk:
    """Walks a template with what is there for sure. `named`: what `set` has given a name, by that."""

    empty: Empty
    found: list[tuple[nodes.Node, str]] = field(default_factory=list)
    named: dict[str, nodes.Node] = field(default_factory=dict)

    def statements(self, body: Sequence[nodes.Node], sure: Paths) -> None:
        for node in body:
            match node:
                case nodes.Output():
                    for child in node.nodes:
                        self._printed(child, sure)
                case nodes.If():
                    self._if(node, sure)
                case nodes.For():
                    self.statements(node.body, sure)
                    self.statements(node.else_, sure)
                case nodes.Assign(target=nodes.Name() as target):
                    self.named[target.name] = node.node
                case nodes.Block():
                    self.statements(node.body, sure)

    def _if(self, node: nodes.If, sure: Paths) -> None:
        self.statements(node.body, sure | where_true(node.test))
        failed = sure | where_false(node.test)
        for branch in node.elif_:
            self.statements(branch.body, failed | where_true(branch.test))
            failed |= where_false(branch.test)
        self.statements(node.else_, failed)

    def _printed(self, node: nodes.Node, sure: Paths) -> None:
        match node:
            case nodes.Filter():
                if node.name not in _DEFAULTS and node.node is not None:
                    self._printed(node.node, sure)
            case nodes.CondExpr():
                self._printed(node.expr1, sure | where_true(node.test))
                if node.expr2 is not None:
                    self._printed(node.expr2, sure | where_false(node.test))
            case nodes.Or():
                self._printed(node.right, sure)
            case nodes.Concat():
                for part in node.nodes:
                    self._printed(part, sure)
            case nodes.Name() if node.name in self.named and node.name not in sure:
                self._printed(self.named[node.name], sure)
            case nodes.Name() | nodes.Getattr() | nodes.Getitem():
                path = path_of(node)
                if path and path not in sure and self.empty(path):
                    self.found.append((node, path))
