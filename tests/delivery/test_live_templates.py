"""Does a running courier send what was applied last, and keep every message of those on an older version?"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from delivery_office import Office, Vendor, row_of, wanted
from delivery_shop import HOUR, Shop, journey, send
from sqlalchemy import event

from regulars.delivery.live_templates import LiveTemplates
from regulars.delivery.want import Want
from regulars.journeys.model import Send
from regulars.store.journeys import TemplateSet
from regulars.store.statements import table

Offices = Callable[..., Office]
MAIL, TEXT = "email/cart/email.en.mjml", "sms/cart/sms.en.txt"


def edited(shop: Shop, path: str, old: str, new: str) -> None:
    """A template's text is changed, and applied with the next apply."""
    assert old in shop.templates[path]
    shop.templates = {**shop.templates, path: shop.templates[path].replace(old, new)}


async def said_of(office: Office, shop: Shop, want: Want) -> str:
    """What goes out: the subject of a mail, the words of a text."""
    (answer,) = await office.deliver(want)
    assert answer.result == "done", answer
    row = row_of(shop, want)
    return str(row["subject"] if row["channel"] == "email" else row["body"])


async def test_a_template_applied_to_a_running_courier_is_sent(
    open_shop: Shop, offices: Offices, vendor: Vendor, now: datetime
) -> None:
    office = offices()
    assert (await said_of(office, open_shop, wanted(open_shop, now))).startswith("Still thinking")
    open_shop.templates["email/fresh/hello.en.mjml"] = open_shop.templates[MAIL]
    edited(open_shop, "email/fresh/hello.en.mjml", "Still thinking", "New here")
    edited(open_shop, MAIL, "Still thinking", "Changed your mind")
    fresh = journey("fresh", Send("email", "hello", "hello", "fresh/hello"))
    open_shop.apply(journey(), fresh)
    assert (await said_of(office, open_shop, wanted(open_shop, now, "ben"))).startswith("Changed your mind")
    want = open_shop.want(open_shop.enter("new", "fresh", at=now - HOUR), "hello", now, name="fresh")
    assert (await said_of(office, open_shop, want)).startswith("New here")


async def test_an_edit_of_a_text_reaches_those_who_walk_an_older_version(
    open_shop: Shop, offices: Offices, vendor: Vendor, now: datetime
) -> None:
    want, office = wanted(open_shop, now), offices()
    edited(open_shop, MAIL, "Still thinking", "Mistake mended")
    open_shop.apply(replace(journey(), title="Another version"))
    assert open_shop.want(want.enrollment).version != want.version
    assert (await said_of(office, open_shop, want)).startswith("Mistake mended")


@pytest.mark.parametrize("removed", [True, False], ids=["removed", "names what the older version does not know"])
async def test_an_older_version_gets_its_own_template_where_the_new_one_is_not_for_it(
    open_shop: Shop, offices: Offices, vendor: Vendor, now: datetime, removed: bool
) -> None:
    open_shop.apply(journey("cart", send("sms")))
    want, office = wanted(open_shop, now, step="sms"), offices()
    if removed:
        open_shop.templates = {MAIL: open_shop.templates[MAIL]}
        open_shop.apply(journey("cart", send()))
    else:
        edited(open_shop, TEXT, "still thinking?", "as we wrote at {{ email.sent_at }}")
        open_shop.apply(journey("cart", send(), send("sms")))
    assert "still thinking?" in await said_of(office, open_shop, want)


async def test_a_journey_no_longer_in_the_file_is_walked_to_its_end_with_its_templates(
    open_shop: Shop, offices: Offices, vendor: Vendor, now: datetime
) -> None:
    want, office = wanted(open_shop, now), offices()
    open_shop.templates = {path: text for path, text in open_shop.templates.items() if "/other/" in path}
    open_shop.apply(journey("other"))
    assert (await said_of(office, open_shop, want)).startswith("Still thinking")


@pytest.mark.parametrize("wrong", ["gone", "broken"])
async def test_a_message_whose_template_is_tampered_with_waits_for_the_next_apply(
    open_shop: Shop, offices: Offices, vendor: Vendor, now: datetime, wrong: str, caplog: pytest.LogCaptureFixture
) -> None:
    want, office, sets = wanted(open_shop, now), offices(), table(TemplateSet)
    with open_shop.database.write() as connection:
        if wrong == "gone":
            connection.execute(sets.delete())
        else:
            connection.execute(sets.update().values(sources={MAIL: "---\nsubject: x\n---\n<mjml><mj-bdoy>"}))
    with caplog.at_level(logging.ERROR):
        said = await office.deliver(want, wanted(open_shop, now, "ben"))
    assert [one.result for one in said] == ["later", "later"]
    assert said[0].until is not None and timedelta() < said[0].until - said[0].at <= timedelta(minutes=2)
    row = row_of(open_shop, want)
    assert (row["state"], row["attempts"]) == ("claimed", 0)
    alerts = [one.getMessage() for one in caplog.records if one.levelno == logging.ERROR]
    assert len(alerts) == 1 and "messages of cart@" in alerts[0], alerts  # and not one a message
    edited(open_shop, MAIL, "Still thinking", "Here again")
    open_shop.apply(journey())
    assert (await said_of(office, open_shop, replace(want, owner="run/1/2"))).startswith("Here again")


async def test_a_message_costs_no_query_once_its_template_was_wanted(open_shop: Shop, now: datetime) -> None:
    templates = LiveTemplates(open_shop.database, open_shop.shelf)
    first, second = (open_shop.claimed(wanted(open_shop, now, who)).case for who in ("ann", "ben"))
    asked: list[str] = []
    event.listen(open_shop.database.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    await templates.prepare([first])
    made, queries = templates.of(first), len(asked)
    assert queries > 0
    await templates.prepare([second])
    assert templates.of(second) is made
    assert len(asked) == queries
