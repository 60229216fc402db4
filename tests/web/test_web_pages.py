"""Do unsubscribe links, short links and probes do what they may, and nothing when only looked at?"""

from __future__ import annotations

import time

import pytest
from web_shop import KEY, LIMIT, PUBLIC, Web, running

from regulars.delivery import signed
from regulars.store.customers import Consent, Suppression
from regulars.store.database import Database
from regulars.store.enrollments import Outbox
from regulars.store.events import Event
from regulars.store.messages import Message, ShortLink
from regulars.store.statements import add, table

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


PERSONS = [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 "
    "Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 14; CUBOT X70) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Instagram 350.0",
]
PROGRAMS = [
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0 Safari/601.2 "
    "facebookexternalhit/1.1 Facebot Twitterbot/1.0",
    "WhatsApp/2.23.20.0",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Slack-ImgProxy (+https://api.slack.com/robots)",
    "TelegramBot (like TwitterBot)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko; Google-PageRenderer Google "
    "(+https://developers.google.com/+/web/snippet/)) Chrome/130.0 Safari/537.36",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; Baiduspider/2.0)",
    "Snap URL Preview Service; bot; snapchat",
]


@pytest.mark.parametrize("agent", PROGRAMS)
def test_a_program_that_looks_a_link_up_leads_on_and_counts_nothing(quick: Web, agent: str) -> None:
    lead(quick, f"{PUBLIC}/tea")
    before = quick.count()
    answer = quick.call("GET", "/l/abc123", headers={"User-Agent": agent})
    assert (answer.status, answer.headers["location"]) == (302, f"{PUBLIC}/tea")
    assert quick.count() == before
    assert quick.one(Message)["clicked_at"] is None


@pytest.mark.parametrize(
    "said", ["Purpose: prefetch", "Sec-Purpose: prefetch;prerender", "X-Purpose: preview", "X-Moz: prefetch"]
)
def test_a_browser_that_fetches_ahead_leads_on_and_counts_nothing(web: Web, said: str) -> None:
    lead(web, f"{PUBLIC}/tea")
    before = web.count()
    name, value = said.split(": ")
    assert web.call("GET", "/l/abc123", headers={"User-Agent": PERSONS[0], name: value}).status == 302
    assert web.count() == before


@pytest.mark.parametrize("agent", PERSONS)
def test_a_persons_tap_counts_whatever_they_hold_in_their_hand(quick: Web, agent: str) -> None:
    lead(quick, f"{PUBLIC}/tea")
    assert quick.call("GET", "/l/abc123", headers={"User-Agent": agent}).status == 302
    assert quick.one(Message)["clicked_at"] is not None


def test_a_tap_leads_on_at_once_while_the_database_is_busy_and_is_counted_later(web: Web) -> None:
    lead(web, f"{PUBLIC}/tea")
    with web.database.write() as connection:
        connection.execute(table(Message).update().values(reason="held by somebody"))
        began = time.monotonic()
        answer = web.call("GET", "/l/abc123")
        assert (answer.status, answer.headers["location"]) == (302, f"{PUBLIC}/tea")
        assert time.monotonic() - began < 5
    deadline = time.monotonic() + 20
    while web.one(Message)["clicked_at"] is None:
        assert time.monotonic() < deadline, "the tap was lost"
        time.sleep(0.05)


def test_a_tap_that_cannot_be_counted_leads_on_all_the_same(web: Web) -> None:
    lead(web, f"{PUBLIC}/tea")
    with web.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE inbound RENAME TO gone")
    answer = web.call("GET", "/l/abc123")
    assert (answer.status, answer.headers["location"]) == (302, f"{PUBLIC}/tea")
    with web.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO inbound")
    assert web.one(Message)["clicked_at"] is None


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
