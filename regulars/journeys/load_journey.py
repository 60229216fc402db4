"""How is a journey read? Its start, goal, ways out and steps, and what it says about itself."""

from __future__ import annotations

from regulars.journeys import values
from regulars.journeys.fields import Fields
from regulars.journeys.load_happening import NO_START, read_goal, read_leave, read_start
from regulars.journeys.load_steps import StepReader
from regulars.journeys.mistakes import Place
from regulars.journeys.model import PRIORITIES, Journey
from regulars.journeys.names import Scope, at_condition
from regulars.journeys.reading import Reading
from regulars.journeys.yaml_source import Node, ScalarNode

WORDS = ("title", "priority", "start", "goal", "leave", "while", "steps")
LATER = ("holdout",)


def read_journey(journey_id: str, node: Node, reading: Reading, place: Place) -> Journey:
    """The journey below its name. `place`, where the name stands, is blamed for what is missing."""
    fields = Fields(node, reading.findings, "a journey", WORDS, later=LATER, place=place)
    starting, aiming, leaving = fields.need("start"), fields.node("goal"), fields.node("leave")
    start = read_start(starting, reading, fields.place_of("start")) if starting else NO_START
    outset = Scope(start.event)
    steps = fields.need("steps")
    walked = StepReader(reading).steps(steps, outset, "steps", reading.findings) if steps else ()
    return Journey(
        journey_id,
        fields.read("title", values.text) or journey_id.replace("_", " ").capitalize(),
        start,
        walked,
        read_goal(aiming, reading, outset, fields.place_of("goal")) if aiming else None,
        read_leave(leaving, reading, outset.after_all(walked)) if leaving else (),
        _guard(fields, reading, outset),
        fields.read("priority", values.one_of(PRIORITIES)) or "normal",
    )


def _guard(fields: Fields, reading: Reading, scope: Scope) -> str | None:
    """The `while`: judged before anything was sent or heard."""
    node = fields.node("while")
    if isinstance(node, ScalarNode) and node.value == "always":
        fields.blame("while", "'while: always' is for journeys that a segment starts, not available in this version")
        return None
    return fields.read("while", reading.condition(at_condition(scope)))
