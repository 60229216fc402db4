"""What must be known to read a journey? The names that may stand in it, and the mistakes found so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from regulars.journeys import values
from regulars.journeys.condition import faults
from regulars.journeys.events import kind_of
from regulars.journeys.fields import Read, shown
from regulars.journeys.jinja import Names
from regulars.journeys.mistakes import Findings
from regulars.journeys.model import Channel
from regulars.journeys.nearest import nearest
from regulars.journeys.questions import Vocabulary
from regulars.journeys.yaml_source import Node, ScalarNode
from regulars.journeys.yaml_traps import quoted_whole


@dataclass(frozen=True, slots=True)
class Reading:
    """`templates` says whether a channel has a template of a name; None: templates are not looked for."""

    findings: Findings
    vocabulary: Vocabulary
    templates: Callable[[Channel, str], bool] | None = None

    def of_journey(self, journey: str) -> Reading:
        return replace(self, findings=self.findings.of_journey(journey))

    def of_step(self, step: str) -> Reading:
        return replace(self, findings=self.findings.of_step(step))

    def event(self, node: Node, findings: Findings) -> str | None:
        """The name of a known event."""
        name = values.text(node, findings)
        if name is None or name in self.vocabulary.events:
            return name
        close = nearest(name, self.vocabulary.events) or ": neither a standard name nor one that has come in"
        findings.add(node, f"unknown event {shown(node)}{close}")
        return None

    def property_of(self, event: str) -> Read[str]:
        """`event.checkout_id`: one property of the event."""
        known = kind_of(event).properties

        def read(node: Node, findings: Findings) -> str | None:
            written = values.text(node, findings)
            if written is None:
                return None
            root, _, name = written.partition(".")
            if root != "event" or not name.isidentifier():
                close = f"; did you mean 'event.{written}'?" if known and written in known else ""
                findings.add(node, f"expected a property like event.checkout_id, found {shown(node)}{close}")
                return None
            if known is not None and name not in known:
                findings.add(node, f"{event} has no property {name!r}{nearest(name, known)}")
                return None
            return name

        return read

    def template(self, channel: Channel) -> Read[str]:
        """The name of a template of the channel."""

        def read(node: Node, findings: Findings) -> str | None:
            name = values.template(node, findings)
            if name and self.templates and not self.templates(channel, name):
                findings.add(node, f"there is no template {name!r} below templates/{channel}/")
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
                findings.add(node.spot(fault.line, fault.column), fault.message)
            return None if found else node.value.strip()

        return read
