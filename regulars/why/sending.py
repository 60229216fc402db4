"""Why was a message sent, held back or not sent? The decisions of its gates, and what its row says became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from regulars.journeys.channels import TRAITS_OF, sender_word
from regulars.journeys.model import Channel
from regulars.store.messages import MessageState
from regulars.why.answer import Reason
from regulars.why.kinds import Fate, Kind
from regulars.why.words import Words, called, reason, share

Row = Mapping[str, Any]
_SENT = frozenset({MessageState.accepted, MessageState.dispatching, MessageState.unknown})
_OPEN = frozenset({MessageState.held, MessageState.claimed})
_VENDORS: dict[Channel, str] = {"email": "SendGrid", "sms": "Twilio", "whatsapp": "Twilio"}
_GATES = {"if": Kind.if_false, "sender": Kind.no_sender, "suppression": Kind.suppressed, "staleness": Kind.stale}
_GATES |= {"brake": Kind.stopped, "pause": Kind.paused, "quiet hours": Kind.quiet_hours, "window": Kind.window_closed}
_GATES |= {"holdout": Kind.held_out_by_house}
_REASONS = {"no consent": Kind.no_consent, "consent withdrawn": Kind.consent_withdrawn}
_REASONS |= {"another goes first": Kind.another_first}


def fate(message: Row) -> Fate:
    """What became of a message that was wanted."""
    state = message["state"]
    return "sent" if state in _SENT else "not yet" if state in _OPEN else "not sent"


def is_gate(decision: Row) -> bool:
    """Was it decided at a message, and not where walks turn?"""
    return ": " in decision["verdict"] and decision["gate"] not in ("walk", "start", "journey", "set", "webhook")


def kind_of(decision: Row) -> Kind:
    """Which kind of answer a gate's decision is."""
    result, _, said = decision["verdict"].partition(": ")
    if result in ("left", "goal"):
        return Kind.out_of_journey
    if decision["gate"] == "consent":
        return _REASONS.get(said, Kind.no_address)
    if decision["gate"] == "cap":
        return _REASONS.get(said, Kind.cap)
    return _GATES.get(decision["gate"], Kind.no_record)


def gated(words: Words, decision: Row, channel: Channel) -> Reason:
    """A gate's decision as a sentence."""
    kind = kind_of(decision)
    if kind in (Kind.cap, Kind.another_first):
        return _capped(words, kind, decision)
    return reason(kind, decision, _sentence(words, kind, decision, channel))


def _sentence(words: Words, kind: Kind, decision: Row, channel: Channel) -> str:
    seen, on, said = decision["seen"], words.when(decision["decided_at"]), decision["verdict"].partition(": ")[2]
    until = f" Held back until {words.when(seen['until'])}." if "until" in seen else ""
    match kind:
        case Kind.if_false:
            return f"On {on} {words.rule(seen, 'if')} did not hold{words.saw(seen)}. Skipped."
        case Kind.held_out_by_house:
            drawn = f": of 10000 lots theirs is {seen['lot']}, and those below {seen['share']} are out" if seen else ""
            part = f" {share(seen['share'])} of all customers" if seen else " them"
            return f"The house holds{part} out of marketing{drawn}. Skipped on {on}."
        case Kind.no_sender:
            return f"The house says no {sender_word(channel)}: nobody writes. Skipped on {on}."
        case Kind.no_address:
            return f"No {words.address(channel)} was known on {on}. Skipped."
        case Kind.no_consent:
            return f"No consent to marketing by {called(channel)} was on record on {on}. Skipped."
        case Kind.consent_withdrawn:
            source = f" by {seen['source']}" if "source" in seen else ""
            when = f" on {words.when(seen['occurred_at'])}" if "occurred_at" in seen else ""
            return f"Consent had been withdrawn{when}{source}. Skipped on {on}."
        case Kind.stale:
            held = f", held back by {seen['held_by']}" if seen.get("held_by") else ""
            ended = f" It was good until {words.when(seen['expired'])}." if "expired" in seen else ""
            return f"On {on} it was stale: due since {words.when(seen['due'])}{held}.{ended} Dropped."
        case Kind.quiet_hours:
            rule = seen.get("quiet_hours")
            hours = f"the quiet hours {rule}" if rule else "quiet hours"
            law = f", and the law of {seen['law']} has its own" if seen.get("law") else ""
            none = " No hour of the week is open." if said == "no hour is open" else ""
            return f"It was due on {on}, within {hours} of {seen.get('zone')}{law}.{none}{until}"
        case _:
            return _more(words, kind, decision, channel) + until


def _more(words: Words, kind: Kind, decision: Row, channel: Channel) -> str:
    seen, on, said = decision["seen"], words.when(decision["decided_at"]), decision["verdict"].partition(": ")[2]
    match kind:
        case Kind.suppressed:
            row = _suppression(words, channel)
            since = f" since {words.when(row['occurred_at'])}, told by {row['source']}" if row else ""
            address, what = words.address(channel), said.partition(": ")[2]
            return f"Their {address} is not to be written to{since}: {what}. Skipped on {on}."
        case Kind.stopped:
            what = "Every channel" if said.startswith("all") else f"The channel {channel}"
            return f"{what} was stopped on {on}: {seen.get('reason')}."
        case Kind.paused:
            return f"The journey was paused on {on}."
        case Kind.window_closed:
            last = f" was on {words.when(seen['last_word'])}" if seen.get("last_word") else " never came"
            return f"Words of our own go within 24 hours of theirs, and theirs{last}. Not sent on {on}."
        case Kind.out_of_journey:
            result = (
                "they had reached the goal"
                if decision["verdict"].startswith("goal")
                else "they were out of the journey"
            )
            return f"On {on}, when it was due, {result}: {said}{words.saw(seen)}. Not sent."
        case _:
            return f"On {on}, {decision['gate']}: {decision['verdict']}."


def _capped(words: Words, kind: Kind, decision: Row) -> Reason:
    seen, on = decision["seen"], words.when(decision["decided_at"])
    until = f" Held back until {words.when(seen['until'])}." if "until" in seen else ""
    other, identifier = words.message(str(seen.get("by")))
    cap = f"`{seen['cap']}`" if "cap" in seen else "the cap"
    if kind is Kind.cap:
        row = next((one for one in words.record.messages if one["id"] == identifier), None)
        went = f" of {words.when(row['counted_at'])}" if row is not None and row["counted_at"] else ""
        text = f"It was due on {on}, but the cap is {cap}, and {other}{went} counted.{until}"
    else:
        text = f"It was due on {on}, but the cap {cap} had room for one, and {other} went first.{until}"
    return reason(kind, decision, text, identifier)


def _suppression(words: Words, channel: Channel) -> Row | None:
    address = words.record.customer[TRAITS_OF[channel].address]
    return words.record.suppressed.get((channel, address)) if address else None


def became(words: Words, message: Row) -> Iterator[Reason]:
    """What the row says, in order of time: consent, the claim, the wire, what the vendor said and told."""
    if message["counted_at"] is not None:
        yield _consent(words, message)
        text = f"All gates let it through on {words.when(message['counted_at'])}."
        yield Reason(Kind.claimed, message["counted_at"], text)
    if message["state"] in _FATES:
        kind, tell = _FATES[message["state"]]
        yield Reason(kind, message["dispatched_at"] or message["accepted_at"], tell(words, message))
    for column, kind, verb in _TOLD:
        if message[column] is not None:
            yield Reason(kind, message[column], f"{verb} on {words.when(message[column])}.")
    if message["failed_at"] is not None:
        why = message["reason"] or message["code"] or "without a reason"
        text = f"It could not be delivered, said the vendor on {words.when(message['failed_at'])}: {why}."
        yield Reason(Kind.not_delivered, message["failed_at"], text)


def _consent(words: Words, message: Row) -> Reason:
    at = message["counted_at"]
    if message["purpose"] == "service":
        text = "It is a service message: it needs no consent to marketing, and no cap counts it."
        return Reason(Kind.service, at, text)
    whom = (message["customer_id"], message["channel"], message["address"] or "")
    word = words.record.consents.standing(whom, at)
    if word is None or not word.granted:
        return Reason(Kind.no_record, at, f"What consent held on {words.when(at)} is not on record.")
    text = f"Consent to marketing by {called(message['channel'])} held: given on {words.when(word.occurred_at)}"
    return Reason(Kind.consent, at, f"{text}, told by {word.source}.")


def _sent(words: Words, message: Row) -> str:
    on = f" on {words.when(message['accepted_at'])}" if message["accepted_at"] else ""
    as_what = f" as {message['vendor_id']}" if message["vendor_id"] else ""
    return f"{_VENDORS[message['channel']]} took it{on}{as_what}."


def _refused(_: Words, message: Row) -> str:
    code = f" ({message['code']})" if message["code"] and message["code"] != message["reason"] else ""
    return f"{_VENDORS[message['channel']]} refused it: {message['reason'] or 'without a reason'}{code}."


def _broken(_: Words, message: Row) -> str:
    return f"It could not be made: {message['reason'] or message['code'] or 'the reason is not on record'}."


def _lost(words: Words, message: Row) -> str:
    tried = (
        f"It was put on the wire on {words.when(message['dispatched_at'])}, and" if message["dispatched_at"] else "And"
    )
    return f"{tried} nobody could find out whether it arrived: marketing is not sent twice. Given up."


def _doubt(words: Words, message: Row) -> str:
    return f"It was put on the wire on {words.when(message['dispatched_at'])}; whether it arrived is being found out."


def _wire(words: Words, message: Row) -> str:
    return f"It was put on the wire on {words.when(message['dispatched_at'])}; the vendor has not answered yet."


_FATES: dict[str, tuple[Kind, Callable[[Words, Row], str]]] = {
    MessageState.accepted: (Kind.sent, _sent),
    MessageState.rejected: (Kind.rejected, _refused),
    MessageState.failed: (Kind.broken, _broken),
    MessageState.given_up: (Kind.given_up, _lost),
    MessageState.unknown: (Kind.in_doubt, _doubt),
    MessageState.dispatching: (Kind.on_the_wire, _wire),
}
_TOLD = (
    ("delivered_at", Kind.delivered, "Delivered"),
    ("opened_at", Kind.opened, "Opened"),
    ("clicked_at", Kind.clicked, "Clicked"),
)
