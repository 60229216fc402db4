"""What does support read about a walk, without a manual? Words for timers, activities and the run's page.

Nothing in them is of a person. Nothing here raises, whatever a member's position: a story must not stop a walk.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from regulars.engine import calendar
from regulars.engine.act import Act
from regulars.engine.member import Member
from regulars.journeys.graph import Graph, Node

LONGEST_SUMMARY = 180  # bytes: Temporal shows up to 200
LONGEST_PAGE = 16_000  # bytes: Temporal keeps up to 20,000
_LONGEST_LINE = 700
_SHOWN = 20  # members on a run's page
_NOWHERE = Node("wait", "", 0, "an unknown step")


def headline(graph: Graph, enrollments: list[str]) -> str:
    """The run's line in lists: "Abandoned cart · 06g1x…" or "Win-back · 100 customers"."""
    who = enrollments[0] if len(enrollments) == 1 else f"{len(enrollments)} customers"
    return _cut(f"{_cut(graph.title, LONGEST_SUMMARY - 40)} · {who}", LONGEST_SUMMARY)


def doing(graph: Graph, act: Act, members: int) -> str:
    """An activity's line: "email offer", "settle: email offer", "look: wait for Email Clicked within 1 day"."""
    node = graph.nodes.get(act.step, _NOWHERE)
    asked = {"send": "settle: " if act.final else "", "branch": "judge: ", "until": "judge: ", "look": "look: "}
    what = f"{asked.get(act.kind, '')}{node.title}"
    return _cut(f"{members} × {what}" if members > 1 else what, LONGEST_SUMMARY)


def waiting(graph: Graph, member: Member) -> str:
    """A timer's line: "wait 1 day before offer", "email offer, held back: quiet hours"."""
    node = graph.nodes.get(member.step or "", _NOWHERE)
    if member.act is not None:
        return _cut(f"{node.title}, held back{f': {member.reason}' if member.reason else ''}", LONGEST_SUMMARY)
    following = node.then if node.kind == "repeat" else node.next
    return _cut(f"{node.title}, then {following or 'the end'}", LONGEST_SUMMARY)


def party(graphs: Mapping[str, Graph], members: Mapping[str, Member]) -> str:
    """The run's page, in Markdown: for each member step n of m, what it waits for until when, and its last message."""
    lines = [_cut(_line(graphs.get(member.version), who, member), _LONGEST_LINE) for who, member in _first(members)]
    if len(members) > _SHOWN:
        lines.append(f"… and {len(members) - _SHOWN} more")
    return _cut("\n\n".join(lines), LONGEST_PAGE)


def _first(members: Mapping[str, Member]) -> list[tuple[str, Member]]:
    """Those to be shown: who needs a person comes first."""
    return sorted(members.items(), key=lambda item: item[1].phase != "parked")[:_SHOWN]


def _line(graph: Graph | None, who: str, member: Member) -> str:
    last = f"Last message: {member.last}." if member.last else "No message yet."
    if member.phase == "gone":
        return f"**{who}**: out ({member.ending}{f': {member.reason}' if member.reason else ''}). {last}"
    if graph is None or (member.step is None and member.phase == "parked"):
        return f"**{who}**: parked, needs a person: {member.reason}. {last}"
    if member.step is None:
        return f"**{who}**: {graph.title}, about to begin."
    node = graph.nodes.get(member.step, _NOWHERE)
    place = f"**{who}**: {graph.title}, step {node.number} of {len(graph.nodes)}, *{member.step}*"
    if member.phase == "parked":
        return f"{place}. Parked, needs a person: {member.reason}. {last}"
    if member.phase == "waiting" and member.wake:
        return f"{place}: {waiting(graph, member)}, until {_clock(member.wake, member.zone)}. {last}"
    return f"{place}: {node.title}, under way. {last}"


def _clock(instant: datetime, zone: str) -> str:
    return calendar.local(instant, zone).to_stdlib().strftime("%a %d %b %Y %H:%M ") + zone


def _cut(text: str, longest: int) -> str:
    """`text` in at most that many bytes of UTF-8."""
    raw = text.encode(errors="replace")
    return text if len(raw) <= longest else raw[: longest - 3].decode(errors="ignore") + "…"
