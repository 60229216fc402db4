"""Is it as expected? Each expectation against what happened; what was not met, with the nearest entries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import assert_never

from regulars.scenarios.scenario import (
    Ends,
    Enters,
    Failure,
    Holds,
    Invariants,
    Local,
    NothingElse,
    Passes,
    Scenario,
    Sends,
    SendsNot,
    StepName,
)
from regulars.simulate import words
from regulars.simulate.record import Entry, Record, Walk, local

_NEAR = 4  # entries of the timeline that a failure shows


def judged(scenario: Scenario, record: Record) -> list[Failure]:
    """Every expectation that was not met, in the order of the file."""
    return sorted(_Judging(scenario, record).failures(), key=lambda one: one.line)


@dataclass(frozen=True, slots=True)
class _Judging:
    scenario: Scenario
    record: Record

    def failures(self) -> list[Failure]:
        found: list[Failure | None] = [*self._sent()]
        for one in self.scenario.expected:
            match one:
                case Sends() | Passes(never=False) | NothingElse() | Invariants():
                    continue
                case SendsNot():
                    found.append(self._sends_not(one))
                case Holds():
                    found.append(self._holds(one))
                case Passes():
                    found.append(self._never(one))
                case Enters():
                    found.append(self._enters(one))
                case Ends():
                    found.append(self._ends(one))
                case _:
                    assert_never(one)
        return [one for one in [*found, *self._passes()] if one is not None]

    # Messages that go.

    def _sent(self) -> list[Failure | None]:
        """In order: each expected message is looked for after the one before it."""
        sent, at, used = self.record.sent, 0, set[int]()
        found: list[Failure | None] = []
        for one in self.scenario.expected:
            if not isinstance(one, Sends):
                continue
            ahead = range(at, len(sent))
            hit = next((n for n in ahead if _is_of(sent[n], one.step) and not _unlike(one, sent[n])), None)
            if hit is None:
                found.append(self._missing(one, sent, ahead))
                hit = next((n for n in ahead if _is_of(sent[n], one.step)), None)
            if hit is not None:
                used.add(hit)
                at = hit + 1
        rest = [sent[n] for n in range(len(sent)) if n not in used]
        for alone in self.scenario.expected:
            if isinstance(alone, NothingElse) and rest:
                said = "; ".join(map(self._line, rest))
                found.append(self._failure(alone.line, "nothing else is sent", f"also sent: {said}", rest))
        return found

    def _missing(self, one: Sends, sent: Sequence[Entry], ahead: range) -> Failure:
        expected = _said(one)
        same = [sent[n] for n in ahead if _is_of(sent[n], one.step)]
        if same:
            return self._failure(one.line, expected, _unlike(one, same[0]), same)
        before = [entry for entry in sent if _is_of(entry, one.step)]
        if before:
            happened = f"{one.step.written} went before what stands above it, at {before[-1].local}"
            return self._failure(one.line, expected, happened, before)
        said = [entry for entry in self._of(one.step) if entry.kind == "decision"]
        happened = (
            f"{one.step.written} was not sent: {words.sentence(said[-1], self.scenario.journey)}"
            if said
            else "it was never due"
        )
        return self._failure(one.line, expected, happened, said or self._last(one.step.journey))

    # Messages that do not, or not yet.

    def _sends_not(self, one: SendsNot) -> Failure | None:
        expected = f"{one.step.written} is not sent" + (f", by {one.gate}" if one.gate else "")
        expected += f" ({one.reason})" if one.reason else ""
        went = [entry for entry in self.record.sent if _is_of(entry, one.step)]
        if went:
            return self._failure(one.line, expected, f"it was sent at {went[0].local}", went)
        if one.gate is None and one.reason is None:
            return None
        decided = [entry for entry in self._of(one.step) if entry.kind == "decision"]
        kept = [entry for entry in decided if entry.verdict.startswith(("skipped", "left", "goal"))]
        if any(_by(entry, one.gate, one.reason) for entry in kept):
            return None
        happened = f"it was kept by {kept[-1].what} ({kept[-1].verdict})" if kept else "it was never due"
        return self._failure(one.line, expected, happened, kept or decided or self._last(one.step.journey))

    def _holds(self, one: Holds) -> Failure | None:
        expected = f"{one.step.written} is held back" + (f" by {one.gate}" if one.gate else "")
        expected += f" until {one.until}" if one.until else ""
        held = [entry for entry in self._of(one.step) if entry.verdict.startswith("later")]
        for entry in held:
            fits = one.until is None or (entry.until is not None and _is_at(one.until, local(entry.until, entry.zone)))
            if _by(entry, one.gate, None) and fits:
                return None
        happened = words.sentence(held[-1], self.scenario.journey) if held else "it was not held back"
        return self._failure(one.line, expected, happened, held or self._of(one.step) or self._last(one.step.journey))

    # Steps.

    def _passes(self) -> list[Failure]:
        found, at = [], 0
        entries = self.record.entries
        for one in self.scenario.expected:
            if not isinstance(one, Passes) or one.never:
                continue
            hit = next((n for n in range(at, len(entries)) if self._is_at(entries[n], one.step)), None)
            if hit is not None:
                at = hit
                continue
            before = self._of(one.step)
            happened = f"it was passed before what stands above it, at {before[0].local}" if before else "it never was"
            near = before or self._last(one.step.journey)
            found.append(self._failure(one.line, f"{one.step.written} is passed", happened, near))
        return found

    def _never(self, one: Passes) -> Failure | None:
        there = self._of(one.step)
        if not there:
            return None
        happened = f"it was, at {there[0].local}"
        return self._failure(one.line, f"{one.step.written} is never passed", happened, there)

    # Runs.

    def _enters(self, one: Enters) -> Failure | None:
        runs = self._runs()
        if len(runs) == one.times:
            return None
        happened = f"{len(runs)} times" + (f", at {', '.join(self._at(run) for run in runs)}" if runs else "")
        return self._failure(one.line, f"entered {one.times} times", happened, self._starts())

    def _ends(self, one: Ends) -> Failure | None:
        expected = f"{self.scenario.journey} ends: {one.how}" + (f" ({one.reason})" if one.reason else "")
        expected += f" at {one.at}" if one.at else ""
        expected += f", at step {one.step.written}" if one.step else ""
        runs = self._runs()
        if one.how == "never entered":
            return self._never_entered(one, expected, runs)
        if not runs or (one.run or 1) > len(runs):
            happened = f"there are {len(runs)} runs" if runs else "never entered"
            return self._failure(one.line, expected, happened, self._starts() or self.record.entries)
        run = runs[one.run - 1 if one.run else -1]
        zone = self.record.entries[-1].zone
        closed = local(run.closed_at, zone) if run.closed_at else ""
        met = (run.outcome or "inside").replace("_", " ") == one.how
        met = met and (one.reason is None or one.reason in (run.reason or ""))
        met = met and (one.at is None or _is_at(one.at, self._closed_local(run)))
        met = met and (one.step is None or one.step.step == run.step)
        if met:
            return None
        happened = words.ending(run, zone) + (f", at {closed}" if closed else "")
        return self._failure(one.line, expected, happened, self._last(run.journey))

    def _never_entered(self, one: Ends, expected: str, runs: Sequence[Walk]) -> Failure | None:
        if runs:
            return self._failure(one.line, expected, f"entered at {self._at(runs[0])}", self._starts())
        refused = [entry for entry in self._starts() if one.reason is None or one.reason in entry.verdict]
        if refused or one.reason is None:
            return None
        said = self._starts()
        happened = f"never entered: {said[-1].verdict}" if said else "nothing started it"
        return self._failure(one.line, expected, happened, said or self.record.entries)

    # What there is.

    def _runs(self) -> list[Walk]:
        return [walk for walk in self.record.walks if walk.journey == self.scenario.journey]

    def _starts(self) -> list[Entry]:
        mine = self.record.of(self.scenario.journey)
        return [entry for entry in mine if entry.kind == "decision" and entry.what == "start"]

    def _of(self, step: StepName) -> list[Entry]:
        return [entry for entry in self.record.of(step.journey) if entry.step == step.step]

    def _last(self, journey: str) -> Sequence[Entry]:
        return self.record.of(journey) or self.record.entries

    def _is_at(self, entry: Entry, step: StepName) -> bool:
        return entry.journey == step.journey and entry.step == step.step

    def _at(self, run: Walk) -> str:
        return local(run.entered_at, self.record.entries[-1].zone)

    def _closed_local(self, run: Walk) -> str:
        """When a run ended, on the customer's clock then."""
        there = [entry for entry in self.record.entries if run.closed_at and entry.at <= run.closed_at]
        return local(run.closed_at, there[-1].zone) if run.closed_at and there else ""

    def _line(self, entry: Entry) -> str:
        return f"{entry.local}  {words.sentence(entry, self.scenario.journey)}"

    def _failure(self, line: int, expected: str, happened: str, near: Sequence[Entry]) -> Failure:
        shown = tuple(self._line(entry) for entry in near[-_NEAR:])
        return Failure(self.scenario.file, line, expected, happened, shown)


def _is_of(entry: Entry, step: StepName) -> bool:
    return (entry.journey, entry.step) == (step.journey, step.step)


def _by(entry: Entry, gate: str | None, reason: str | None) -> bool:
    return gate in (None, entry.what) and (reason is None or reason in entry.verdict)


def _is_at(at: Local, shown: str) -> bool:
    """Is it the local instant that `record.local` writes so?"""
    day, _, clock = shown.rpartition(" ")
    return (at.day is None or f"{at.day:%a %d %b %Y}" == day) and at.clock in (None, clock)


def _said(one: Sends) -> str:
    """The expectation in words."""
    more: tuple[tuple[str, object], ...] = (
        ("by", one.channel),
        ("at", one.at),
        ("in", one.locale),
        ("with the subject", repr(one.subject) if one.subject else None),
        ("with the text", repr(one.text) if one.text else None),
    )
    return " ".join([one.step.written, "is sent", *(f"{word} {value}" for word, value in more if value)])


def _unlike(one: Sends, entry: Entry) -> str:
    """In what a message is another than expected; "" where it is not."""
    message = entry.message
    if message is None:
        return "no message"
    checks: tuple[tuple[bool, Callable[[], str]], ...] = (
        (one.channel in (None, message.channel), lambda: f"it was sent by {message.channel}"),
        (one.at is None or _is_at(one.at, entry.local), lambda: f"it was sent at {entry.local}"),
        (one.locale in (None, message.locale), lambda: f"it was sent in {message.locale}"),
        (one.subject is None or one.subject in (message.subject or ""), lambda: f"its subject: {message.subject!r}"),
        (one.text is None or one.text in message.text, lambda: f"its text: {message.text[:300]!r}"),
    )
    return "; ".join(say() for good, say in checks if not good)
