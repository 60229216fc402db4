"""Does Segment's own Python client get through? The real library where it is installed, and its calls byte for byte."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest
from segment_client import basic, batch, identify, send, track
from web_shop import WRITE_KEY, Web

from regulars.store.customers import Customer
from regulars.store.enrollments import Enrollment
from regulars.store.events import Event, LearntEvent

_CLIENT = """
import sys
from segment.analytics.client import Client

key, host, packing = sys.argv[1:]
client = Client(key, host=host, gzip=packing == "gzip", on_error=lambda error, _: print(error, file=sys.stderr))
client.identify("u1", {"email": "mei@example.com", "firstName": "Mei"})
client.track("u1", "Tea Tasted", {"tea": "Sencha"})
client.track("u1", "Order Completed", {"order_id": "o1", "revenue": 40.0, "currency": "USD"})
client.page("u1", "Docs", "Home", {"url": "https://shop.example"})
client.flush()
client.shutdown()
"""


@pytest.mark.parametrize("packing", ["gzip", "plain"])
def test_the_real_client_has_its_events_arrive_and_start_a_journey(web: Web, packing: str) -> None:
    if importlib.util.find_spec("segment") is None:
        pytest.skip("Segment's client is not installed: pip install segment-analytics-python")
    told = [sys.executable, "-c", _CLIENT, WRITE_KEY, f"http://127.0.0.1:{web.port}", packing]
    done = subprocess.run(told, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    _arrived(web)


@pytest.mark.parametrize("packed", [True, False])
def test_its_calls_have_their_events_arrive_and_start_a_journey(web: Web, packed: bool) -> None:
    library = {"user-agent": "analytics-python/2.4.0", "accept-encoding": "gzip, deflate", "accept": "*/*"}
    bought = {"order_id": "o1", "revenue": 40.0, "currency": "USD"}
    page = {**track(4, "", {"url": "https://shop.example"}), "type": "page", "category": "Docs", "name": "Home"}
    calls = batch(
        identify(1, {"email": "mei@example.com", "firstName": "Mei"}),
        track(2, "Tea Tasted", {"tea": "Sencha"}),
        track(3, "Order Completed", bought),
        page,
    )
    assert send(web, "batch", calls, packed=packed, headers={**basic(), **library}).status == 200
    _arrived(web)


def _arrived(web: Web) -> None:
    assert {row["name"] for row in web.rows(Event)} == {"Tea Tasted", "Order Completed", "Page Viewed"}
    mei = web.one(Customer)
    assert (mei["email"], mei["first_name"], mei["spent_minor"]) == ("mei@example.com", "Mei", 4000)
    entered = web.one(Enrollment)
    assert (entered["journey"], entered["customer_id"]) == ("welcome", mei["id"])
    assert web.one(LearntEvent)["name"] == "Tea Tasted"
