"""Is a call made when it may be, once where it can be known, and is it on record? On both databases, over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import pytest_asyncio
from receiver import SECRET, Receiver
from walk_place import NOW, Place

from regulars.calls.caller import CHUNK, Caller
from regulars.calls.ledger import Due, Ledger
from regulars.calls.signed import Signer
from regulars.clock import identity
from regulars.engine.act import Answer
from regulars.store.enrollments import Enrollment
from regulars.store.journeys import LiveJourney
from regulars.store.messages import Brake
from regulars.store.statements import table
from regulars.store.writer import Writer

JOURNEYS = """\
  hooks:
    start: {event: Began Hooks, again: always}
    goal: {event: Order Completed, within: 7 days}
    while: not did("Stopped Hooks")
    steps:
      - {webhook: http://erp.test/fine, id: fine, body: {colour: "{{ event.colour }}", tags: "{{ customer.tags }}"}}
      - {webhook: http://erp.test/500, id: down, valid_for: 1 hour}
      - {webhook: http://erp.test/fine, id: green, if: event.colour == "green"}
      - {webhook: http://erp.test/410, id: gone}
"""
Row = dict[str, Any]


@dataclass
class Desk:
    """A caller at work in a shop. `now`: the shop's time."""

    place: Place
    receiver: Receiver
    caller: Caller
    ledger: Ledger
    writer: Writer
    now: datetime = NOW
    beats: int = 0

    def enter(self, *names: str, colour: str = "red") -> list[Row]:
        """Customers who are in the journey, by row."""
        for name in names:
            self.place.tell(name, "Began Hooks", colour=colour)
        self.change(table(Enrollment).update().values(state="walking"))
        return self.place.enrollments("hooks")

    async def ask(self, rows: list[Row], step: str, visit: int = 1) -> list[Answer]:
        """What the walks hear that stand at the step since NOW."""
        questions = [self.place.question("call", row, step, visit=visit) for row in rows]
        return await self.caller.call(questions, lambda: self.now, self.beat)

    async def result(self, step: str) -> tuple[str, str]:
        (answer,) = await self.ask(self.place.enrollments("hooks")[-1:], step)
        return answer.result, answer.reason

    def beat(self) -> None:
        self.beats += 1

    def change(self, statement: Any) -> None:
        with self.place.database.write() as connection:
            connection.execute(statement)

    def verdicts(self) -> list[str]:
        return [verdict for gate, verdict in self.place.decisions() if gate == "webhook"]


@pytest_asyncio.fixture
async def desk(place: Place) -> AsyncIterator[Desk]:
    place.apply(JOURNEYS, "Began Hooks", "Stopped Hooks")
    async with Receiver() as receiver:
        wire = receiver.wire()
        writer, ledger = Writer(place.database), Ledger(place.shelf, identity())
        caller = Caller(writer, ledger, Signer([SECRET]), wire, identity())
        yield Desk(place, receiver, caller, ledger, writer)
        writer.close()
        await caller.close()


async def test_a_call_is_made_and_told_of(desk: Desk) -> None:
    desk.enter("mei")
    assert await desk.result("fine") == ("done", "")
    (received,) = desk.receiver.calls
    assert received.body["data"]["colour"] == "red"
    assert received.body["data"]["tags"] == ["newcomer", "b2b"]
    assert desk.place.decisions() == [("webhook", "200")]


async def test_what_is_on_record_as_received_is_not_called_again(desk: Desk) -> None:
    """As after a worker that died before it could tell Temporal."""
    desk.enter("mei")
    assert [await desk.result("fine") for _ in range(2)] == [("done", "")] * 2
    assert [await desk.result("gone") for _ in range(2)] == [("failed", "410")] * 2
    assert [one.path for one in desk.receiver.calls] == ["fine", "410"]
    assert desk.verdicts() == ["200", "410, failed"]


async def test_a_call_that_was_made_and_not_recorded_is_made_again_under_its_id(desk: Desk) -> None:
    rows = desk.enter("mei")
    question = desk.place.question("call", rows[0], "fine")
    (due,) = await desk.writer.ask_all(desk.ledger.begin, [question])
    assert isinstance(due, Due)
    await desk.caller._post(due)
    assert await desk.result("fine") == ("done", "")
    assert [one.id for one in desk.receiver.calls] == [f"{rows[0]['id']}/fine/1"] * 2
    assert desk.verdicts() == ["200"]


async def test_another_visit_is_another_call(desk: Desk) -> None:
    rows = desk.enter("mei")
    for visit in (1, 2):
        await desk.ask(rows, "fine", visit)
    assert [one.id for one in desk.receiver.calls] == [f"{rows[0]['id']}/fine/{visit}" for visit in (1, 2)]


async def test_whoever_is_woken_too_early_waits_on_and_pauses_grow(desk: Desk) -> None:
    rows = desk.enter("mei")
    waits: list[timedelta] = []
    for number in range(1, 6):
        (answer,) = await desk.ask(rows, "down")
        assert (answer.result, answer.reason) == ("later", "500")
        assert answer.until is not None
        waits.append(answer.until - desk.now)
        desk.now = answer.until - timedelta(milliseconds=1)
        (early,) = await desk.ask(rows, "down")
        assert (early.result, early.until, early.reason) == ("later", answer.until, "500")
        assert len(desk.receiver.calls) == number
        desk.now = answer.until
    assert all(later >= 1.5 * wait for wait, later in pairwise(waits))


async def test_it_is_given_up_when_its_time_is_over(desk: Desk) -> None:
    desk.enter("mei")
    assert (await desk.result("down"))[0] == "later"
    desk.now = NOW + timedelta(hours=1)
    assert await desk.result("down") == ("failed", "given up: 500")
    assert desk.verdicts() == ["500, again", "500, given up"]
    assert len(desk.receiver.calls) == 2


@pytest.mark.parametrize(
    ("event", "answer"),
    [("Order Completed", ("goal", "Order Completed")), ("Stopped Hooks", ("left", "while does not hold"))],
)
async def test_nothing_is_called_once_the_walk_is_over(desk: Desk, event: str, answer: tuple[str, str]) -> None:
    desk.enter("mei")
    assert (await desk.result("down"))[0] == "later"
    desk.place.tell("mei", event)
    desk.now = NOW + timedelta(minutes=30)
    assert await desk.result("down") == answer
    assert len(desk.receiver.calls) == 1


@pytest.mark.parametrize(("colour", "result", "calls"), [("green", "done", 1), ("red", "skipped", 0)])
async def test_an_if_beside_it_skips_the_call_alone(desk: Desk, colour: str, result: str, calls: int) -> None:
    desk.enter("mei", colour=colour)
    assert (await desk.result("green"))[0] == result
    assert len(desk.receiver.calls) == calls
    assert (("if", "skipped: if does not hold") in desk.place.decisions()) is (result == "skipped")


@pytest.mark.parametrize("stop", ["journey", "webhook", "all"])
async def test_what_a_person_stopped_is_held_back_told_once_and_not_lost(desk: Desk, stop: str) -> None:
    desk.enter("mei")
    live, brake = table(LiveJourney), table(Brake)
    if stop == "journey":
        desk.change(live.update().values(state="paused"))
    else:
        desk.change(brake.insert().values(scope=stop, reason="audit", since=NOW))
    reason = "journey paused" if stop == "journey" else f"{stop} stopped"
    for _ in range(3):
        assert await desk.result("down") == ("later", reason)
        desk.now += timedelta(hours=1)
    assert (desk.receiver.calls, desk.verdicts()) == ([], [f"later: {reason}"])
    desk.change(live.update().values(state="on"))
    desk.change(brake.delete())
    assert await desk.result("down") == ("failed", "given up: 500")
    assert [one.path for one in desk.receiver.calls] == ["500"]


async def test_a_party_is_answered_in_order_part_by_part(desk: Desk) -> None:
    rows = desk.enter(*(f"guest {n}" for n in range(CHUNK + 5)))
    erased, other = rows[3], rows[7]
    of = table(Enrollment)
    desk.change(of.update().where(of.c.id == other["id"]).values(state="closed", reason="support"))
    desk.change(of.delete().where(of.c.id == erased["id"]))
    said = await desk.ask(rows, "fine")
    left = {3: "unknown", 7: "support"}
    assert [(one.result, one.reason) for one in said] == [
        ("left", left[n]) if n in left else ("done", "") for n in range(len(rows))
    ]
    assert len(desk.receiver.calls) == len(rows) - 2
    assert desk.beats == 1


async def test_a_step_that_its_version_has_not_fails(desk: Desk) -> None:
    desk.enter("mei")
    assert await desk.result("nowhere") == ("failed", "no such webhook")


async def test_without_a_secret_nothing_goes_out_and_nothing_is_lost(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    rows = desk.enter("mei")
    wire = desk.receiver.wire()
    caller = Caller(desk.writer, desk.ledger, Signer([]), wire, identity())
    (answer,) = await caller.call([desk.place.question("call", rows[0], "fine")], lambda: NOW, desk.beat)
    assert (answer.result, answer.reason, desk.receiver.calls) == ("later", "no signing secret", [])
    assert "WEBHOOK_SIGNING_SECRET" in caplog.text
    desk.now = NOW + timedelta(minutes=5)
    assert await desk.result("fine") == ("done", "")


async def test_the_body_does_not_wait_for_what_it_misses(desk: Desk) -> None:
    rows = desk.enter("mei")
    desk.change(table(Enrollment).update().values(start_event_id=None))
    assert [one.result for one in await desk.ask(rows, "fine")] == ["done"]
    assert desk.receiver.calls[0].body["data"]["colour"] is None
