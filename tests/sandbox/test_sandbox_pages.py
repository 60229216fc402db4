"""Do the inbox pages show what was sent, and nothing else?"""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

from sandbox_servers import Running, Start, ask, mail, press, send_mail, until

SCRIPT = "<script>alert(1)</script>"
# The vendor would not take quotes in an address, but a name and a subject may hold anything.
QUOTED = '"><img src=x onerror=alert(1)>'


class _Page(HTMLParser):
    """What a browser would make of a page: its tags with their attributes, and its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def _page(url: str) -> _Page:
    answer = ask(url)
    assert answer.status == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    page = _Page(answer.text())
    assert page.named("script") == []
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    return page


def test_the_inbox_lists_what_was_taken_newest_first(sandbox: Running) -> None:
    assert "No messages yet" in _page(f"{sandbox.url}/inbox").words
    sandbox.mail("ann@example.com")
    sandbox.text("+14155550100", body="Your code")
    page = _page(f"{sandbox.url}/inbox")
    rows = [row["href"] for row in page.named("a") if row.get("class") == "row"]
    assert rows == ["/inbox/2", "/inbox/1"]
    for words in ("ann@example.com", "Your cart", "+14155550100", "Your code"):
        assert words in page.words


def test_the_inbox_can_be_searched_by_recipient_and_by_channel(sandbox: Running) -> None:
    sandbox.mail("ann@example.com")
    sandbox.mail("100%_sure@example.com", "m2")
    sandbox.text("+14155550100")

    def found(query: str) -> list[str]:
        return [each["recipient"] for each in ask(f"{sandbox.url}/inbox.json?{query}").json()["messages"]]

    assert found("to=ANN@") == ["ann@example.com"]
    assert found("to=%25_") == ["100%_sure@example.com"]
    assert found("to=1%25s") == found("to=a_n") == []
    assert found("to=%2B1415") == ["+14155550100"]
    assert found("channel=sms") == ["+14155550100"]
    assert found("channel=email&to=0100") == []
    assert "Nothing found" in _page(f"{sandbox.url}/inbox?to=nobody").words


def test_the_inbox_comes_in_pages(sandbox: Running) -> None:
    for number in range(27):
        sandbox.mail(f"p{number}@example.com", str(number))
    first = ask(f"{sandbox.url}/inbox.json").json()
    second = ask(f"{sandbox.url}/inbox.json?page=2").json()
    assert (first["total"], first["pages"], len(first["messages"]), len(second["messages"])) == (27, 2, 25, 2)
    assert [each["recipient"] for each in second["messages"]] == ["p1@example.com", "p0@example.com"]
    older = [link["href"] for link in _page(f"{sandbox.url}/inbox?to=p").named("a") if link.get("rel") == "next"]
    assert older == ["/inbox?to=p&page=2"]
    for odd in ("0", "-1", "x", "99999999999999999999", "3"):
        assert ask(f"{sandbox.url}/inbox.json?page={odd}").status == 200


def test_a_mail_is_shown_in_a_frame_that_can_run_nothing(sandbox: Running) -> None:
    html = f"<html><head><title>x</title></head><body>{SCRIPT}<b>Only today</b></body></html>"
    content = [{"type": "text/plain", "value": "Plain words"}, {"type": "text/html", "value": html}]
    sandbox.mail(content=content, headers={"List-Unsubscribe": "<https://shop.example/u/1>"})
    page = _page(f"{sandbox.url}/inbox/1")
    (frame,) = page.named("iframe")
    assert frame["sandbox"] == "allow-popups allow-popups-to-escape-sandbox"
    assert frame["srcdoc"] == html.replace("<head>", '<head><base target="_blank">')
    for words in ("Plain words", "List-Unsubscribe", "<https://shop.example/u/1>", '"subject": "Your cart"'):
        assert words in page.words


def test_a_mail_can_be_looked_at_on_its_own_where_it_can_run_nothing_either(sandbox: Running) -> None:
    sandbox.mail(content=[{"type": "text/html", "value": f"<html><head></head><body>Long{SCRIPT}</body></html>"}])
    sandbox.mail(content=[{"type": "text/plain", "value": "Only words"}])
    sandbox.text()
    (link,) = [one["href"] for one in _page(f"{sandbox.url}/inbox/1").named("a") if one.get("class") == "alone"]
    answer = ask(f"{sandbox.url}{link}")
    assert answer.text() == f'<html><head><base target="_blank"></head><body>Long{SCRIPT}</body></html>'
    policy = answer.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "sandbox allow-popups allow-popups-to-escape-sandbox"} <= set(policy)
    assert not any(rule.startswith("script-src") for rule in policy)
    assert [ask(f"{sandbox.url}/inbox/{number}/mail").status for number in (2, 3, 4)] == [404, 404, 404]
    assert "alone" not in str(_page(f"{sandbox.url}/inbox/2").named("a"))


def test_addresses_names_and_texts_cannot_break_out_of_the_pages(sandbox: Running) -> None:
    sandbox.mail(
        "o'neil&co@example.com", own_id=QUOTED, subject=SCRIPT + QUOTED, categories=[SCRIPT],
        **{"from": {"email": "news@shop.example", "name": QUOTED}},
        content=[{"type": "text/plain", "value": SCRIPT}], headers={"X-Odd": SCRIPT},
    )  # fmt: skip
    sandbox.text(body=SCRIPT + QUOTED, status_callback="http://127.0.0.1:9/?m=%22%3E%3Cscript%3E")
    press(f"{sandbox.url}/inbox/2/reply", body=SCRIPT)
    for path in ("/inbox", "/inbox/1", "/inbox/2", "/inbox?to=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"):
        page = _page(sandbox.url + path)
        assert page.named("img") == []
    assert SCRIPT in _page(f"{sandbox.url}/inbox/1").words
    assert SCRIPT + QUOTED in _page(f"{sandbox.url}/inbox/2").words


def test_a_text_is_shown_as_a_bubble_with_its_segments_and_replies(sandbox: Running) -> None:
    sandbox.text(body="a" * 160 + "b" * 40)
    press(f"{sandbox.url}/inbox/1/reply", body="who is this?")
    until(lambda: sandbox.receiver.at("/inbound"))
    shown = ask(f"{sandbox.url}/inbox/1.json").json()
    assert (shown["encoding"], [len(part) for part in shown["segments"]]) == ("GSM-7", [153, 47])
    page = _page(f"{sandbox.url}/inbox/1")
    assert "2 segments · GSM-7 · 200 characters" in page.words
    assert "who is this?" in page.words
    assert [form["action"] for form in page.named("form")] == ["/inbox/1/reply", "/inbox/1/bounce", "/inbox/1/reply"]


def test_the_page_of_a_mail_tells_what_was_told(sandbox: Running) -> None:
    sandbox.receiver.refusals.append(500)
    sandbox.mail()
    press(f"{sandbox.url}/inbox/1/click")

    def told() -> bool:
        timeline = ask(f"{sandbox.url}/inbox/1.json").json()["timeline"]
        return [each["state"] for each in timeline] == ["told"] * 3

    until(told)
    words = " ".join(_page(f"{sandbox.url}/inbox/1").words.split())
    assert "Processed webhook answered 204 after 2 tries" in words
    assert "https://shop.example/sale · webhook answered 204" in words


def test_the_pages_json_holds_the_request_and_the_remarks(sandbox: Running) -> None:
    sent = mail()
    send_mail(sandbox.url, sent)
    shown: dict[str, Any] = ask(f"{sandbox.url}/inbox/1.json").json()
    assert json.loads(shown["request"]) == sent
    assert shown["links"] == ["https://shop.example/sale"]
    assert shown["custom_args"] == {"regulars_message_id": "m1"}
    assert any("No List-Unsubscribe header" in remark for remark in shown["remarks"])


def test_a_mail_without_html_shows_its_text_first(sandbox: Running) -> None:
    sandbox.mail(content=[{"type": "text/plain", "value": "Only words"}])
    page = _page(f"{sandbox.url}/inbox/1")
    assert page.named("iframe") == []
    assert [view["id"] for view in page.named("input") if "checked" in view] == ["text"]


def test_what_is_not_there_is_not_found(shared: Running) -> None:
    for path in ("/inbox/1", f"/inbox/{10**30}", "/inbox/x", "/nowhere", "/inbox/1.json"):
        assert ask(shared.url + path).status == 404


def test_a_page_of_another_site_cannot_press_buttons(sandbox: Running) -> None:
    sandbox.text()
    foreign = ask(f"{sandbox.url}/inbox/1/reply", "POST", b"body=STOP", {"Sec-Fetch-Site": "cross-site"})
    assert foreign.status == 403
    assert ask(f"{sandbox.url}/_sandbox/faults", "DELETE", None, {"Sec-Fetch-Site": "cross-site"}).status == 403
    assert press(f"{sandbox.url}/inbox/1/reply").status == 303


def test_one_page_leads_to_the_inbox(start: Start) -> None:
    answer = ask(start().url + "/")
    assert (answer.status, answer.headers["location"]) == (307, "/inbox")
