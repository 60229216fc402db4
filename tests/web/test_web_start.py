"""Does whoever opens the web process in a browser learn what it is, and nothing of the shop?"""

from __future__ import annotations

import re

import pytest
from web_shop import Web


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_root_says_what_this_is(web: Web, method: str) -> None:
    answer = web.call(method, "/")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert (b"/webhooks/shopify" in answer.body) == (method == "GET")


def test_the_root_loads_nothing_and_names_nothing_of_the_shop(web: Web) -> None:
    text = web.call("GET", "/").body.decode()
    assert re.findall(r"(?:src|href|action)=\"([^\"]+)\"", text) == ["/desk", "/healthz", "/readyz"]
    assert "http" not in text
    assert not any(word in text for word in ("Mori", "welcome", "abandoned"))


def test_what_the_root_names_is_there(web: Web) -> None:
    text = web.call("GET", "/").body.decode()
    paths = set(re.findall(r"(/[a-z]+(?:/[a-z]+)*)(?=[,<\"])", text)) - {"/a", "/dt", "/dd", "/dl", "/main"}
    assert paths >= {
        "/webhooks/shopify",
        "/webhooks/sendgrid/events",
        "/webhooks/twilio/inbound",
        "/healthz",
        "/readyz",
    }
    assert [
        path for path in sorted(paths) if path.startswith(("/w", "/h")) and web.call("POST", path).status == 404
    ] == []
