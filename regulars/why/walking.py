"""Why did a customer's way through a journey turn as it did, and why did it never come to a message?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from regulars.desk.ahead import ahead
from regulars.desk.words import title
from regulars.journeys.model import If, Split, Step, WaitFor, WaitUntil, branches
from regulars.journeys.play import Play
from regulars.store.enrollments import EnrollmentState, Outcome
from regulars.walks.entry import BEFORE_IT_BEGAN
from regulars.why.answer import Reason
from regulars.why.kinds import Kind
from regulars.why.words import Words, reason

Row = Mapping[str, Any]
_CHANGES = frozenset({"tag", "untag", "set", "journey"})


def turned(words: Words, play: Play, decision: Row) -> Reason | None:
    """A decision at a step that is no message, as a sentence; None where another sentence says it."""
    seen, verdict, step = decision["seen"], decision["verdict"], decision["step"]
    at, on = title(play, step), words.when(decision["decided_at"])
    match decision["gate"]:
        case "if" if verdict.startswith("skipped"):
            text = f"On {on} {words.rule(seen, 'if')} did not hold{words.saw(seen)}: “{at}” was skipped."
            return reason(Kind.if_false, decision, text)
        case "if" | "until" as gate if verdict in ("then", "else"):
            holds = "held" if verdict == "then" else "did not hold"
            text = f"On {on} {words.rule(seen, gate)} {holds}{words.saw(seen)}."
            return reason(Kind.branch, decision, text)
        case "split":
            lot = f": of 10000 lots theirs is {seen['lot']}" if "lot" in seen else ""
            return reason(Kind.way, decision, f"On {on} “{at}” sent them the way {verdict!r}{lot}.")
        case "wait_for":
            return _waited(words, decision, at, on)
        case "wait_until":
            return _until(words, decision, at, on)
        case "webhook":
            last = f" ({seen['reason']})" if seen.get("reason") else ""
            text = f"On {on} the call of “{at}” to {seen.get('host') or 'its receiver'} came to: {verdict}{last}."
            return reason(Kind.webhook, decision, text)
        case gate if gate in _CHANGES:
            return reason(Kind.done, decision, f"On {on} “{at}”: {verdict}.")
        case "goal" | "leave":
            return _happened(words, decision, play)
        case _:
            return None


def _waited(words: Words, decision: Row, at: str, on: str) -> Reason:
    event = words.event(decision["seen"])
    if decision["verdict"] == "heard":
        return reason(Kind.heard, decision, f"“{at}” heard {event or 'what it waited for'}, and went on at once.")
    return reason(Kind.not_heard, decision, f"On {on} “{at}” had waited long enough: it had not happened.")


def _until(words: Words, decision: Row, at: str, on: str) -> Reason:
    seen, verdict = decision["seen"], decision["verdict"]
    if verdict == "no date":
        return reason(Kind.no_date, decision, f"On {on} “{at}” found no date to wait for{words.saw(seen)}.")
    until = words.when(verdict.removeprefix("until "))
    return reason(Kind.wait_until, decision, f"“{at}” waits until {until}{words.saw(seen)}.")


def _happened(words: Words, decision: Row, play: Play) -> Reason | None:
    """An event that might have been the goal, or have taken them out."""
    seen, verdict, event = decision["seen"], decision["verdict"], words.event(decision["seen"])
    if verdict in ("reached", "leaves"):
        return None  # the end says it
    what = "the goal" if decision["gate"] == "goal" else "a reason to leave"
    late = ": it was too late" if seen.get("in_time") is False else ""
    rule = f": {words.rule(seen, 'where')} did not hold{words.saw(seen)}" if seen.get("rules") and not late else late
    return reason(Kind.happened, decision, f"{event or 'What came'} was not {what}{rule}.")


def ended(words: Words, play: Play, walk: Row, decisions: Sequence[Row]) -> Reason:
    """How the way ended, or where it is."""
    if walk["state"] != EnrollmentState.closed:
        return _under_way(words, play, walk)
    at, on, said = walk["closed_at"], words.when(walk["closed_at"]), walk["reason"]
    told = [one for one in decisions if one["verdict"] in ("reached", "leaves")]
    event = words.event(told[-1]["seen"]) if told else ""
    saw = f" ({values})" if told and (values := words.values(told[-1]["seen"])) else ""
    if said == BEFORE_IT_BEGAN:
        text = f"It was over before it began, on {on}: {event or said}{saw}."
        return Reason(Kind.before_it_began, at, text)
    if walk["outcome"] == Outcome.goal:
        return Reason(Kind.goal, at, f"They reached the goal: {event or said}{saw}.")
    if walk["outcome"] == Outcome.finished:
        return Reason(Kind.finished, at, f"They walked to the end, on {on}.")
    fallen = [one for one in decisions if one["verdict"].startswith("left: ") and one["gate"] in ("while", "date")]
    if fallen and fallen[-1]["gate"] == "while":
        seen = fallen[-1]["seen"]
        text = f"They left on {on}: {words.rule(seen, 'while')} no longer held{words.saw(seen)}."
        return Reason(Kind.left_by_rule, at, text, seen)
    return Reason(Kind.left, at, f"They left on {on}: {event or said}{saw}.")


def _under_way(words: Words, play: Play, walk: Row) -> Reason:
    if walk["state"] == EnrollmentState.due:
        text = f"It begins on {words.when(walk['due_at'])}, if nothing speaks against it till then."
        return Reason(Kind.settling, walk["due_at"], text)
    if words.record.past:
        return Reason(Kind.under_way, None, "They were inside.")
    held = next(
        (
            one
            for one in words.record.messages
            if one["enrollment_id"] == walk["id"] and one["state"] in ("held", "claimed", "dispatching", "unknown")
        ),
        None,
    )
    stands = ahead(play, walk, held)
    on = f", until {words.when(stands.at)}" if stands.at else ""
    then = f"; then {stands.then}" if stands.then else ""
    return Reason(Kind.under_way, None, f"They are inside: {stands.now}{on}{then}.")


@dataclass(frozen=True, slots=True)
class _Fork:
    """A step that leads to another by one of its branches, given by what is on record where it is taken."""

    step: Step
    verdicts: frozenset[str]


def turned_away(words: Words, play: Play, step: str, decisions: Sequence[Row]) -> Reason | None:
    """The turn that led elsewhere than to `step`; None where none did: then the way ended, or is not there yet."""
    for fork in _forks(play.journey.steps, step):
        here = [one for one in decisions if one["step"] == fork.step.id and _is_turn(one)]
        if here and not any(one["verdict"] in fork.verdicts for one in here):
            return turned(words, play, here[-1])
    return None


def _is_turn(decision: Row) -> bool:
    return decision["gate"] in ("if", "split", "wait_for", "wait_until")


def _forks(steps: Sequence[Step], target: str) -> Iterator[_Fork]:
    """From the outermost to the one that holds the step."""
    for step in steps:
        for number, branch in enumerate(branches(step)):
            if _holds(branch, target):
                yield _Fork(step, _verdicts(step, number))
                yield from _forks(branch, target)


def _holds(steps: Sequence[Step], target: str) -> bool:
    return any(one.id == target or any(_holds(branch, target) for branch in branches(one)) for one in steps)


def _verdicts(step: Step, branch: int) -> frozenset[str]:
    """What stands on record of who takes the branch."""
    match step:
        case If():
            return frozenset({"then" if branch == 0 else "else"})
        case WaitFor():
            return frozenset({"heard" if branch == 0 else "otherwise"})
        case Split():
            return frozenset({step.ways[branch].name})
        case WaitUntil():
            return frozenset({"no date"})
        case _:
            return frozenset({"then", "else"})
