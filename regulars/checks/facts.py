"""What is known where a step stands? What the start and the branches around it decided, and still holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from regulars.checks.truth import Fact, Said
from regulars.journeys.model import If, Journey, Leave, Split, Step, WaitFor, branches, walk_steps

Facts = tuple[Fact, ...]
HEARD = "(heard)"  # what `event` stands for in the `where` of something that is listened for


def at_start(journey: Journey) -> Facts:
    """What holds of everybody inside: what let them in does not change, and `while` is judged again and again."""
    entered = _lasting(tuple(_known(journey.start.where)), frozenset()) if journey.start.where else ()
    return entered + (tuple(_known(journey.while_)) if journey.while_ else ())


def at_steps(journey: Journey) -> dict[str, Facts]:
    """What is known before each step, by its id."""
    found: dict[str, Facts] = {}
    heard = frozenset(step.id for step in walk_steps(journey.steps) if isinstance(step, WaitFor))
    _Walk(found, heard, tuple(_known(journey.while_)) if journey.while_ else ()).steps(journey.steps, at_start(journey))
    return found


def ends(steps: tuple[Step, ...]) -> bool:
    """Does everybody who comes to these steps leave the journey there?"""
    return any(ender(step) for step in steps)


def ender(step: Step) -> bool:
    """Does everybody who comes to this step leave the journey in it?"""
    match step:
        case Leave():
            return step.condition is None
        case If() | WaitFor() | Split() if step.condition is None:
            ways = branches(step)
            return bool(ways) and all(ends(way) for way in ways)
        case _:
            return False


@dataclass(frozen=True, slots=True)
class _Walk:
    """`always`: what holds wherever, of `while`."""

    found: dict[str, Facts]
    heard: frozenset[str]
    always: Facts

    def steps(self, steps: tuple[Step, ...], facts: Facts) -> None:
        for step in steps:
            self.found[step.id] = facts
            facts = self._through(step, facts)

    def _through(self, step: Step, facts: Facts) -> Facts:
        """Walk what is inside of the step; what is known behind it."""
        lasting = self._lasting(facts)
        match step:
            case If():
                tested = Said.of(step.test)
                self.steps(step.then, facts + tuple(_known(step.test)))
                self.steps(step.otherwise, (*facts, Fact(tested, holds=False)))
                if ends(step.then):
                    return self._lasting((*facts, Fact(tested, holds=False)))
                return self._lasting(facts + tuple(_known(step.test))) if ends(step.otherwise) else lasting
            case WaitFor():
                where = step.happening.where
                self.steps(step.then, lasting + (tuple(_known(where, step.id)) if where else ()))
                self.steps(step.otherwise, lasting)
            case Leave(condition=str() as condition):
                return self._lasting((*facts, Fact(Said.of(condition), holds=False)))
            case _:
                for branch in branches(step):
                    self.steps(branch, lasting)
        return lasting

    def _lasting(self, facts: Facts) -> Facts:
        return _lasting(facts, self.heard) + tuple(fact for fact in self.always if fact in facts)


def _known(source: str, event: str = "start") -> Iterator[Fact]:
    """Each side of the `and`s of a condition that holds."""
    return (Fact(part) for part in Said.of(source, event).parts())


def _lasting(facts: Facts, heard: frozenset[str]) -> Facts:
    """Those that speak of nothing that changes: of the event that let in, and of events that were heard."""
    still = {"start", "shop", *heard}
    return tuple(fact for fact in facts if all(leaf.partition(".")[0] in still for leaf in fact.said.leaves()))
