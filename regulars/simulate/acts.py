"""How is an act answered in memory? By production's own judges, on the world's rows; nothing leaves the house."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, assert_never

from regulars.calls import tries
from regulars.calls.ledger import data, host
from regulars.calls.verdict import Trying, judge
from regulars.calls.wire import Replied
from regulars.clock import identity
from regulars.customers import consents
from regulars.delivery import ledger, outcomes
from regulars.delivery.compose import Refused
from regulars.delivery.dossier import Dossier
from regulars.delivery.parts import RenderError
from regulars.delivery.want import Case, Claim, Composed, Outcome, Want
from regulars.engine.act import Act, Answer
from regulars.intake import sent
from regulars.journeys.call import Call
from regulars.journeys.channels import CHANNELS, TRAITS_OF
from regulars.journeys.model import WaitFor
from regulars.simulate.world import World
from regulars.store.messages import Message, MessageState
from regulars.store.statements import table
from regulars.walks import change, look, turn, when
from regulars.walks.moment import Judge, Moment, Question, answered
from regulars.walks.roll import Roll

Row = dict[str, Any]
_VENDOR = "simulated"
_BLANK: Row = dict.fromkeys(column.name for column in table(Message).c)


class Acts:
    """`composed`: what went out, by the message's id. `calls`: what webhooks would have been told, in order."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.composed: dict[str, Composed] = {}
        self.calls: list[tuple[Question, str, Row]] = []
        self.accepted: list[Row] = []

    def answer(self, row: Row, act: Act, since: datetime, due: datetime, until: datetime | None) -> Answer:
        """What comes of the act of an enrollment (its row)."""
        if act.kind == "send":
            return self._send(row, act, due)
        world = self._world
        question = Question(act, row["journey"], row["id"], since, world.now, until)
        play = world.play(row["journey"], act.version)
        roll = Roll(world.shop.house, {row["id"]: row}, {row["customer_id"]: world.customer_row}, {}, {})
        moment = Moment(question, roll, play, world.place, world.names(row), world.decisions)
        return answered(moment, self._judge(act))

    def _judge(self, act: Act) -> Judge:
        match act.kind:
            case "branch" | "until":
                return look.turned
            case "split":
                return look.drawn
            case "look":
                return partial(look.hear, self._heard, {})
            case "when":
                return partial(when.when, self._reading)
            case "change":
                return self._change
            case "call":
                return self._call
            case "send":
                raise AssertionError("a send is answered before")
            case _:
                assert_never(act.kind)

    def _heard(self, moment: Moment, step: WaitFor) -> Sequence[Row]:
        """As regulars.walks.look asks the database."""
        world, question = self._world, moment.question
        events = world.past.of((step.happening.event,))
        if step.happening.of:
            nodes, visit = moment.play.graph.nodes, question.act.visit
            loop = nodes[step.id].loop
            of_round = loop is not None and loop == nodes[step.happening.of].loop  # the message of this round
            about = {
                one["id"]
                for one in world.messages.values()
                if one["enrollment_id"] == question.enrollment
                and one["step"] == step.happening.of
                and (not of_round or one["visit"] == visit)
            }
            events = [one for one in events if one["message_id"] in about]
        else:
            events = [one for one in events if one["occurred_at"] >= question.since]
        return [one for one in events if question.until is None or one["occurred_at"] <= question.until]

    def _reading(self, moment: Moment) -> Sequence[datetime]:
        since = self._world.now - when.MEMORY
        instants = [one["occurred_at"] for one in self._world.past.of(when.READING)]
        return [at for at in reversed(instants) if at > since][: when.LATEST]

    def _change(self, moment: Moment) -> Answer:
        world = self._world
        asserted: dict[str, Row] = {}
        answer = change.change(world, {}, asserted, moment)
        for fields in asserted.values():
            world.customer_row["asserted"] = {**world.customer_row["asserted"], **fields}
        world.dirty = True
        return answer

    def _call(self, moment: Moment) -> Answer:
        """As a receiver that takes it at once."""
        step = moment.play.steps[moment.question.act.step]
        if not isinstance(step, Call):
            return moment.answer("failed", reason="no such webhook")
        refused = turn.condition("if", "skipped", moment.play.tests.get(step.id), moment.names)
        if refused is not None:
            moment.decide(refused.gate, f"{refused.result}: {refused.reason}", refused.seen)
            return moment.answer("skipped", reason=refused.reason)
        question, at = moment.question, self._world.now
        trying = Trying(tries.call_id(question), 1, question.since + step.valid_for.elapsed)
        verdict = judge(Replied(200, {}), trying, at, identity())
        whom = (moment.customer["id"], host(step.url))
        self._world.decisions.append(tries.decided(question, *whom, trying, verdict, at))
        self.calls.append((question, step.url, data(moment, step)))
        return moment.answer(verdict.result)

    def _send(self, row: Row, act: Act, due: datetime) -> Answer:
        """First transaction, rendering, and the last one: in between there is no time in which a gate closes."""
        world = self._world
        step = (row["journey"], act.version, act.step, act.key, act.visit)
        want = Want(row["id"], *step, due, _VENDOR, world.now, leaving=act.final)
        play = world.play(row["journey"], act.version)
        message = world.messages.get(want.send_key)
        case = Case(
            want,
            world.now,
            play,
            play.send(act.step),
            world.shop.house,
            row,
            world.customer_row,
            message,
            world.place,
            world.names(row),
        )
        written: dict[str, Row] = {}
        said = ledger.judged(case, self._dossier(case), written, world.decisions)
        for key, new in written.items():
            world.messages[key] = {**_BLANK, **world.messages.get(key, {}), **new}
        if isinstance(said, Answer):
            return said
        assert isinstance(said, Claim)  # noqa: S101 -- no fate is in doubt where nothing is lost on a wire
        return self._go(said)

    def _dossier(self, case: Case) -> Dossier:
        world, channel, who = self._world, case.send.kind, case.customer["id"]
        found = Dossier({}, dict(world.suppressed), {}, frozenset(), world.shop.pauses)
        if case.address:
            words = world.words.get((who, channel), [])
            about = [word for word in words if word.address == case.address]
            word = consents.weighed(words, about, channel, case.address)
            found.consents = {(who, channel, case.address): word} if word else {}
        spoke = [row["occurred_at"] for row in world.past.of(TRAITS_OF[channel].inbound)] if _windowed(channel) else []
        found.last_words = {(who, channel): spoke[-1]} if spoke else {}
        if world.shop.house.caps:
            ours = [row for row in world.messages.values() if row["purpose"] == "marketing"]
            found.file(sorted(ours, key=_counted_at), world.now)
        return found

    def _go(self, claim: Claim) -> Answer:
        world, zone = self._world, claim.case.place.zone
        row = world.messages[claim.want.send_key]
        try:
            composed = self._world.shop.composer.composed(claim, world.asks)
        except Refused as error:
            outcome = Outcome(claim, None, MessageState.skipped, world.now, reason=str(error), gate=error.gate)
            world.decisions.append(outcomes.refusal(outcome, error.gate))
        except RenderError as error:
            outcome = Outcome(claim, None, MessageState.failed, world.now, reason=f"template: {error}")
        else:
            self.composed[row["id"]] = composed
            row |= {"dispatched_at": world.now, "attempts": 1, "locale": composed.locale, "segments": composed.segments}
            row |= {"subject": composed.outgoing.subject, "sender": composed.outgoing.sender}
            outcome = Outcome(claim, 1, MessageState.accepted, world.now, vendor_id=_VENDOR)
            self.accepted.append(row)
            world.write([sent.occurrence(outcomes.sent_of(outcome, world.now))])
        row |= outcomes.change(outcome, row)
        return outcomes.answer(row, world.now, zone)


def _windowed(channel: Any) -> bool:
    return channel in CHANNELS and TRAITS_OF[channel].window is not None


def _counted_at(row: Row) -> tuple[bool, datetime]:
    return (row["counted_at"] is None, row["counted_at"] or row["due_at"])
