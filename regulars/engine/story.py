"""What does support read about a walk, without a manual? Words for timers, activities and the run's page. No personal data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from regulars.engine import calendar
from regulars.engine.act import Act
from regulars.engine.member import Member
from regulars.journeys.graph import Graph

_LONGEST = 180  # bytes: summaries are cut by the server at 200
_SHOWN = 20  # members on a run's page


def headline(graph: Graph, enrollments: list[str]) -> str:
    """The run's line in lists: "Abandoned cart · 06g1x…" or "Win-back · 100 customers"."""
    who = enrollments[0] if len(enrollments) == 1 else f"{len(enrollments)} customers"
    return _short(f"{graph.title} · {who}")


def doing(graph: Graph, act: Act, members: int) -> str:
    """An activity's line: "email offer", "look for Email Clicked within 1 day"."""
    node = graph.nodes[act.step]
    what = node.title if act.kind == "send" else f"{'judge' if act.kind == 'branch' else 'look:'} {node.title}"
    return _short(f"{what} to {members}" if members > 1 else what)


def waiting(graph: Graph, member: Member) -> str:
    """A timer's line: "wait 1 day before offer", "email offer, held back"."""
    node = graph.nodes[member.step or ""]
    if node.kind in ("email", "sms"):
        return _short(f"{node.title}, held back")
    return _short(f"{node.title} before {node.next}" if node.next else f"{node.title}, then the end")


def party(graphs: Mapping[str, Graph], members: Mapping[str, Member]) -> str:
    """The run's page, in Markdown: for each member step n of m, what it waits for until when, and its last message."""
    lines = [_line(graphs[member.version], who, member) for who, member in list(members.items())[:_SHOWN]]
    if len(members) > _SHOWN:
        lines.append(f"… and {len(members) - _SHOWN} more")
    return "\n\n".join(lines)


def _line(graph: Graph, who: str, member: Member) -> str:
    last = f"Last message: {member.last}." if member.last else "No message yet."
    if member.phase == "gone":
        return f"**{who}**: out ({member.ending}{f': {member.reason}' if member.reason else ''}). {last}"
    if member.step is None:
        return f"**{who}**: about to begin."
    node = graph.nodes[member.step]
    place = f"**{who}**: step {node.number} of {len(graph.nodes)}, *{member.step}*"
    if member.phase == "parked":
        return f"{place}. Parked, needs a person: {member.reason}. {last}"
    if member.phase == "waiting" and member.wake:
        return f"{place}: {waiting(graph, member)}, until {_clock(member.wake, member.zone)}. {last}"
    return f"{place}: {node.title}, under way. {last}"


def _clock(instant: datetime, zone: str) -> str:
    return calendar.local(instant, zone).to_stdlib().strftime("%a %d %b %Y %H:%M ") + zone


def _short(text: str) -> str:
    return text if len(text.encode()) <= _LONGEST else text.encode()[:_LONGEST].decode(errors="ignore")
