"""Does production do what is simulated? The five journeys and invented customers, on one server, side by side."""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import datetime, timedelta

from rehearsed_people import Invented, invented
from rehearsed_side_by_side import START, both, rehearsal

from regulars.cli.rehearse import Stage
from regulars.rehearse.compare import differences

# Of many: what meets at one instant, what is held back to the microsecond, clocks put forward, all five journeys.
# More of them by the variable.
SEEDS = tuple(range(int(os.environ.get("REGULARS_REHEARSALS", "0")))) or (1, 5, 46, 48, 106)
DAYS = 12
ORDERS = [("p1", 80), ("p2", 120), ("p3", 200)]


def somebody(name: str, orders: int = 0, birthday: str = "") -> str:
    """A customer in Berlin, some of whose orders are long ago."""
    told = {
        "id": name,
        "email": f"{name}@example.com",
        "phone": "+4915123456789",
        "first_name": "Ana",
        "timezone": "Europe/Berlin",
        "since": ago(300),
        "consents": [{"channel": one, "given": ago(290)} for one in ("email", "sms")],
        "orders": [{"at": ago(days), "order_id": order, "total": "9.00"} for order, days in ORDERS[:orders]],
    } | ({"traits": {"birthday": birthday}} if birthday else {})
    return json.dumps(told)


def ago(days: int) -> str:
    return (START - timedelta(days=days)).isoformat()


def happens(event: str, **properties: str) -> str:
    return json.dumps([{"after": "1 hour", "event": event, "properties": properties}])


NATURAL = {
    "welcome": Invented(somebody("w"), happens("Order Completed", order_id="o1", total="9.00"), START),
    "abandoned_cart": Invented(somebody("a"), happens("Checkout Started", checkout_id="k1", total="9.00"), START),
    "dormant_winback": Invented(somebody("d", orders=1), "[]", START + timedelta(days=6)),
    "birthday": Invented(somebody("b", birthday="1990-03-05"), "[]", START),
    "vip_new_release": Invented(somebody("v", orders=3), happens("Product Released", product_id="n1"), START),
}


async def test_each_of_the_five_journeys_does_on_a_server_what_is_simulated(on_stage: Stage) -> None:
    asked = [rehearsal(one, 14 if name == "dormant_winback" else 7, name) for name, one in NATURAL.items()]
    found = await both(asked, on_stage)
    for journey, (simulated, rehearsed) in zip(NATURAL, found, strict=True):
        assert differences(simulated, rehearsed) == [], journey
        assert [walk.outcome for walk in rehearsed.walks if walk.journey == journey] == ["finished"]
        assert len([entry for entry in rehearsed.sent if entry.journey == journey]) >= 2
        assert [one.message for one in rehearsed.sent] == [one.message for one in simulated.sent]


async def test_invented_customers_and_scripts_come_to_what_is_simulated(on_stage: Stage) -> None:
    found = await both([rehearsal(invented(seed, DAYS), DAYS) for seed in SEEDS], on_stage)
    different = {seed: differences(*pair) for seed, pair in zip(SEEDS, found, strict=True)}
    assert not any(different.values()), different
    verdicts = Counter(one.verdict for _, rehearsed in found for one in rehearsed.entries if one.kind == "decision")
    assert verdicts["entered"] > len(SEEDS) / 2, "scripts in which nothing happens hold nothing"
    assert len(verdicts) > 6


async def test_what_the_books_say_came_at_its_instant_and_not_at_the_servers(on_stage: Stage) -> None:
    (pair,) = await both([rehearsal(NATURAL["welcome"], 1)], on_stage)
    (first, *_) = pair[1].sent
    assert first.at == START + timedelta(hours=1)
    assert first.at < datetime.now(first.at.tzinfo), "a server's own time has long gone by"
