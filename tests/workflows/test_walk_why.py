"""Is what a walk did on the real server told as it was, by the one answer to "why"?"""

from __future__ import annotations

from walk_stage import Run, Shop

from regulars.why import ask
from regulars.why.answer import Way
from regulars.why.kinds import Kind
from regulars.why.why import why


async def told(shop: Shop, run: Run) -> Way:
    """The answer about the walk's journey, as of now."""
    row, now = run.row, await run.now()
    with shop.database.read() as connection:
        asked = ask.asked(connection, shop.shelf, row["customer_id"], row["journey"])
        found = why(connection, shop.shelf, asked, now)
    assert found is not None
    (way,) = [one for story in found.stories for one in story.ways if one.enrollment == run.id]
    return way


async def test_why_she_got_a_text_in_the_morning_is_told_from_the_night_to_the_vendor(shop: Shop) -> None:
    run = await shop.enter(shop.guest(hour=23), "Began Texts")
    await run.rests("text")
    (case,) = (await told(shop, run)).cases
    assert (case.fate, [one.kind for one in case.reasons]) == ("not yet", [Kind.quiet_hours])
    await run.ends()
    way = await told(shop, run)
    (case,) = way.cases
    assert case.fate == "sent"
    assert [one.kind for one in case.reasons] == [Kind.quiet_hours, Kind.consent, Kind.claimed, Kind.sent]
    assert run.messages()[0]["vendor_id"] in case.reasons[-1].text
    assert [one.kind for one in way.reasons] == [Kind.entered, Kind.finished]
    assert way.party == run.id


async def test_why_he_left_is_told_with_the_rule_and_its_value(shop: Shop) -> None:
    run = await shop.enter(shop.guest(), "Began Leaver", colour="red")
    await run.ended()
    way = await told(shop, run)
    assert [one.kind for one in way.reasons] == [Kind.entered, Kind.branch, Kind.left]
    assert "start.colour" in way.reasons[1].text or "event.colour" in way.reasons[1].text
    assert "was red" in way.reasons[1].text
    assert "not green" in way.reasons[-1].text
    assert [case.fate for case in way.cases] == ["sent"]
