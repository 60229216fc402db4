"""Which names may a condition or a template use, and where in a journey?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from regulars.journeys.events import kind_of
from regulars.journeys.jinja import Names
from regulars.journeys.model import Journey, Send, Step, WaitFor, branches
from regulars.journeys.questions import QUESTIONS

# `orders` counts completed orders and `spent_minor` sums them, in minor units of `currency`; `tags` is a list of texts,
# `traits` a mapping of what is known beyond all this.
CUSTOMER = frozenset(
    {
        *("id", "first_name", "last_name", "name", "email", "phone", "locale", "language", "country", "province"),
        *("timezone", "market", "created_at", "orders", "spent_minor", "currency", "last_order_at", "tags", "traits"),
    }
)
SHOP = frozenset({"name", "website", "postal_address", "email", "currency", "timezone"})
# What is known of a message that an earlier step sent; `status` is the outbox's word, `sent_at` None unless it went.
SENT = frozenset({"message_id", "status", "sent_at"})
# No step may be called so: the name is taken.
RESERVED = (
    frozenset({"customer", "event", "start", "shop", "plan", "message", "unsubscribe_url", "loop", "self"})
    | frozenset({"true", "false", "none", "and", "or", "not", "is", "in", "if", "else", "for", "set", "block"})
    | frozenset(QUESTIONS)
)
_QUESTIONS = frozenset(QUESTIONS)


@dataclass(frozen=True, slots=True)
class Scope:
    """What has happened on every way to one place of a journey, or may have: what did not is empty there.

    `start`: the event that let the customer in. `heard`: by step id, the event a `wait_for` waits for. `sent`: the
    channel of each message, by step id.
    """

    start: str
    heard: Mapping[str, str] = field(default_factory=dict)
    sent: Mapping[str, str] = field(default_factory=dict)

    def after(self, step: Step) -> Scope:
        """The scope once `step` was walked, whichever of its branches was taken."""
        match step:
            case Send():
                return replace(self, sent={**self.sent, step.id: step.kind})
            case _:
                scope = self.into(step)
                for branch in branches(step):
                    scope = scope.after_all(branch)
                return scope

    def after_all(self, steps: tuple[Step, ...]) -> Scope:
        """The scope behind the last of `steps`."""
        scope = self
        for step in steps:
            scope = scope.after(step)
        return scope

    def into(self, step: Step) -> Scope:
        """The scope at the head of a step's first branch: a `wait_for` has heard its event there."""
        if isinstance(step, WaitFor):
            return replace(self, heard={**self.heard, step.id: step.happening.event})
        return self


def scope_at(journey: Journey, step_id: str) -> Scope:
    """The scope before the step `step_id`. Raises KeyError when the journey has none such."""
    scope = _find(journey.steps, Scope(journey.start.event), step_id)
    if scope is None:
        raise KeyError(f"journey {journey.id} has no step {step_id!r}")
    return scope


def _find(steps: tuple[Step, ...], scope: Scope, step_id: str) -> Scope | None:
    for step in steps:
        if step.id == step_id:
            return scope
        for number, branch in enumerate(branches(step)):
            found = _find(branch, scope if number else scope.into(step), step_id)
            if found is not None:
                return found
        scope = scope.after(step)
    return None


def template_names(journey: Journey, step_id: str) -> Names:
    """For the template of a message of `journey`. Raises KeyError when it has no such step."""
    return in_template(scope_at(journey, step_id))


def at_segment() -> Names:
    """In a segment's condition, and in what tells a date to start on: nothing has happened."""
    return Names({"customer": CUSTOMER, "shop": SHOP}, _QUESTIONS)


def at_start(event: str) -> Names:
    """In a start's `where`: nobody is inside yet, so there is no `start`."""
    return Names({"customer": CUSTOMER, "shop": SHOP, "event": kind_of(event).properties}, _QUESTIONS)


def at_happening(scope: Scope, event: str) -> Names:
    """In the `where` of a goal, a leave or a wait_for: `event` is the one that happens, `start` the one that let in."""
    return Names({**_roots(scope), "event": kind_of(event).properties}, _QUESTIONS)


def at_condition(scope: Scope) -> Names:
    """In `while` and `if`: `event` and `start` are both the event that let the customer in."""
    return Names(_roots(scope), _QUESTIONS)


def in_template(scope: Scope) -> Names:
    """In an e-mail or a text message: as in `if`, with `message.id` and `unsubscribe_url`."""
    roots = {**_roots(scope), "message": frozenset({"id"}), "unsubscribe_url": frozenset()}
    return Names(roots, _QUESTIONS)


def _roots(scope: Scope) -> dict[str, frozenset[str] | None]:
    began = kind_of(scope.start).properties
    roots: dict[str, frozenset[str] | None] = {"customer": CUSTOMER, "shop": SHOP, "event": began, "start": began}
    roots |= dict.fromkeys(scope.sent, SENT)
    roots |= {step: kind_of(event).properties for step, event in scope.heard.items()}
    return roots
