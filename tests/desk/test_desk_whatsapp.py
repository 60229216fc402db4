"""Does the desk show a WhatsApp message, and whether one may be sent, where the house writes there?"""

from __future__ import annotations

from dataclasses import replace

import pytest
from desk_shop import AT, NOW, Shop
from web_shop import ROOT

from regulars.delivery import book as books
from regulars.store import shelf

WORDS = "Hi Tom, your tea waits"


def test_a_whatsapp_message_is_shown_in_the_words_that_went(quick: Shop) -> None:
    sent = {"dispatched_at": AT, "accepted_at": AT, "sender": "+14155550101", "address": "+4915123456789"}
    quick.message("m9", "w1", "tom1", step="care", channel="whatsapp", template="care/nudge", body=WORDS, **sent)
    page = quick.page("/desk/messages/m9")
    assert WORDS in page and "As it was sent." in page
    assert "The message" in page and "segment" not in page
    assert WORDS in quick.page("/desk/customers/tom1")


@pytest.mark.parametrize("writes", [True, False])
def test_whether_we_may_write_is_told_of_the_channels_on_which_the_house_does(quick: Shop, writes: bool) -> None:
    book, templates = books.read(ROOT / "journeys.yaml", ROOT / "templates")
    senders = {channel: sender for channel, sender in book.house.senders.items() if channel != "whatsapp"}
    senders |= {"whatsapp": "+14155550101"} if writes else {}
    with quick.web.database.write() as connection:
        shelf.apply(connection, replace(book, house=replace(book.house, senders=senders)), NOW, templates.sources)
    page = quick.page("/desk/customers/tom1")
    assert "sms: no" in page
    assert ("whatsapp: no" in page) is writes
