"""Which scenarios stand in a file? YAML as scenarios, or every mistake in it, with the nearest right word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from regulars.engine import calendar
from regulars.journeys import values
from regulars.journeys.fields import Fields, Read, shown
from regulars.journeys.mistakes import Findings, Mistakes
from regulars.journeys.nearest import instead
from regulars.journeys.yaml_source import MappingNode, Node, ScalarNode, Spot, parse
from regulars.scenarios.load_expect import Expecting
from regulars.scenarios.scenario import Expectation, Scenario
from regulars.simulate.ask import MOST_DAYS
from regulars.simulate.beginning import natural
from regulars.simulate.load_profile import profile_at
from regulars.simulate.load_script import Wordbook, script_at
from regulars.simulate.plain import items, moment
from regulars.simulate.scenario import Profile, Script
from regulars.simulate.shop import Shop
from regulars.simulate.walk import zone_of

T = TypeVar("T")
_FOR_ALL = ("journey", "customer", "from", "days", "script")
_TOP = (*_FOR_ALL, "customers", "scenarios")
_ONE = ("name", *_FOR_ALL, "expect")
_DAYS = 60
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def scenarios_of(text: str, path: Path, shop: Shop, book: Wordbook) -> tuple[Scenario, ...]:
    """All scenarios of a file. `path`: where other files that it names are looked for. Raises Mistakes, with all."""
    findings = Findings(str(path))
    root = parse(text, findings)
    if root is None and not findings.found:
        findings.add(Spot(1, 1), "expected 'scenarios', found nothing")
    found = _File(path, shop, book, findings).read(root) if root is not None else []
    if findings.found:
        raise Mistakes(findings.found)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Placed:
    """What a scenario says by itself, or else its file for all."""

    own: Fields
    shared: Fields

    def __contains__(self, word: str) -> bool:
        return word in self.own or word in self.shared

    def node(self, word: str) -> Node | None:
        return (self.own if word in self.own else self.shared).node(word)

    def read(self, word: str, read: Read[T]) -> T | None:
        return (self.own if word in self.own else self.shared).read(word, read)


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    shop: Shop
    book: Wordbook
    findings: Findings

    def read(self, root: Node) -> list[Scenario]:
        shared = Fields(root, self.findings, "a file of scenarios", _TOP)
        listed, named = shared.need("scenarios"), shared.node("customers")
        customers: Mapping[str, Node] = {}
        if isinstance(named, MappingNode):
            customers = {key.value: value for key, value in named.pairs}
        elif named is not None:
            self.findings.add(named, f"expected names and their profiles, found {shown(named)}")
        nodes = items(listed, self.findings, "scenarios") if listed is not None else ()
        found = [one for node in nodes if (one := self._scenario(node, shared, customers)) is not None]
        names: set[str] = set()
        for one in found:
            if one.name in names:
                self.findings.add(Spot(one.line, 1), f"another scenario of this file is called {one.name!r}")
            names.add(one.name)
        return found

    def _scenario(self, node: Node, shared: Fields, customers: Mapping[str, Node]) -> Scenario | None:
        own = Fields(node, self.findings, "a scenario", _ONE)
        said, name = _Placed(own, shared), own.require("name", values.text)
        journey = said.read("journey", self._journey)
        if "journey" not in said:
            own.lack("a scenario needs 'journey': here, or at the head of the file for all")
        expect = own.need("expect")
        expected: tuple[Expectation, ...] = ()
        if expect is not None and journey is not None:
            expected = Expecting(self.book.journeys, journey).read(expect, self.findings)
        if name is None or journey is None or expect is None:
            return None
        script = self._script(said, journey)
        begun = self._begun(own, said, script, customers)
        if begun is None or script is None:
            return None
        start, customer = begun
        days = said.read("days", values.parsed(_days)) or _DAYS
        until = start + timedelta(days=days)
        return self._made(node, expect, (name, journey), (customer, script), (start, until), expected)

    def _made(
        self,
        node: Node,
        expect: Node,
        named: tuple[str, str],
        walked: tuple[Profile, Script],
        span: tuple[datetime, datetime],
        expected: tuple[Expectation, ...],
    ) -> Scenario:
        return Scenario(self.findings.file, node.line, expect.line, *named, *walked, *span, expected)

    def _journey(self, node: Node, findings: Findings) -> str | None:
        name = values.text(node, findings)
        if name is None or name in self.book.journeys:
            return name
        findings.add(node, f"there is no journey {name!r}{instead(name, sorted(self.book.journeys))}", "not-defined")
        return None

    def _script(self, said: _Placed, journey: str) -> Script | None:
        node = said.node("script")
        if node is None:
            return natural(self.shop, self.shop.play(journey))[0]
        found = self._elsewhere(node) if isinstance(node, ScalarNode) else (node, self.findings)
        return script_at(*found, self.book) if found is not None else None

    def _begun(
        self, own: Fields, said: _Placed, script: Script | None, customers: Mapping[str, Node]
    ) -> tuple[datetime, Profile] | None:
        """When it begins, and who it is then."""
        asked = said.read("from", _from) or (script.start if script else None)
        if asked is None:
            if "from" not in said:
                own.lack("a scenario needs 'from': a day, or an instant with its offset")
            return None
        start = asked if isinstance(asked, datetime) else calendar.midnight(asked, self.shop.house.timezone)
        customer = self._customer(own, said, customers, start)
        if customer is None:
            return None
        if not isinstance(asked, datetime):
            start = calendar.midnight(asked, zone_of(self.shop, customer, start))
        return start, customer

    def _customer(self, own: Fields, said: _Placed, customers: Mapping[str, Node], start: datetime) -> Profile | None:
        """A profile that stands here, that `customers` has by name, or that is a file of its own."""
        node, findings = said.node("customer"), self.findings
        if node is None:
            own.lack("a scenario needs 'customer': a profile, the name of one of 'customers', or a file")
            return None
        if isinstance(node, ScalarNode):
            if node.value in customers:
                node = customers[node.value]
            elif not node.value.endswith((".yaml", ".yml")):
                there = instead(node.value, customers) or ", and no file either: a file's name ends with .yaml"
                findings.add(node, f"there is no customer {shown(node)}{there}", "not-defined")
                return None
            else:
                found = self._elsewhere(node)
                if found is None:
                    return None
                node, findings = found
        before = len(findings.found)
        profile = profile_at(node, findings, start, self.book.events)
        return profile if len(findings.found) == before else None

    def _elsewhere(self, node: ScalarNode) -> tuple[Node, Findings] | None:
        """What stands in another file."""
        other = self.path.parent / node.value
        findings = replace(self.findings, file=str(other))
        try:
            root = parse(other.read_text("utf-8"), findings)
        except (OSError, UnicodeDecodeError):
            self.findings.add(node, f"there is no file {str(other)!r} that can be read", "unreadable-file")
            return None
        if root is None:
            self.findings.add(node, f"{str(other)!r} is empty, or no YAML")
            return None
        return root, findings


def _from(node: Node, findings: Findings) -> datetime | date | None:
    if isinstance(node, ScalarNode) and _DAY.fullmatch(node.value.strip()):
        try:
            return date.fromisoformat(node.value.strip())
        except ValueError:
            findings.add(node, f"expected a day that there is, found {shown(node)}")
            return None
    return moment(node, findings)


def _days(written: str) -> int:
    if not written.isdecimal() or not 0 < int(written) <= MOST_DAYS:
        raise ValueError(f"expected a number of days from 1 to {MOST_DAYS}, found {written!r}")
    return int(written)
