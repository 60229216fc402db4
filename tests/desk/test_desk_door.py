"""Who is let in to the desk, and what does every answer tell the browser?"""

from __future__ import annotations

import re
from base64 import b64encode

import pytest
from desk_shop import Shop, opened

from regulars.store.database import Database

PATHS = ("/desk", "/desk/customers/tom1", "/desk/messages/m1", "/desk/messages/m1/mail", "/desk/journeys/welcome")


def basic(password: str, name: str = "support") -> str:
    return f"Basic {b64encode(f'{name}:{password}'.encode()).decode()}"


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "desk.example.com"},
        {"host": "127.0.0.1.example.com"},
        {"x_forwarded_for": "203.0.113.9"},
        {"forwarded": "for=203.0.113.9"},
        {"x_real_ip": "203.0.113.9"},
        {"via": "1.1 proxy"},
    ],
)
def test_without_a_password_a_proxy_or_another_name_is_refused(quick: Shop, headers: dict[str, str]) -> None:
    answer = quick.get("/desk/customers/tom1", **headers)
    assert answer.status == 403
    assert b"DESK_PASSWORD" in answer.body and b"tom@" not in answer.body


def test_without_a_password_this_machine_is_let_in(quick: Shop) -> None:
    assert quick.get("/desk").status == 200
    assert quick.get("/desk", host="localhost:8000").status == 200


def test_without_a_password_a_house_that_others_reach_has_no_desk(sqlite_database: Database) -> None:
    with opened(sqlite_database, public_url="https://shop.example") as shop:
        for path in PATHS:
            assert shop.get(path).status == 403, path
        assert shop.find("tom1").status == 403
        assert shop.get("/").status == 200


def test_with_a_password_nobody_is_let_in_without_it(sqlite_database: Database) -> None:
    with opened(sqlite_database, desk_password="newer-one, a-längere", public_url="https://shop.example") as shop:
        for path in PATHS:
            answer = shop.get(path)
            assert answer.status == 401, path
            assert answer.headers["www-authenticate"].startswith("Basic realm=")
            assert b"Tom" not in answer.body and b"tom1" not in answer.body
        assert shop.find("tom1").status == 401
        wrong = ("newer", "newer-one ", "newer-one, a-längere", "", "x" * 10_000)
        assert {shop.get("/desk", authorization=basic(word)).status for word in wrong} == {401}
        odd = ("Basic", "Basic !!!", "Bearer newer-one", "Basic " + b64encode(b"\xff\xfe").decode(), "newer-one")
        assert {shop.get("/desk", authorization=header).status for header in odd} == {401}
        for right in ("newer-one", "a-längere"):
            assert shop.get("/desk", authorization=basic(right), host="shop.example").status == 200
            assert shop.get("/desk", authorization=basic(right, "")).status == 200


@pytest.mark.parametrize("path", [*PATHS, "/desk/customers/nobody"])
def test_every_answer_is_kept_nowhere_and_runs_nothing(quick: Shop, path: str) -> None:
    headers = quick.get(path).headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy
    assert "frame-ancestors 'self'" in policy if path.endswith("/mail") else "frame-ancestors 'none'" in policy


def test_a_refusal_has_the_same_headers(quick: Shop) -> None:
    refused = quick.get("/desk", host="evil.example")
    assert refused.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in refused.headers["content-security-policy"]


def test_no_page_asks_for_anything_from_elsewhere(quick: Shop) -> None:
    for path in ("/desk", "/desk/customers/tom1", "/desk/messages/m1", "/desk/journeys/welcome"):
        page = quick.page(path)
        loaded = re.findall(r"""<(?:link|img|script|iframe|source)\b[^>]*?(?:src|href)=["']([^"']*)""", page)
        assert loaded and all(one.startswith(("data:,", "/desk/")) for one in loaded), loaded
        assert "@import" not in page and "url(http" not in page


def test_addresses_of_pages_hold_ids_alone(quick: Shop) -> None:
    for path in ("/desk", "/desk/customers/tom1", "/desk/messages/m1", "/desk/journeys/welcome?step=wait_1"):
        links = re.findall(r'href="([^"]*)"', quick.page(path))
        assert links and not [link for link in links if "@" in link or "%40" in link or "49151" in link]
