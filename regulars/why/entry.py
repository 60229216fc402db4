"""Why did a customer enter a journey, or not? The decisions of its start, each as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from regulars.why.answer import Reason
from regulars.why.kinds import Kind
from regulars.why.words import Words, reason, share

Row = Mapping[str, Any]
_WORDS: dict[str, Kind] = {
    "entered": Kind.entered,
    "settles anew": Kind.settles_anew,
    "settles: a later one counts": Kind.settles_anew,
    "where does not hold": Kind.where_false,
    "while does not hold": Kind.while_false,
    "too long ago": Kind.history,
    "no key": Kind.no_key,
    "key entered before": Kind.key_used,
    "inside already": Kind.inside_already,
    "entered before": Kind.entered_before,
    "not in the segment": Kind.not_in_segment,
    "told of a customer": Kind.told_of_customer,
    "not on": Kind.journey_off,
    "its time has passed": Kind.time_passed,
}
LET_IN = frozenset({Kind.entered, Kind.settles_anew, Kind.held_out_by_house, Kind.held_out_by_journey})


def kind_of(decision: Row) -> Kind:
    """Which kind of answer a decision of a start is."""
    verdict = decision["verdict"]
    if verdict == "held out":
        return Kind.held_out_by_house if decision["seen"].get("holdout") == "house" else Kind.held_out_by_journey
    if verdict.startswith("again only after"):
        return Kind.too_soon
    return _WORDS.get(verdict, Kind.no_record)


def told(words: Words, decision: Row) -> Reason:
    """The decision as a sentence."""
    kind = kind_of(decision)
    return reason(kind, decision, _sentence(words, kind, decision))


def _sentence(words: Words, kind: Kind, decision: Row) -> str:
    seen, on, event = decision["seen"], words.when(decision["decided_at"]), words.event(decision["seen"])
    about = event or f"what came on {on}"
    match kind:
        case Kind.entered:
            return _let_in(words, decision, event)
        case Kind.settles_anew:
            return f"{about} came before it began: the latest counts, and the wait began anew."
        case Kind.held_out_by_journey | Kind.held_out_by_house:
            return _held_out(kind, seen, about)
        case Kind.history:
            told = words.when(seen["occurred_at"]) if "occurred_at" in seen else "long before"
            return f"{event or 'The event'} was told on {on}, long after it happened on {told}: history lets nobody in."
        case Kind.where_false | Kind.while_false:
            word = "where" if kind is Kind.where_false else "while"
            return f"{about} came, but {words.rule(seen, word)} did not hold{words.saw(seen)}."
        case Kind.no_key:
            key = next((name for name in seen if name not in ("event",)), "its key")
            return f"{about} came without {key}, by which runs are told apart."
        case Kind.key_used:
            return _key_used(words, seen, about)
        case Kind.inside_already:
            return f"{about} came, but they were inside already, since {_entered(words, seen)}."
        case Kind.entered_before:
            return f"{about} came, but they had entered on {_entered(words, seen)}, and `again: never` lets in once."
        case Kind.too_soon:
            until = f", so not before {words.when(seen['until'])}" if "until" in seen else ""
            again = decision["verdict"].removeprefix("again only ")
            return f"{about} came, but they had entered on {_entered(words, seen)}, and `again: {again}`{until}."
        case _:
            return _of_the_shop(words, kind, decision, about)


def _of_the_shop(words: Words, kind: Kind, decision: Row, about: str) -> str:
    seen, on = decision["seen"], words.when(decision["decided_at"])
    match kind:
        case Kind.not_in_segment:
            rule = f": {words.rule(seen, 'where')} did not hold{words.saw(seen)}" if seen.get("rules") else ""
            return f"{about} let a segment in, on {on}, and they were not in it{rule}."
        case Kind.told_of_customer:
            return f"{about} was told of this customer; the journey takes it from the shop alone, about nobody."
        case Kind.journey_off:
            state = {"off": "switched off", "paused": "paused"}.get(seen.get("state", ""), "not on")
            return f"{about} came, but the journey was {state}."
        case Kind.time_passed:
            return f"Its time had passed when it was applied, on {on}: it will not be sent."
        case _:
            return f"On {on}: {decision['verdict']}."


def _let_in(words: Words, decision: Row, event: str) -> str:
    seen = decision["seen"]
    rules = [words.rule(seen, word) for word in ("where", "while") if word in (seen.get("rules") or {})]
    held = f", and {' and '.join(rules)} held{words.saw(seen)}" if rules else ""
    if (other := words.record.others.get(str(seen.get("from")))) is not None:
        return f"Entered on {words.when(decision['decided_at'])}: the journey {other['journey']} started it{held}."
    return f"Entered: {event or 'the event'} came{held}."


def _held_out(kind: Kind, seen: Row, about: str) -> str:
    by = "the house" if kind is Kind.held_out_by_house else "the journey"
    drawn = f": of 10000 lots theirs is {seen['lot']}, and those below {seen['share']} are out" if "lot" in seen else ""
    part = f" {share(seen['share'])} of all customers" if "share" in seen else " them"
    return f"{about} came, but {by} holds{part} out{drawn}. They get none of it, and their goal is counted."


def _key_used(words: Words, seen: Row, about: str) -> str:
    other, key = words.record.others.get(str(seen.get("by"))), seen.get("key")
    run = f" {key!r}" if key else ""
    if other is None:
        return f"{about} came, but its key{run} had let somebody in before."
    since = words.when(other["entered_at"])
    if other["customer_id"] != words.record.customer["id"]:
        return f"{about} came, but its key{run} had let another customer in on {since} ({other['customer_id']})."
    return f"{about} came, but its key{run} had let them in on {since} already."


def _entered(words: Words, seen: Row) -> str:
    return words.when(seen["last_entered"]) if "last_entered" in seen else "before"
