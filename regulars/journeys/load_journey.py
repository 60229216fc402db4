"""How is a journey read? Its start, goal, ways out and steps, and what it says about itself."""

from __future__ import annotations

from regulars.journeys import step_values, values
from regulars.journeys.fields import Fields
from regulars.journeys.happening import Start
from regulars.journeys.load_happening import ENTERED, LEFT, read_goal, read_leave
from regulars.journeys.load_start import NO_START, read_start
from regulars.journeys.load_steps import StepReader
from regulars.journeys.mistakes import Place
from regulars.journeys.model import PRIORITIES, Journey
from regulars.journeys.names import Scope, at_condition
from regulars.journeys.reading import Reading
from regulars.journeys.yaml_source import Node, ScalarNode

WORDS = ("title", "priority", "start", "goal", "leave", "while", "holdout", "steps")


def read_journey(journey_id: str, node: Node, reading: Reading, place: Place) -> Journey:
    """The journey below its name. `place`, where the name stands, is blamed for what is missing."""
    fields = Fields(node, reading.findings, "a journey", WORDS, place=place)
    starting, aiming, leaving = fields.need("start"), fields.node("goal"), fields.node("leave")
    start = read_start(starting, reading, fields.place_of("start")) if starting else NO_START
    outset = Scope(start.event)
    steps = fields.need("steps")
    walked = StepReader(reading).steps(steps, outset, "steps", reading.findings) if steps else ()
    journey = Journey(
        journey_id,
        fields.read("title", values.text) or journey_id.replace("_", " ").capitalize(),
        start,
        walked,
        read_goal(aiming, reading, outset, fields.place_of("goal")) if aiming else None,
        read_leave(leaving, reading, outset.after_all(walked)) if leaving else (),
        _guard(fields, reading, outset, start),
        fields.read("priority", values.one_of(PRIORITIES)) or "normal",
        fields.read("holdout", step_values.holdout) or 0,
    )
    _judge_holdout(fields, journey)
    return journey


def _guard(fields: Fields, reading: Reading, scope: Scope, start: Start) -> str | None:
    """The `while`: judged before anything was sent or heard. Whom a segment let in stays as long as that still holds,
    unless something else is said."""
    node = fields.node("while")
    by_segment = start.event in (ENTERED, LEFT) and start.about is not None
    if isinstance(node, ScalarNode) and node.value == "always":
        if not by_segment:
            fields.blame("while", "'while: always' is for journeys that a segment starts; leave it away")
        return None
    if node is None and by_segment and start.about and start.about[1]:
        still = f'in_segment("{start.about[1]}")'
        return still if start.event == ENTERED else f"not {still}"
    return fields.read("while", reading.condition(at_condition(scope)))


def _judge_holdout(fields: Fields, journey: Journey) -> None:
    """What is it good for without a goal; and what is service is for everybody."""
    if "holdout" not in fields:
        return
    if "goal" not in fields:
        fields.blame("holdout", "'holdout' needs a 'goal': what is compared between those inside and those held out")
    if journey.has_service:
        fields.blame("holdout", "'holdout' keeps nobody from a service message: take it, or the 'purpose', out")
