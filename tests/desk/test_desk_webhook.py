"""Does the desk say in words what a call is, and what it waits for?"""

from __future__ import annotations

from datetime import UTC, datetime

from regulars.desk.ahead import ahead
from regulars.draw.chart import chart_of
from regulars.journeys.call import Call
from regulars.journeys.happening import Start
from regulars.journeys.model import Journey, Send
from regulars.journeys.play import Play

CALL = Call("webhook", "tell_erp", "tell_erp", "https://erp.example/hooks", condition="customer.orders > 2")
PLAY = Play(Journey("vip", "VIP", Start("Order Completed"), (CALL, Send("email", "thanks", "thanks", "vip/thanks"))))


def test_a_call_is_drawn_by_its_name_and_its_condition_and_not_by_its_address() -> None:
    box = next(box for box in chart_of(PLAY).boxes if box.id == "tell_erp")
    assert (box.word, box.texts) == ("webhook", ("tell_erp", "if: customer.orders > 2"))


def test_a_call_that_waits_says_that_it_is_made_again() -> None:
    at = datetime(2026, 3, 20, 8, 30, tzinfo=UTC)
    found = ahead(PLAY, {"state": "walking", "step": "tell_erp", "phase": "waiting", "wake_at": at})
    words = ("webhook tell_erp is not received yet", "called again, then email thanks", at)
    assert (found.now, found.then, found.at) == words
