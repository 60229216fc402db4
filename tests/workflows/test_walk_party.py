"""Do many customers in one walk go their own ways, together where they can?"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from shop_books import eventually
from walk_stage import DAY, Shop

from regulars.store.enrollments import Enrollment
from regulars.store.statements import table
from workflows.journey import JourneyWorkflow


async def test_a_party_divides_rejoins_and_sends_together(shop: Shop) -> None:
    guests = [shop.guest() for _ in range(6)]
    colours = [{"colour": "green" if n % 2 else "red"} for n in range(6)]
    run = await shop.party("crowd", guests, colours)
    await run.ends()
    for who, known in zip(run.ids, colours, strict=True):
        green = known["colour"] == "green"
        assert run.sent(who) == (["one", "two", "three"] if green else ["one", "three"])
        assert shop.enrollment(who)["outcome"] == "finished"
    # Six together, three on one branch, six together again: three activities, and few more events than one walk alone.
    kinds = await run.events()
    assert kinds.count("ACTIVITY_TASK_SCHEDULED") == 3
    assert len(kinds) < 60


async def test_each_member_leaves_alone_and_the_others_walk_on(shop: Shop) -> None:
    guests = [shop.guest() for _ in range(4)]
    run = await shop.party("crowd", guests, [{"colour": "red"}] * 4)
    await eventually(lambda: all(run.sent(who) == ["one"] for who in run.ids))
    await eventually(lambda: shop.enrollment(run.ids[3])["phase"] == "waiting")
    await run.forward(timedelta(hours=1))
    await shop.tell(guests[0], "Order Cancelled", at=await run.now())
    await run.update(JourneyWorkflow.leave, run.ids[1], "support")
    await run.ends()
    assert [shop.enrollment(who)["outcome"] for who in run.ids] == ["left", "left", "finished", "finished"]
    assert [run.sent(who) for who in run.ids] == [["one"], ["one"], ["one", "three"], ["one", "three"]]


async def test_one_members_refused_address_and_erased_row_touch_nobody_else(shop: Shop) -> None:
    guests = [shop.guest(), shop.guest(email=None, phone=None), shop.guest()]
    run = await shop.party("crowd", guests, [{"colour": "green"}] * 3)
    await eventually(lambda: shop.enrollment(run.ids[2])["phase"] == "waiting")
    await run.ends()
    assert [run.sent(who) for who in run.ids] == [["one", "two", "three"], [], ["one", "two", "three"]]
    assert [message["reason"] for message in run.messages(run.ids[1])] == ["no email"] * 3


async def test_who_is_not_of_the_party_any_more_is_let_go_without_a_word(shop: Shop) -> None:
    guests = [shop.guest(), shop.guest()]
    run = await shop.party("crowd", guests, [{"colour": "red"}] * 2, foreign=1)
    await run.ends()
    assert run.sent(run.ids[0]) == ["one", "three"]
    assert run.messages(run.ids[1]) == []
    assert shop.enrollment(run.ids[1])["state"] == "due"  # another party's: not ours to close


async def test_hints_in_great_number_and_for_strangers_harm_nobody(shop: Shop) -> None:
    run = await shop.party("ear", [shop.guest() for _ in range(3)], [{}] * 3)
    await eventually(lambda: all(run.sent(who) == ["one"] for who in run.ids))
    signals = [run.handle.signal(JourneyWorkflow.hint, who) for who in ["stranger", *run.ids] * 10]
    await asyncio.gather(*signals)
    await run.ends()
    assert {tuple(run.sent(who)) for who in run.ids} == {("one", "three")}


async def test_a_walk_whose_row_is_closed_already_sends_nothing(shop: Shop) -> None:
    guest = shop.guest()
    await shop.tell_only(guest, "Began Plain")
    row = shop.enrollments(guest)[-1]
    of = table(Enrollment)
    with shop.database.write() as connection:
        connection.execute(of.update().where(of.c.id == row["id"]).values(state="closed", outcome="left"))
    run = await shop.walk_of("plain", [row["id"]])
    await run.ended()
    assert run.messages() == []


async def test_hours_apart_the_members_wake_each_in_their_own_time(shop: Shop) -> None:
    guests = [shop.guest(hour=14), shop.guest(hour=20)]
    run = await shop.party("until", guests, [{}, {}])
    await run.ends()
    for guest, who in zip(guests, run.ids, strict=True):
        zone = guest.person.timezone or ""
        times = [f"{at:%H:%M}" for at in run.local_times(who, zone)]
        assert set(times) <= {"10:00", "10:01"}  # wakes within a minute are one
        assert len(times) == 2
    assert DAY > run.at("one", run.ids[0]) - run.at("one", run.ids[1]) > timedelta(hours=5)
