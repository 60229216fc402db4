"""Which checks are there? One table: each with its code, how grave it is, what it finds, and how that is mended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from regulars.journeys import mistakes

Severity = Literal["error", "warning", "advice"]
Code = (
    mistakes.Code
    | Literal[
        "journey-twice",
        "unreached-step",
        "same-branches",
        "constant-condition",
        "never-open",
        "same-day",
        "missing-locale",
        "unspoken-market",
        "long-sms",
        "sms-without-stop",
        "may-be-empty",
        "hidden-opens",
    ]
)


@dataclass(frozen=True, slots=True)
class Check:
    """`finds` and `mend` are a sentence each. `refuses`: loading refuses it, so that `apply` does too."""

    code: Code
    severity: Severity
    finds: str
    mend: str
    refuses: bool = False


def _refused(code: Code, finds: str, mend: str) -> Check:
    return Check(code, "error", finds, mend, refuses=True)


TABLE: tuple[Check, ...] = (
    _refused(
        "unreadable-file",
        "A file that cannot be read: it is not there, a folder, too long, not in UTF-8, or not named as a template is.",
        "Name the journeys file itself, and save what it needs as text in UTF-8, in its place.",
    ),
    _refused(
        "not-yaml",
        "What is no YAML, or is read differently by different programs.",
        "Write it as the message says; texts that look like something else stand in quotes.",
    ),
    _refused(
        "unknown-word",
        "A word that the language does not have, or not in this place.",
        "Write the word that the message names, or take it out.",
    ),
    _refused("missing-word", "A word that has to be there and is not.", "Add the word that the message names."),
    _refused(
        "wrong-value",
        "A value that is not what its word expects, or words that do not go together.",
        "Write the value as the message shows it.",
    ),
    _refused(
        "wrong-expression",
        "A condition, or Jinja in a template, that cannot run.",
        "Write it as the message says; docs/language.md shows what conditions and templates may say.",
    ),
    _refused(
        "unknown-name",
        "A name that conditions or templates do not know: a property, a filter, an attribute of the customer.",
        "Write the nearest name of the message, or one that docs/events.md lists for the event.",
    ),
    _refused(
        "not-defined",
        "Something that is named and nowhere defined: an event, segment, template, layout, journey or sender.",
        "Define it where the message says, or name one that there is.",
    ),
    _refused(
        "journey-twice",
        "Two of the files that are checked define the same journey.",
        "Give one of the two another name, or check one file alone.",
    ),
    _refused(
        "journey-circle",
        "Journeys that start each other in a circle.",
        "Take the step 'journey' out of one of them.",
    ),
    _refused(
        "start-repeats",
        "A start that can happen again to the same customer, with neither 'key' nor 'again'.",
        "Say 'again: never', 'again: always' or 'again: after 7 days', or give it a 'key'.",
    ),
    _refused(
        "step-after-leave",
        "A step right after a 'leave' that everybody takes.",
        "Move the 'leave' to the end of its list, or put an 'if' beside it.",
    ),
    Check(
        "unreached-step",
        "warning",
        "A step that nobody reaches: every way before it leaves, or whoever would come to it is out already.",
        "Take the step out, or let one of the ways before it go on.",
    ),
    Check(
        "same-branches",
        "warning",
        "A branch or a split whose ways all do the same.",
        "Write the steps once, behind each other, or make the ways differ.",
    ),
    Check(
        "constant-condition",
        "warning",
        "A condition that always holds, or never, by the values that are known where it stands.",
        "Take the condition out, or compare it with the value that is meant.",
    ),
    Check(
        "never-heard",
        "error",
        "A 'wait_for', 'goal' or 'leave' that nothing can satisfy: its event does not happen to a customer who is"
        " inside, its message is not one that was sent before, or its 'where' contradicts itself.",
        "Listen for an event that can happen here, of a message that stands before it on the same way.",
    ),
    Check(
        "never-open",
        "error",
        "A message that no local hour lets go in one of the markets: quiet hours, the legal hours and 'valid_for'"
        " together leave none.",
        "Shorten the quiet hours, let 'valid_for' last until they are over, or send at another hour.",
    ),
    Check(
        "same-day",
        "warning",
        "Two journeys that may write to the same person on the same day, on a channel without a cap.",
        "Give the channel a cap below 'house', as caps: {email: 1 per 16 hours}, or keep who is in one out of the"
        ' other with not in_journey("...").',
    ),
    _refused(
        "no-way-out",
        "Marketing that does not show everybody a link to unsubscribe and the shop's postal address.",
        "Put {{ unsubscribe_url }} and {{ shop.postal_address }} into the layout, outside of if and for, and the"
        " address below 'house'.",
    ),
    Check(
        "sms-without-stop",
        "advice",
        "A marketing SMS that does not say how to stop them.",
        "End the text with words like 'Reply STOP to opt out'.",
    ),
    _refused(
        "no-house-language",
        "A template that is not there in the house's own language, which everybody else gets.",
        "Add the file that the message names.",
    ),
    Check(
        "missing-locale",
        "warning",
        "A template, or a layout's words, without the language of a market that others speak.",
        "Add the template in that language, beside the others.",
    ),
    Check(
        "unspoken-market",
        "advice",
        "A market whose language no template has, so that its customers read the house's.",
        "Add templates in that language, or give the market the locale that its customers do read.",
    ),
    Check(
        "may-be-empty",
        "warning",
        "A value that may be empty and is printed all the same, which leaves a hole in the sentence.",
        'Give it a default, as {{ customer.first_name | default("there") }}, or print it inside of an if.',
    ),
    _refused(
        "unknown-tag",
        "A tag or an attribute that MJML does not have.",
        "Write the nearest tag or attribute of the message.",
    ),
    _refused("wrong-template", "A template that cannot be made into a message.", "Write it as the message says."),
    Check(
        "narrowing-column",
        "warning",
        "A column that may be there or not, and has no width of its own.",
        'Give the column a width, as width="50%".',
    ),
    Check(
        "clipped-mail",
        "warning",
        "A mail whose HTML is longer than the 102 KB that Gmail shows: its end, and the link in it, is cut off.",
        "Make the mail shorter, or let a loop print fewer items.",
    ),
    Check(
        "long-sms",
        "warning",
        "An SMS that takes three segments or more, each of which is paid for.",
        "Shorten the text, print less with truncate, or take out the letters that are not in GSM-7.",
    ),
    Check(
        "hidden-opens",
        "advice",
        "Something listens for an event that is not told of everybody, as an opened mail is.",
        "Listen for the click.",
    ),
)
CHECK_OF: dict[str, Check] = {check.code: check for check in TABLE}
LOADING: tuple[str, ...] = get_args(mistakes.Code)
