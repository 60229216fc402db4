"""Why did she get it, and why did he not? The one answer that the command, the desk and the demo's page show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from regulars.desk.times import Zones
from regulars.journeys.channels import CHANNELS
from regulars.journeys.model import Send
from regulars.journeys.play import Play
from regulars.store.enrollments import EnrollmentState, Outcome
from regulars.store.shelf import Shelf
from regulars.walks.entry import BEFORE_IT_BEGAN
from regulars.why import entry, never, record, sending, walking
from regulars.why.answer import Case, Reason, Story, Way, Why
from regulars.why.ask import Asked
from regulars.why.kinds import Entry, Fate, Kind
from regulars.why.record import Record
from regulars.why.words import Words

Row = Mapping[str, Any]


def why(connection: Connection, shelf: Shelf, asked: Asked, now: datetime, at: datetime | None = None) -> Why | None:
    """What is on record as of `at`, or now. None where there is no such customer. Raises NothingLive."""
    found = record.read(connection, shelf, asked.customer, asked.journey, at or now, now)
    if found is None:
        return None
    words = Words(found)
    journeys = sorted({*found.live, *(row["journey"] for row in found.enrollments)})
    stories = [
        _story(connection, shelf, words, journey, asked) for journey in journeys if asked.journey in (None, journey)
    ]
    zones = Zones(found.place.zone, found.house.timezone)
    return Why(found.customer, zones, found.at, tuple(stories))


def _story(connection: Connection, shelf: Shelf, words: Words, journey: str, asked: Asked) -> Story:
    on_record = words.record
    version = on_record.version(journey) or on_record.live[journey]["version"]
    play = shelf.play(connection, journey, version)
    walks = [row for row in on_record.enrollments if row["journey"] == journey]
    ways = [_way(words, shelf.play(connection, journey, row["version"]), row, asked) for row in walks]
    refused = [one for one in _starts(on_record, journey) if entry.kind_of(one) not in entry.LET_IN]
    told = [entry.told(words, one) for one in refused]
    if not walks and not told:
        told = never.reasons(connection, words, play)
    shown = [way for way in ways if asked.message is None or any(case.id == asked.message for case in way.cases)]
    return Story(journey, play.graph.title, tuple(shown), tuple(told) if asked.message is None else ())


def _starts(on_record: Record, journey: str) -> Sequence[Row]:
    """The decisions of the journey's start, about the customer; the shop's own where they say why nobody entered."""
    mine = [one for one in on_record.decisions if one["journey"] == journey and one["gate"] == "start"]
    told = [one for one in mine if one["customer_id"] is not None]
    return told or [one for one in mine if one["verdict"] in ("its time has passed", "not on")]


def _way(words: Words, play: Play, walk: Row, asked: Asked) -> Way:
    decisions = [one for one in words.record.decisions if one["enrollment_id"] == walk["id"]]
    reasons = [entry.told(words, one) for one in decisions if one["gate"] == "start"]
    lead: Entry = "held out" if walk["outcome"] == Outcome.held_out else "entered"
    began = walk["state"] != EnrollmentState.due and walk["reason"] != BEFORE_IT_BEGAN
    if lead == "held out":
        return Way(walk["id"], lead, None, tuple(reasons), ())
    sends = {step.id for step in play.steps.values() if isinstance(step, Send)}
    turns = [one for one in decisions if one["step"] not in sends or one["gate"] in ("goal", "leave")]
    reasons += [told for one in turns if (told := walking.turned(words, play, one)) is not None]
    reasons.append(walking.ended(words, play, walk, decisions))
    run = walk["party_id"] if began else None
    return Way(walk["id"], lead, run, tuple(reasons), tuple(_cases(words, play, walk, decisions, asked)))


def _cases(words: Words, play: Play, walk: Row, decisions: Sequence[Row], asked: Asked) -> Iterator[Case]:
    """Every message of the journey's version, in reading order: one for each visit, or one that never was wanted."""
    mine: dict[str, list[Row]] = {}
    row: Row
    for row in words.record.messages:
        if row["enrollment_id"] == walk["id"]:
            mine.setdefault(row["step"], []).append(row)
    nodes = play.graph.nodes
    steps = [step for step in sorted(nodes, key=lambda step: nodes[step].number) if nodes[step].kind in CHANNELS]
    for step in dict.fromkeys([*steps, *mine]):
        if asked.step not in (None, step):
            continue
        if step not in mine:
            yield _unwanted(words, play, walk, step, decisions)
        for row in mine.get(step, ()):
            if asked.message in (None, row["id"]):
                yield _case(words, row, decisions, mine[step])


def _case(words: Words, message: Row, decisions: Sequence[Row], visits: Sequence[Row]) -> Case:
    """One that was wanted. Of several visits each has the decisions since it was due."""
    after = [row["due_at"] for row in visits if row["due_at"] > message["due_at"]]
    until = min(after) if after else None
    gates = [
        one
        for one in decisions
        if one["step"] == message["step"]
        and sending.is_gate(one)
        and (len(visits) == 1 or one["decided_at"] >= message["due_at"])
        and (until is None or one["decided_at"] < until)
    ]
    reasons = [sending.gated(words, one, message["channel"]) for one in gates]
    reasons += sending.became(words, message)
    if not reasons:
        why = message["reason"] or "nothing on record says why"
        reasons = [Reason(Kind.out_of_journey, message["due_at"], f"Not sent: {why}.")]
    channel, subject = message["channel"], message["subject"] or message["body"]
    return Case(message["step"], channel, sending.fate(message), tuple(reasons), message["id"], subject)


def _unwanted(words: Words, play: Play, walk: Row, step: str, decisions: Sequence[Row]) -> Case:
    """One that there is no row of: a gate took them out, a turn led elsewhere, or it is still to come."""
    channel = play.send(step).kind
    gates = [one for one in decisions if one["step"] == step and sending.is_gate(one)]
    if gates:
        return Case(step, channel, "not sent", tuple(sending.gated(words, one, channel) for one in gates))
    away = walking.turned_away(words, play, step, decisions)
    if away is not None:
        return Case(step, channel, "never came to it", (away,))
    fate: Fate = "never came to it" if walk["state"] == EnrollmentState.closed else "not yet"
    return Case(step, channel, fate, (walking.ended(words, play, walk, decisions),))
