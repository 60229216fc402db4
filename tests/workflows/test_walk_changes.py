"""Does a walk change a profile in passing, on the real server?"""

from __future__ import annotations

from sqlalchemy import select
from walk_stage import Shop

from regulars.store.customers import Customer
from regulars.store.statements import table


async def test_tags_and_fields_are_there_for_the_steps_behind_them(shop: Shop) -> None:
    guest = shop.guest(hour=12, tags=("newcomer",))
    run = await shop.enter(guest, "Began Marker", colour="green", locale="de-DE")
    await run.ends()
    of = table(Customer)
    (row,) = shop.rows(select(of).where(of.c.id == run.row["customer_id"]))
    assert row["own_tags"] == {"regular": True, "late by name": True, "newcomer": False}
    assert row["traits"] == {"colour": "green", "rounds": 3}
    assert (row["timezone"], row["locale"]) == ("Asia/Kathmandu", "de-DE")
    assert run.sent() == ["one"]
    assert f"{run.local('one', 'Asia/Kathmandu'):%H:%M}" == "10:00"  # the very next wait goes by the new zone
    assert [one for one in run.decisions() if one[0] in ("tag", "untag", "set")] == [
        ("tag", "regular, late by name"),
        ("untag", "newcomer"),
        ("set", "traits.colour"),
        ("set", "traits.rounds"),
        ("set", "traits.nothing: no value"),
        ("set", "timezone"),
        ("set", "locale"),
    ]


async def test_what_was_set_is_not_in_temporals_history(shop: Shop) -> None:
    run = await shop.enter(shop.guest(), "Began Marker", colour="vermilion", locale="de-DE")
    await run.ends()
    history = (await run.handle.fetch_history()).to_json()
    assert "vermilion" not in history
