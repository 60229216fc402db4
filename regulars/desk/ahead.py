"""Where is a customer in a journey now, and what comes next when? In words, from its row and its version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from regulars.desk.words import title
from regulars.journeys.graph import Node
from regulars.journeys.play import Play
from regulars.store.enrollments import EnrollmentState

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ahead:
    """`now`: what the walk does. `at`: when it goes on, None where no clock says so. `then`: what follows."""

    now: str
    then: str = ""
    at: datetime | None = None


def ahead(play: Play, walk: Row, held: Row | None = None) -> Ahead:
    """`walk`: an enrollment's row. `held`: its message that has not ended, if there is one."""
    if walk["state"] == EnrollmentState.closed:
        return Ahead(_ending(walk))
    if walk["state"] == EnrollmentState.due:
        return Ahead("about to begin", title(play, play.graph.first), walk["due_at"])
    node = play.graph.nodes.get(walk["step"] or "")
    if walk["phase"] == "parked":
        return Ahead(f"parked at {node.title if node else 'its beginning'}: it needs a person")
    if held is not None and held["state"] == "held":
        sent = play.graph.nodes.get(held["step"])
        follows = title(play, sent.next) if sent else ""
        reason = f": {held['reason']}" if held["reason"] else ""
        return Ahead(
            f"{title(play, held['step'])} is held back{reason}", f"it asks again, then {follows}", held["held_until"]
        )
    if held is not None:
        return Ahead(f"{title(play, held['step'])} is on its way")
    if node is None:
        return Ahead("under way" if walk["step"] is None else f"at {walk['step']}, which its version does not know")
    if walk["wake_at"] is None:
        return Ahead(f"{node.title}, under way")
    if node.kind == "webhook":
        return Ahead(f"{node.title} is not received yet", f"called again, then {_follows(play, node)}", walk["wake_at"])
    return Ahead(node.title, _follows(play, node), walk["wake_at"])


def _follows(play: Play, node: Node) -> str:
    if node.kind != "wait_for":
        return title(play, node.next)
    heard, silent = title(play, node.then), title(play, node.otherwise)
    return heard if heard == silent else f"{silent}; at once, should it happen: {heard}"


def _ending(walk: Row) -> str:
    words = {"finished": "walked to the end", "goal": "reached the goal", "left": "left"}
    outcome = words.get(walk["outcome"] or "", walk["outcome"] or "over")
    return f"{outcome}: {walk['reason']}" if walk["reason"] else outcome
