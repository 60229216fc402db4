"""What does a step say, in a sentence, where the graph, which rides in runs, says less? Conditions and names."""

from __future__ import annotations

from regulars.journeys.call import Call
from regulars.journeys.model import If, Send
from regulars.journeys.play import Play


def titles(play: Play) -> dict[str, str]:
    """By step id, of steps whose node has no words of theirs; without the name of their kind."""
    found: dict[str, str] = {}
    for step in play.steps.values():
        if isinstance(step, If):
            found[step.id] = step.test
        elif isinstance(step, Send | Call):
            found[step.id] = f"{step.id} if {step.condition}" if step.condition else step.id
        elif step.condition:
            node = play.graph.nodes[step.id]
            found[step.id] = f"{node.title.removeprefix(node.kind).lstrip(': ')} if {step.condition}"
    return found


def title(play: Play, step: str | None) -> str:
    """A step as a sentence goes on with it: "email hello", "if customer.phone", "wait 2 days"."""
    if step is None:
        return "the end"
    node, own = play.graph.nodes.get(step), titles(play)
    if node is None:
        return step
    return f"{node.kind} {own[step]}" if step in own else node.title
