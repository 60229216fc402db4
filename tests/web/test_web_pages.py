"""Do unsubscribe links, short links and probes do what they may, and nothing when only looked at?"""

from __future__ import annotations

import pytest
from web_shop import KEY, LIMIT, PUBLIC, Web, running

from regulars.delivery import signed
from regulars.store.customers import Consent, Suppression
from regulars.store.database import Database
from regulars.store.enrollments import Outbox
from regulars.store.events import Event
from regulars.store.messages import Message, ShortLink
from regulars.store.statements import add

FORM = {"content-type": "application/x-www-form-urlencoded"}
PARTS = {"content-type": "multipart/form-data; boundary=b"}
MULTIPART = b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'


def link(message: str = "m1", secret: str = KEY) -> str:
    return f"/u/{signed.sign(secret, 'unsubscribe', message)}"


def standing(web: Web) -> list[bool]:
    return [row["granted"] for row in sorted(web.rows(Consent), key=lambda row: row["occurred_at"])]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_at_an_unsubscribe_link_shows_a_page_and_changes_nothing(web: Web, method: str) -> None:
    web.message()
    before = web.count()
    answer = web.call(method, link())
    assert answer.status == 200
    assert (b'<form method="post"' in answer.body) == (method == "GET")
    assert web.count() == before


@pytest.mark.parametrize(
    ("body", "headers"),
    [(b"List-Unsubscribe=One-Click", FORM), (MULTIPART, PARTS), (b"", FORM), (None, {})],
    ids=["form", "multipart", "the page's button", "nothing at all"],
)
def test_a_post_unsubscribes_at_once_without_redirect_or_cookie(
    web: Web, body: bytes | None, headers: dict[str, str]
) -> None:
    web.message()
    answer = web.call("POST", link(), body, headers)
    assert (answer.status, "set-cookie" in answer.headers) == (200, False)
    assert standing(web) == [True, False]
    assert {row["name"] for row in web.rows(Event)} >= {"Email Unsubscribed", "Consent Withdrawn"}


def test_who_agreed_again_may_unsubscribe_again_by_the_same_link(web: Web) -> None:
    web.message()
    for _ in range(2):
        assert web.call("POST", link(), b"List-Unsubscribe=One-Click", FORM).status == 200
    assert standing(web) == [True, False, False]
    assert len(web.rows(Event, name="Consent Withdrawn")) == 1


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize(
    "path", [link(secret="of another"), link("m2"), "/u/m1", "/u/m1.", "/u/.", "/u/%00.x", "/u/m1.%C3%BC", f"{link()}x"]
)
def test_a_link_that_is_not_ours_is_none(quick: Web, method: str, path: str) -> None:
    quick.message()
    before = quick.count()
    assert quick.call(method, path).status == 404
    assert quick.count() == before


def test_a_body_too_large_for_a_click_is_refused(quick: Web) -> None:
    quick.message()
    assert quick.call("POST", link(), b"x" * 70_000, FORM).status == 413
    assert standing(quick) == [True]


def test_an_older_secret_still_opens_links_after_a_rotation(sqlite_database: Database) -> None:
    with running(sqlite_database, regulars_secret=f"newer,{KEY}") as web:
        web.message()
        assert web.call("GET", link()).status == 200
        assert web.call("GET", link(secret="newer")).status == 200


def lead(web: Web, url: str, code: str = "abc123") -> None:
    web.message(channel="sms", step="care", address="+14155550123")
    with web.database.write() as connection:
        add(connection, ShortLink, [{"code": code, "message_id": "m1", "url": url}])


def test_a_tap_leads_on_and_is_counted_once_a_minute(web: Web) -> None:
    lead(web, f"{PUBLIC}/tea?a=1&b=%20")
    for _ in range(3):
        answer = web.call("GET", "/l/abc123")
        assert (answer.status, answer.headers["location"]) == (302, f"{PUBLIC}/tea?a=1&b=%20")
    (event,) = web.rows(Event, name="SMS Clicked")
    assert event["properties"]["url"] == f"{PUBLIC}/tea?a=1&b=%20"
    assert web.one(Message)["clicked_at"] is not None


def test_a_preview_leads_on_and_counts_nothing(web: Web) -> None:
    lead(web, f"{PUBLIC}/tea")
    before = web.count()
    answer = web.call("HEAD", "/l/abc123")
    assert (answer.status, answer.headers["location"]) == (302, f"{PUBLIC}/tea")
    assert web.count() == before


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "ftp://x.example", "", "https://"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_link_leads_to_the_web_and_nowhere_else(quick: Web, url: str, method: str) -> None:
    lead(quick, url)
    before = quick.count()
    assert quick.call(method, "/l/abc123").status == 404
    assert quick.count() == before


@pytest.mark.parametrize("code", ["unknown", "%00", "ABC123", "a" * 1000, "%F0%9F%8D%B5"])
def test_a_code_that_is_not_ours_leads_nowhere(web: Web, code: str) -> None:
    assert web.call("GET", f"/l/{code}").status == 404
    assert web.call("HEAD", f"/l/{code}").status == 404


def test_a_tap_proves_that_the_vendor_has_the_text_and_hints_the_walk(web: Web) -> None:
    lead(web, PUBLIC)
    with web.database.write() as connection:
        connection.exec_driver_sql("UPDATE message SET state = 'unknown'")
    assert web.call("GET", "/l/abc123").status == 302
    assert web.one(Message)["state"] == "accepted"
    assert "hint" in {row["kind"] for row in web.rows(Outbox)}


def test_probes_tell_whether_it_lives_and_whether_it_can_work(web: Web) -> None:
    assert web.call("GET", "/healthz").status == 204
    assert web.call("GET", "/readyz").status == 204
    with web.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM live")
    assert web.call("GET", "/readyz").status == 503
    assert web.call("GET", "/healthz").status == 204


def test_nothing_unsubscribed_is_suppressed_as_an_address(web: Web) -> None:
    """Mails about orders still come."""
    web.message()
    web.call("POST", link())
    assert web.rows(Suppression) == []


def test_any_address_with_any_body_is_answered(quick: Web) -> None:
    paths = [
        "/",
        "/u/",
        "/l/",
        "/webhooks",
        "/webhooks/",
        "/openapi.json",
        "/webhooks/shopify/",
        "/%2e%2e/etc/passwd",
        "/%C3%A9",
    ]
    paths += [
        "/webhooks/sendgrid/events",
        "/webhooks/twilio/status?m=%00",
        "/webhooks/twilio/inbound",
        "/webhooks/shopify",
    ]
    for path in paths:
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"):
            for body in (None, b"\xff\x00", b"{" * 5_000, b"a=%ff&b", b"x" * (LIMIT + 1)):
                assert quick.call(method, path, body).status < 500, (method, path)
