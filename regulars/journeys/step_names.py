"""What is each step called? Ids and keys, each of them once in a journey."""

from __future__ import annotations

from regulars.journeys import values
from regulars.journeys.channels import is_channel
from regulars.journeys.fields import Fields, peek
from regulars.journeys.mistakes import Findings
from regulars.journeys.names import RESERVED
from regulars.journeys.yaml_source import Node, ScalarNode


class StepNames:
    """Gives names to the steps of one journey, in reading order."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._ids: dict[str, int] = {}  # with the line
        self._keys: dict[str, tuple[str, int]] = {}  # with the step's id and line

    def id_of(self, node: Node, kind: str, findings: Findings) -> str:
        """The id as given, else from what the step does: a message's template, or the kind and its number."""
        self._counts[kind] = self._counts.get(kind, 0) + 1
        step_id = f"{kind}_{self._counts[kind]}"
        given, doing = peek(node, "id"), peek(node, kind)
        place: Node = node
        if given is not None:
            step_id, place = values.identifier(given, findings.of_step(step_id)) or step_id, given
        elif is_channel(kind) and isinstance(doing, ScalarNode):
            last = doing.value.strip().rpartition("/")[2].replace("-", "_")
            step_id, place = (last if values.ID.fullmatch(last) else step_id), doing
        if step_id in RESERVED:
            message = f"a step cannot be called {step_id!r}, that name is taken: give it another 'id'"
            findings.of_step(step_id).add(place, message)
        elif step_id in self._ids:
            there = f"there is a step {step_id!r} in line {self._ids[step_id]} already"
            findings.of_step(step_id).add(place, f"{there}: give one of them another 'id'")
        self._ids.setdefault(step_id, place.line)
        return step_id

    def key_of(self, fields: Fields, step_id: str) -> str:
        """The first name that the step ever had: what was done under it stays done."""
        key = fields.read("was", values.identifier) or step_id
        owner, line = self._keys.setdefault(key, (step_id, fields.place.line))
        if owner != step_id:
            fields.blame("was", f"the step {owner!r} in line {line} is or was called {key!r}: each name is one step's")
        return key
