"""Does a step start another journey, on the real server?"""

from __future__ import annotations

from walk_stage import Run, Shop


async def test_another_journey_begins_beside_this_one_and_only_once(shop: Shop) -> None:
    guest = shop.guest()
    run = await shop.enter(guest, "Began Opener")
    await run.ended()
    await shop.carry(shop.clock.now())
    assert run.sent() == ["one", "two"]
    assert [one for one in run.decisions() if one[0] == "journey"] == [
        ("journey", "opened: entered"),
        ("journey", "opened: inside already"),
    ]
    (other,) = [row for row in shop.enrollments(guest) if row["journey"] == "opened"]
    opened = Run(shop, other["id"])
    assert (await opened.ended())["outcome"] == "finished"
    assert opened.sent() == ["three"]
