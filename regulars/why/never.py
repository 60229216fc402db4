"""Why was a customer never looked at by a journey's start? No decision says it: what did not come, or came too soon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from regulars.customers.context import Questions
from regulars.engine import dates
from regulars.journeys import segments
from regulars.journeys.happening import OnBroadcast, OnDate, OnSchedule
from regulars.journeys.model import EVERYONE
from regulars.journeys.play import Play, is_about
from regulars.why.answer import Reason
from regulars.why.kinds import Kind
from regulars.why.words import Words

Row = dict[str, Any]
_FAR = timedelta(days=366)


def reasons(connection: Connection, words: Words, play: Play) -> list[Reason]:
    """One or more; the last has the say. `play`: the version of then, or the one of today where none was live."""
    journey, record = play.journey.id, words.record
    state = record.live.get(journey)
    if record.version(journey) is None:
        return [_not_live(words, journey)]
    if state is not None and state["retired"] and not record.past:
        return [Reason(Kind.retired, None, "The file no longer names the journey: nobody enters.")]
    found = list(_came_not(connection, words, play))
    if state is not None and state["state"] != "on" and not record.past:
        word = "switched off" if state["state"] == "off" else "paused"
        found.append(Reason(Kind.journey_off, None, f"The journey is {word}: nobody enters."))
    return found


def _not_live(words: Words, journey: str) -> Reason:
    record = words.record
    told = record.applied.get(journey, ())
    if told:
        since = words.when(told[-1]["decided_at"])
        return Reason(Kind.retired, told[-1]["decided_at"], f"The file has not named the journey since {since}.")
    return Reason(Kind.not_live, None, f"No version of the journey was live by {words.when(record.at)}.")


def _came_not(connection: Connection, words: Words, play: Play) -> Iterator[Reason]:
    start = play.journey.start
    match start.on:
        case OnDate():
            yield _date(connection, words, play, start.on)
        case OnSchedule() | OnBroadcast():
            yield _time(words, start.on)
            yield from _outside(connection, words, start.to)
        case None if start.to is not None:
            yield from _called(connection, words, play)
        case None if start.about is not None:
            yield from _moved(connection, words, play, start.about[1])
        case None:
            yield _event(words, play)


def _event(words: Words, play: Play) -> Reason:
    """An event of the customer's own."""
    record, name = words.record, play.journey.start.event
    came = [one for one in record.came if one["name"] == name and is_about(play.journey.start.about, one["properties"])]
    mine = [one for one in came if one["customer_id"] == record.customer["id"]]
    since = record.applied[play.journey.id][0]["decided_at"]
    if mine and mine[-1]["received_at"] < since:
        text = (
            f"{name} came on {words.when(mine[-1]['received_at'])}, before the journey was live on {words.when(since)}."
        )
        return Reason(Kind.not_live, mine[-1]["received_at"], text)
    if mine:
        text = f"{name} came on {words.when(mine[-1]['received_at'])}, and nothing on record says what came of it."
        return Reason(Kind.no_record, mine[-1]["received_at"], text)
    others = [one for one in came if one["customer_id"] in record.namesakes]
    if others:
        other = record.namesakes[others[-1]["customer_id"]]
        same = "e-mail" if other["email"] and other["email"] == record.customer["email"] else "phone number"
        when = words.when(others[-1]["occurred_at"])
        text = f"{name} came on {when}, but for another customer of the same {same} ({other['id']})."
        return Reason(Kind.another_customer, others[-1]["occurred_at"], text)
    return Reason(Kind.no_event, None, f"{name} has never come for this customer.")


def _moved(connection: Connection, words: Words, play: Play, segment: str) -> Iterator[Reason]:
    """Who enters or leaves a segment."""
    enters = play.journey.start.event == "Segment Entered"
    if enters and segment in words.record.segments:
        title = _title(words, segment)
        text = (
            f"They are in the segment {title}, but were so before the journey could see it: nobody enters by an edit."
        )
        yield Reason(Kind.in_segment_before, None, text)
        return
    yield _event(words, play)
    if enters:
        yield from _outside(connection, words, segment)


def _called(connection: Connection, words: Words, play: Play) -> Iterator[Reason]:
    """A segment that an event of the shop's lets in."""
    start, record = play.journey.start, words.record
    calls = [one for one in record.audiences if one["journey"] == play.journey.id]
    if not calls:
        yield Reason(Kind.no_event, None, f"{start.event} has not come from the shop.")
    else:
        last = max(calls, key=lambda one: one["called_at"])
        if record.customer["created_at"] > last["called_at"]:
            on, known = words.when(last["called_at"]), words.when(record.customer["created_at"])
            text = f"{start.event} came on {on}, before they were known: since {known}."
            yield Reason(Kind.not_known_then, last["called_at"], text)
            return
    yield from _outside(connection, words, start.to)


def _outside(connection: Connection, words: Words, segment: str | None) -> Iterator[Reason]:
    """Nothing, where they are in the segment; it is judged as of now, and says so."""
    record = words.record
    found = record.house.segments.get(segment or "")
    if found is None or segment == EVERYONE:
        return
    ask = Questions(connection, record.customer, record.place, record.house, record.at)
    judged = segments.condition(found).judge(ask.segment_names())
    if not judged.holds:
        rule = " ".join(found.where.split())
        saw = words.saw(judged.seen)
        text = f"They are not in the segment {_title(words, found.id)}: `where: {rule}` does not hold{saw}."
        yield Reason(Kind.not_in_segment, None, text, judged.seen)


def _title(words: Words, segment: str) -> str:
    found = words.record.house.segments.get(segment)
    return found.title if found else segment


def _date(connection: Connection, words: Words, play: Play, on: OnDate) -> Reason:
    record, date = words.record, play.date
    assert date is not None  # noqa: S101 -- a journey of a date has one
    ask = Questions(connection, record.customer, record.place, record.house, record.at)
    worth = date.of(ask.segment_names())
    zone = record.place.zone
    ahead = dates.occurrences(on, worth.value, zone, record.at, record.at + (_FAR if on.yearly else 10 * _FAR))
    if ahead:
        text = f"{on.term} is {worth.value}: the day comes on {words.when(ahead[0].at)}."
        return Reason(Kind.time_ahead, ahead[0].at, text, worth.seen)
    if dates.occurrences(on, worth.value, zone, record.at - 10 * _FAR, record.at):
        text = f"{on.term} was {worth.value}: it had passed before the journey could see it."
        return Reason(Kind.date_passed, None, text, worth.seen)
    return Reason(Kind.date_missing, None, f"{on.term} is {words.value(worth.value)}: there is no date.", worth.seen)


def _time(words: Words, on: OnSchedule | OnBroadcast) -> Reason:
    zone = words.record.house.timezone
    at: datetime = (
        dates.scheduled(on, zone, words.record.at) if isinstance(on, OnSchedule) else dates.announced(on.at, zone)
    )
    if at <= words.record.at:
        return Reason(Kind.time_passed, at, f"Its time was {words.when(at)}, and it let them not in.")
    return Reason(Kind.time_ahead, at, f"Its time comes on {words.when(at)}.")
