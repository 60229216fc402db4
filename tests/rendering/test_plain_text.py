"""Does the text part say what the mail says?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from mail_page import mail

from regulars.delivery.plain_text import tidy

PIECES = [
    ("<mj-text><h1>Tea</h1><p>One<br/>two</p></mj-text>", "Tea\n\nOne\ntwo"),
    ("<mj-text>\n  many   \n  words &amp; more&nbsp;&lt;here&gt;\n</mj-text>", "many words & more <here>"),
    ("<mj-text><ul><li>a</li><li>b</li></ul></mj-text>", "- a\n- b"),
    (
        "<mj-table><tr><td>Oolong</td><td>{{ event.p | money('EUR') }}</td></tr>"
        "<tr><td>Sum</td><td>1</td></tr></mj-table>",
        "Oolong  €5.00\nSum  1",
    ),
    ('<mj-button href="{{ event.url }}">Go</mj-button>', "Go: https://a.example/?utm_source=regulars"),
    ('<mj-text><a href="https://b.example/x">here</a></mj-text>', "here <https://b.example/x?utm_source=regulars"),
    ('<mj-image src="https://a.example/i.png" alt="Pot" href="mailto:a@b.example" />', "Pot <mailto:a@b.example>"),
    ('<mj-text>a <span aria-hidden="true">* <b>*</b> *</span>b</mj-text>', "a b"),
    ('<mj-image src="https://a.example/i.png" alt="Pot" />', ""),
    ('<mj-text><a href="tel:+49123">tel:+49123</a>!</mj-text>', "tel:+49123!"),
    ("{% if event.p > 1 %}<mj-text>much</mj-text>{% else %}<mj-text>little</mj-text>{% endif %}", "much"),
]


@pytest.mark.parametrize(("body", "expected"), PIECES, ids=[case[0][:40] for case in PIECES])
def test_what_is_seen_is_said(body: str, expected: str, write: Callable[..., Any], context: dict[str, Any]) -> None:
    data = {**context, "event": {"p": 500, "url": "https://a.example/"}}
    text = write({"email/j/t.en.mjml": mail(body)}).email("j/t", "en", data).text
    said, _, footer = text.rpartition("12 Harbour Lane")
    assert said.strip().startswith(expected)
    assert bool(said.strip()) == bool(expected)
    assert footer == " Leave <https://r.example.com/u/abc>"


def test_a_link_that_data_names_is_guarded_in_the_text_too(write: Callable[..., Any], context: dict[str, Any]) -> None:
    templates = write({"email/j/t.en.mjml": mail('<mj-button href="{{ event.url }}">Go</mj-button>')})
    assert "Go: #\n" in templates.email("j/t", "en", {**context, "event": {"url": "javascript:alert(1)"}}).text


def test_tidy_text_stays_as_it_is() -> None:
    messy = "  a   b  \n\n\n \n c\t\n"
    assert tidy(messy) == "a  b\n\nc"
    assert tidy(tidy(messy)) == tidy(messy)
