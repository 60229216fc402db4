"""What must be known to read a journey? The names that may stand in it, and the mistakes found so far."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace

from regulars.journeys import values
from regulars.journeys.channels import TRAITS_OF
from regulars.journeys.condition import faults
from regulars.journeys.events import kind_of
from regulars.journeys.fields import Read, shown
from regulars.journeys.jinja import Names
from regulars.journeys.mistakes import Findings, Place
from regulars.journeys.model import EVERYONE, Channel
from regulars.journeys.nearest import instead, nearest
from regulars.journeys.questions import Vocabulary, no_segment
from regulars.journeys.yaml_source import MappingNode, Node, ScalarNode
from regulars.journeys.yaml_traps import quoted_whole


@dataclass(frozen=True, slots=True)
class Begun:
    """That the journey `by` has a step that starts the journey `name`, and where."""

    by: str
    name: str
    place: Place
    findings: Findings


@dataclass(frozen=True, slots=True)
class Reading:
    """`templates`: the names that a channel has; None: templates are not looked for."""

    findings: Findings
    vocabulary: Vocabulary
    templates: Callable[[Channel], Collection[str]] | None = None
    begun: list[Begun] = field(default_factory=list)

    def of_journey(self, journey: str) -> Reading:
        return replace(self, findings=self.findings.of_journey(journey))

    def of_step(self, step: str) -> Reading:
        return replace(self, findings=self.findings.of_step(step))

    def event(self, node: Node, findings: Findings) -> str | None:
        """The name of a known event."""
        name = values.text(node, findings)
        written = kind_of(name).written if name else None
        if written:
            findings.add(node, f"{name} is no word for 'event': write {written}")
            return None
        if name is None or name in self.vocabulary.events:
            return name
        close = nearest(name, self.vocabulary.events) or ": neither a standard name nor one that has come in"
        findings.add(node, f"unknown event {shown(node)}{close}", "not-defined")
        return None

    def segment(self, node: Node, findings: Findings) -> str | None:
        """The name of a segment."""
        name, known = values.text(node, findings), self.vocabulary.segments or frozenset()
        if name is not None and name not in known:
            findings.add(node, no_segment(name, known), "not-defined")
            return None
        return name

    def audience(self, node: Node, findings: Findings) -> str | None:
        """The name of a segment, or everyone."""
        if isinstance(node, ScalarNode) and node.value.strip() == EVERYONE:
            return EVERYONE
        return self.segment(node, findings)

    def other_journey(self, node: Node, findings: Findings) -> str | None:
        """The name of a journey of the file. What starts what is noted, to be judged when all are read."""
        name = values.text(node, findings)
        if name is None:
            return None
        if name not in self.vocabulary.journeys:
            message = f"there is no journey {name!r}{instead(name, sorted(self.vocabulary.journeys))}"
            findings.add(node, message, "not-defined")
            return None
        self.begun.append(Begun(findings.journey or "", name, node, findings))
        return name

    def property_of(self, event: str) -> Read[str]:
        """`event.checkout_id`: one property of the event."""
        known = kind_of(event).properties

        def read(node: Node, findings: Findings) -> str | None:
            written = values.text(node, findings)
            if written is None:
                return None
            root, _, name = written.partition(".")
            if root != "event" or not name.isidentifier():
                close = nearest(written, [f"event.{one}" for one in known or ()])
                findings.add(node, f"expected a property like event.checkout_id, found {shown(node)}{close}")
                return None
            if known is not None and name not in known:
                findings.add(node, f"{event} has no property {name!r}{instead(name, known)}", "unknown-name")
                return None
            return name

        return read

    def template(self, channel: Channel) -> Read[str]:
        """The name of a template of the channel."""

        def read(node: Node, findings: Findings) -> str | None:
            if isinstance(node, MappingNode):
                beside = f"its words stand beside {channel!r}, not below it"
                findings.add(node, f"expected a template like welcome/hello, found a mapping: {beside}")
                return None
            known = self.templates(channel) if self.templates else ()
            wrong = Findings(findings.file)
            name = values.template(node, wrong)
            if not name:
                written = node.value.strip() if isinstance(node, ScalarNode) else ""
                findings.add(node, wrong.found[0].message + _template_meant(written, known))
            elif self.templates and name not in known:
                close = _template_meant(name, known) or f": make {name}.en{TRAITS_OF[channel].ending} there"
                message = f"there is no template {name!r} below templates/{channel}/{close}"
                findings.add(node, message, "not-defined")
            return name

        return read

    def condition(self, names: Names) -> Read[str]:
        """A condition over `names`, as its source."""

        def read(node: Node, findings: Findings) -> str | None:
            if not isinstance(node, ScalarNode):
                findings.add(node, f"expected a condition, found {shown(node)}; {quoted_whole('if')}")
                return None
            if node.is_nothing:
                findings.add(node, "expected a condition, found nothing")
                return None
            found = faults(node.value, names, self.vocabulary)
            for fault in found:
                findings.add(node.spot(fault.line, fault.column), fault.message, fault.code)
            return None if found else node.value.strip()

        return read


def _template_meant(written: str, known: Collection[str]) -> str:
    """The nearest template; one that has the same name in another folder is near."""
    last = written.rpartition("/")[2].split(".")[0]
    namesakes = [name for name in known if name.rpartition("/")[2] == last]
    return nearest(written, known) or (f"; did you mean '{namesakes[0]}'?" if namesakes else "")
