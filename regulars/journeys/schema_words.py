"""What does each word of the language take, and what does it mean? A shape and one sentence each, for an editor."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import get_args

from regulars.journeys.channels import CHANNELS, TRAITS_OF, sender_word
from regulars.journeys.load_start import EVERY
from regulars.journeys.load_wait_until import BEST_HOURS
from regulars.journeys.model import PRIORITIES, Purpose
from regulars.journeys.schema_values import Schema, by_name, either, one_of, one_or_many, ref
from regulars.journeys.values import ID

# By the word, or where it means something else below one owner, by "owner.word".
WORDS: Mapping[str, tuple[Schema, str]] = {
    "house": (ref("house"), "The rules that hold for all journeys."),
    "journeys": (by_name(ID, ref("journey")), "The journeys, each below its name."),
    "segments": (by_name(ID, ref("segment")), "The segments, each below its name."),
    # The house.
    "name": (ref("text"), "The shop's name, as customers know it."),
    "timezone": (ref("time_zone"), "The IANA time zone that holds where no better one is known, as Europe/Berlin."),
    "locale": (ref("locale"), "The language and country that hold where no better are known, as de-DE."),
    "currency": (ref("currency"), "The ISO 4217 currency that holds where no better one is known, as EUR."),
    "postal_address": (ref("text"), "The address that stands below every marketing mail, as the law wants it."),
    **{
        sender_word(channel): (ref("text"), f"Who sends {traits.title} messages, as customers see it.")
        for channel, traits in TRAITS_OF.items()
    },
    "reply_to": (ref("email"), "Where answers to mails go."),
    "website": (ref("address"), "The shop's own address."),
    "markets": (by_name("[A-Z]{2}", ref("market")), "What differs by the customer's country, as DE or JP."),
    "quiet_hours": (ref("quiet_hours_by_channel"), "The hours on the customer's clock in which a channel keeps quiet."),
    "caps": (ref("caps_by_channel"), "How many marketing messages one customer gets at most in any stretch of time."),
    "house.valid_for": (ref("spans_by_channel"), "How long a message may be held back before it is stale and dropped."),
    "house.holdout": (ref("share"), "How many of all customers get no marketing at all, to know what it is worth."),
    # A journey.
    "title": (ref("text"), "What it is called on the pages of the desk."),
    "priority": (one_of(PRIORITIES), "Whose message goes first when a cap leaves room for one."),
    "start": (ref("start"), "What lets a customer in."),
    "goal": (ref("goal"), "What success is; reaching it takes the customer out, unless 'stay: true'."),
    "journey.leave": (one_or_many(ref("happening")), "What takes the customer out early, without counting."),
    "while": (
        ref("condition"),
        "What must hold to enter, and all the while; else the customer leaves.",
    ),
    "holdout": (ref("share"), "How many get none of this journey, so that their goals can be compared."),
    "steps": (ref("steps"), "What happens to the customer, one after the other."),
    # What happens.
    "event": (ref("event"), "The event that happens, as docs/events.md lists them."),
    "enters": (ref("id"), "The segment that the customer comes into."),
    "leaves": (ref("id"), "The segment that the customer falls out of."),
    "where": (ref("condition"), "What must hold when it happens; judged once."),
    "segment.where": (ref("condition"), "What holds of the segment's customers, and of nobody else."),
    "of": (ref("id"), "The step whose message the event is about."),
    "within": (ref("span"), "How long it is waited for at most, as 3 days."),
    "goal.within": (ref("span"), "How long after entry the goal counts, as 30 days."),
    "stay": ({"type": "boolean"}, "Whether the customer goes on although the goal was reached."),
    # A start.
    "key": (ref("property"), "The event's property that lets runs stand side by side, each value once."),
    "settle": (ref("span"), "How long the key must have been quiet before the customer enters."),
    "again": (ref("again"), "Whether, and how long after the last entry, the same customer may enter again."),
    "to": (ref("audience"), "Whom it lets in: everybody of a segment, or everyone."),
    "start.date": (ref("date"), "The date to start on: a field of the profile, or a day in quotes."),
    "start.every": (one_of(EVERY), "On each anniversary of the date, not once."),
    "schedule": (ref("schedule"), "A time that comes again by the house's clock."),
    "broadcast": (ref("instant"), 'The one day and time by the house\'s clock, as "2026-12-01 10:00".'),
    "at": (ref("clock_time"), 'The time of day in quotes, as "10:00".'),
    "days": (ref("weekdays"), "The days of the week, as [monday, thursday]; all where it is left away."),
    "day": (ref("day_of_month"), "The day of each month."),
    "minus": (ref("span"), "How long before the date."),
    "plus": (ref("span"), "How long after the date."),
    # Steps.
    "id": (ref("id"), "The name by which other steps and conditions know this one."),
    "was": (ref("id"), "The step's former id, so that nobody inside falls out when it is renamed."),
    "step.if": (ref("condition"), "What must hold when the customer comes here; else just this step is skipped."),
    **{
        channel: (ref("template"), f"Send the {traits.title} message of a template below templates/{channel}/.")
        for channel, traits in TRAITS_OF.items()
    },
    "purpose": (one_of(get_args(Purpose)), "Marketing, which asks for consent and is capped, or service."),
    "topic": (ref("id"), "What the message is about, for those who want some topics and not others."),
    "valid_for": (ref("span"), "How long it may be held back or tried before it is dropped."),
    "webhook": (ref("address"), "Tell a system of yours, at this address."),
    "body": (ref("body"), "What is told there, by name; a value may be an expression in {{ }}."),
    "wait": (ref("span"), "Wait for a span, as 45 minutes or 2 days."),
    "wait_until": (either(ref("clock_time"), ref("wait_until")), "Wait for a time of day, a date, or the best hour."),
    "date": (ref("date"), "The date to wait for: a field of the profile or of an event, or a day in quotes."),
    "best_hour": (one_of(BEST_HOURS), "The hour at which the customer reads that channel."),
    "wait_for": (ref("wait_for"), "Wait for something to happen, for so long at most."),
    "then": (ref("steps"), "The steps where it happened, or holds."),
    "otherwise": (ref("steps"), "The steps where it did not happen, or the date is missing or past."),
    "else": (ref("steps"), "The steps where it does not hold."),
    "if": (ref("condition"), "Take 'then' where this holds, and 'else' where it does not."),
    "split": (ref("split"), "Send customers named ways by share; each keeps to theirs."),
    "share": (ref("share"), "How many take this way, as 25%; all ways make 100%."),
    "repeat": (ref("repeat"), "Do the steps several times."),
    "times": (ref("rounds"), "How many rounds at most."),
    "every": (ref("span"), "How long after the one before a round begins."),
    "until": (ref("condition"), "What ends the rounds; judged before each."),
    "leave": (ref("reason"), "Take the customer out here, for this reason."),
    "tag": (ref("tags"), "Give the customer a tag or several."),
    "untag": (ref("tags"), "Take a tag or several away from the customer."),
    "set": (ref("set"), "Set fields of the profile; a value may be an expression in {{ }}."),
    "journey": (ref("id"), "Start another journey for the customer, beside this one."),
    "first_name": (ref("plain"), "The customer's first name."),
    "last_name": (ref("plain"), "The customer's last name."),
    "set.locale": (ref("text"), "The customer's language and country, as de-DE."),
    "set.timezone": (ref("text"), "The customer's time zone, as Europe/Berlin."),
}


def mapping(owner: str, words: Collection[str], required: Collection[str] = ()) -> Schema:
    """The words below `owner`, and no others. Raises KeyError for a word that has no sentence."""
    return {
        "type": "object",
        "properties": {word: described(owner, word) for word in words},
        "required": list(required),
        "additionalProperties": False,
    }


def described(owner: str, word: str) -> Schema:
    """The shape of what stands at the word, with its sentence."""
    shape, sentence = WORDS.get(f"{owner}.{word}") or WORDS[word]
    return {"description": sentence, **shape}


def by_channel(value: str) -> Schema:
    """A mapping of channels to values of one kind."""
    return {
        "type": "object",
        "properties": {channel: ref(value) for channel in CHANNELS},
        "additionalProperties": False,
    }
