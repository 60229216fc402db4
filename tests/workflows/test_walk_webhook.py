"""Does a walk call other systems as its journey says, on the real server and over real HTTP?"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from privacy import personal_data_in
from receiver import BUSY_SECONDS, SECRET
from shop_books import Guest, eventually
from sqlalchemy import select
from walk_stage import Run, Shop

from regulars.intake import standard_webhooks
from regulars.store.enrollments import Decision
from regulars.store.statements import table
from workflows.journey import JourneyWorkflow


def calls(run: Run) -> list[str]:
    """What is on record of the walk's calls, in order."""
    return [verdict for gate, verdict in run.decisions() if gate == "webhook"]


def tries(run: Run) -> list[dict[str, Any]]:
    of = table(Decision)
    query = select(of).where(of.c.enrollment_id == run.id, of.c.gate == "webhook").order_by(of.c.id)
    return run.shop.rows(query)


async def hook(shop: Shop, way: str, **more: Any) -> tuple[Run, Guest]:
    guest = shop.guest(**more)
    return await shop.enter(guest, "Began Hook", way=way, order_id="#1001"), guest


async def test_a_call_tells_what_the_step_says_signed_and_under_its_own_id(shop: Shop) -> None:
    run, _ = await hook(shop, "fine")
    row = await run.ended()
    (received,) = shop.receiver.of(run.id)
    assert received.id == f"{run.id}/tell_erp/1"
    assert standard_webhooks.verify(received.raw, received.headers, [SECRET])
    assert received.headers["content-type"] == "application/json"
    assert received.body["type"] == "journey.step"
    assert abs(datetime.fromisoformat(received.body["timestamp"]) - row["entered_at"]) < timedelta(seconds=5)
    customer = row["customer_id"]
    assert received.body["data"] == {
        **{"journey": "hook", "step": "tell_erp", "enrollment": run.id},
        **{"customer": customer, "name": "Meiling", "order": "#1001", "colour": None, "tier": "gold", "points": 12},
    }
    (told,) = tries(run)
    seen = {"id": received.id, "attempt": 1, "host": "erp.test", "status": 200, "result": "done", "reason": ""}
    assert (told["verdict"], told["seen"], told["customer_id"], told["step"]) == ("200", seen, customer, "tell_erp")
    assert run.sent() == ["one"]


async def test_what_fails_once_is_called_again_under_the_same_id_and_told_once(shop: Shop) -> None:
    run, _ = await hook(shop, "flaky")
    await run.rests("flaky")
    assert "webhook flaky, held back: 500" in await run.page()
    await run.ends()
    assert {one.id for one in shop.receiver.of(run.id)} == {f"{run.id}/flaky/1"}
    assert [one.body["data"]["customer"] for one in shop.receiver.of(run.id)] == [{"id": run.row["customer_id"]}] * 2
    assert calls(run) == ["500, again", "204"]
    assert run.sent() == ["one"]


async def test_who_names_a_time_is_not_called_before_whatever_happens_meanwhile(shop: Shop) -> None:
    run, _ = await hook(shop, "busy")
    await run.sleeps("busy")
    await run.forward(timedelta(minutes=30))
    asked = (await run.events()).count("ACTIVITY_TASK_COMPLETED")
    await run.handle.signal(JourneyWorkflow.hint, run.id)

    async def has_asked() -> bool:
        return (await run.events()).count("ACTIVITY_TASK_COMPLETED") > asked

    await eventually(has_asked)
    assert len(shop.receiver.of(run.id)) == 1
    await run.ends()
    first, second = tries(run)
    assert (first["verdict"], second["verdict"]) == ("503, again", "200")
    apart = second["decided_at"] - first["decided_at"] - timedelta(seconds=BUSY_SECONDS)
    assert timedelta() <= apart < timedelta(minutes=1)
    assert len(shop.receiver.of(run.id)) == 2


async def test_what_is_refused_fails_for_good_and_the_walk_goes_on(shop: Shop) -> None:
    run, _ = await hook(shop, "refuses")
    row = await run.ended()
    assert (calls(run), run.sent(), row["outcome"]) == (["400, failed"], ["one"], "finished")


async def test_a_receiver_that_hangs_is_tried_ever_less_often_and_given_up_in_time(shop: Shop) -> None:
    run, _ = await hook(shop, "hangs")
    entered = run.row["entered_at"]
    await run.ends()
    told = tries(run)
    assert [one["verdict"] for one in told[:-1]] == ["no answer, again"] * (len(told) - 1)
    assert told[-1]["verdict"] == "no answer, given up"
    apart = [later["decided_at"] - one["decided_at"] for one, later in pairwise(told[:-1])]
    assert apart == sorted(apart)
    assert len(apart) >= 2
    assert timedelta(minutes=1) <= told[-1]["decided_at"] - entered < timedelta(minutes=2)
    assert run.sent() == ["one"]


async def test_a_redirect_is_not_followed(shop: Shop) -> None:
    run, _ = await hook(shop, "moved")
    await run.ended()
    assert [one.path for one in shop.receiver.of(run.id)] == ["moved"]
    assert (calls(run), run.sent()) == (["307, failed"], ["one"])


@pytest.mark.parametrize(("way", "word"), [("inside", "address not allowed, failed"), ("plain", "https only, failed")])
async def test_what_must_not_be_called_is_not_and_the_walk_goes_on(shop: Shop, way: str, word: str) -> None:
    run, _ = await hook(shop, way)
    await run.ended()
    assert (shop.receiver.of(run.id), calls(run), run.sent()) == ([], [word], ["one"])


async def test_nothing_is_called_after_a_goal(shop: Shop) -> None:
    run, guest = await hook(shop, "down")
    await run.rests("down")
    await run.forward(timedelta(minutes=5))
    before = len(shop.receiver.of(run.id))
    await shop.tell(guest, "Order Completed", at=await run.now())
    row = await run.ended()
    assert (row["outcome"], run.sent()) == ("goal", [])
    assert before > 1
    assert len(shop.receiver.of(run.id)) == before


async def test_temporal_keeps_neither_an_address_nor_what_is_told(shop: Shop) -> None:
    run, guest = await hook(shop, "fine")
    await run.ended()
    history = await run.handle.fetch_history()
    known = [guest.name, "Meiling", "erp.test", "#1001", "gold"]
    assert personal_data_in(history, known) == []
    assert "tell_erp" in str(history.events)
