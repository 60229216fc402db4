"""Do the stand-in recipients behave like people, and their phones count like carriers?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.sandbox import links, twilio_text
from regulars.sandbox.advice import on_mail, on_text
from regulars.sandbox.reactions import draw
from regulars.sandbox.segments import segments, smart_encoded
from regulars.sandbox.settings import SandboxSettings


@pytest.mark.parametrize(
    ("text", "encoding", "count"),
    [
        ("a" * 160, "GSM-7", 1),
        ("a" * 161, "GSM-7", 2),
        ("a" * 306, "GSM-7", 2),
        ("a" * 307, "GSM-7", 3),
        ("€" * 80, "GSM-7", 1),
        ("€" * 81, "GSM-7", 2),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 3),
        ("你" * 70, "UCS-2", 1),
        ("你" * 71, "UCS-2", 2),
        ("👍" * 35, "UCS-2", 1),
        ("a" * 66 + "👍" + "a" * 66, "UCS-2", 3),
        ("`", "UCS-2", 1),
        ("\t", "UCS-2", 1),
        ("ç", "UCS-2", 1),
        ("Ç", "GSM-7", 1),
    ],
)
def test_segments_are_counted_as_the_carrier_counts(text: str, encoding: str, count: int) -> None:
    cut = segments(text)
    assert (cut.encoding, len(cut.parts)) == (encoding, count)


def test_segments_agree_with_the_vendors_calculator(vendors_data: Path) -> None:
    file = vendors_data / "payloads" / "sms_segments_vectors.json"
    vectors: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))["vectors"]
    assert len(vectors) > 20
    for vector in vectors:
        for text, wanted in ((vector["text"], vector), (smart_encoded(vector["text"]), vector["smart"])):
            cut = segments(text)
            assert (cut.encoding, len(cut.parts)) == (wanted["encoding"], wanted["segments"]), vector["name"]


@given(st.text(max_size=400))
def test_no_segment_is_too_long_and_no_character_is_lost(text: str) -> None:
    cut = segments(text)
    assert "".join(cut.parts) == text
    alone, joined = (160, 153) if cut.encoding == "GSM-7" else (70, 67)
    for part in cut.parts:
        assert len(part) <= (alone if len(cut.parts) == 1 else joined)


def _settings(**changed: Any) -> SandboxSettings:
    return SandboxSettings(data=Path("unused"), **changed)


@given(st.text(max_size=30), st.text(max_size=30))
def test_who_clicks_has_opened_before(recipient: str, about: str) -> None:
    reaction = draw(_settings(), recipient, about, 1_000_000)
    assert reaction == draw(_settings(), recipient, about, 1_000_000)
    if reaction.clicks_at is not None:
        assert reaction.opens_at is not None
        assert 1_000_000 < reaction.opens_at < reaction.clicks_at
    assert 0 <= reaction.which < 1


def test_shares_come_out_near_what_was_asked_and_a_seed_draws_others() -> None:
    def opened(**changed: Any) -> set[int]:
        asked = _settings(open_share=0.6, **changed)
        return {n for n in range(2000) if draw(asked, f"p{n}@example.com", "Hi", 0).opens_at is not None}

    assert 1100 < len(opened()) < 1300
    assert len(opened() ^ opened(seed="other")) > 500
    assert opened(click_share=0.0) == opened(click_share=0.3)


def test_everybody_and_nobody_can_be_asked_for() -> None:
    everybody = _settings(open_share=1.0, click_share=1.0, machine_open_share=1.0)
    nobody = _settings(open_share=0.0, click_share=0.0, machine_open_share=0.0)
    for number in range(200):
        all_of_it = draw(everybody, str(number), "", 0)
        assert None not in (all_of_it.opens_at, all_of_it.clicks_at, all_of_it.machine_opens_at)
        none_of_it = draw(nobody, str(number), "", 0)
        assert (none_of_it.opens_at, none_of_it.clicks_at, none_of_it.machine_opens_at) == (None, None, None)


def test_links_that_unsubscribe_are_left_alone() -> None:
    html = (
        '<a href="https://s.example/a?x=1&amp;y=2">Shop</a><a href="mailto:x@s.example">Mail</a><a href="#top">Top</a>'
        '<A HREF=" https://s.example/b ">B</A><a href="https://s.example/unsubscribe?t=1">x</a>'
        '<a href="https://s.example/c">Un<b>subscribe</b></a><a href="https://s.example/u/9">Abmelden</a><a>none</a>'
    )
    assert links.in_html(html, "<https://s.example/u/9>, <mailto:u@s.example>") == [
        "https://s.example/a?x=1&y=2",
        "https://s.example/b",
    ]


def test_a_link_in_a_text_ends_before_its_punctuation() -> None:
    text = "Come (https://s.example/a). Or http://127.0.0.1:8000/b?x=1, or https:// or ftp://x"
    assert links.in_text(text) == ["https://s.example/a", "http://127.0.0.1:8000/b?x=1"]
    assert links.without_links("Hi https://s.example/token1 bye") == links.without_links("Hi https://s.example/t2 bye")


@pytest.mark.parametrize(
    ("body", "word"),
    [("STOP", "STOP"), (" stopall\n", "STOP"), ("Stop please", None), ("yes", "START"), ("info", "HELP"), ("", None)],
)
def test_a_keyword_is_the_whole_text(body: str, word: str | None) -> None:
    assert twilio_text.keyword(body) == word


def test_remarks_name_what_mailbox_providers_hold_against_a_mail() -> None:
    both = [{"type": "text/plain", "value": "x"}, {"type": "text/html", "value": "x"}]
    good = {"List-Unsubscribe": "<https://s.example/u>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    assert on_mail({"content": both}, good) == []
    assert on_mail({"content": both}, good | {"List-Unsubscribe": "<http://127.0.0.1:8000/u>"}) == []
    tracked = {"content": both, "tracking_settings": {"subscription_tracking": {"enable": True}}}
    for mail, headers, words in (
        ({"content": both}, {}, "No List-Unsubscribe"),
        ({"content": both[1:]}, good, "No text part"),
        (tracked, good, "two owners"),
        ({"content": both}, good | {"List-Unsubscribe": "https://s.example/u"}, "angle brackets"),
        ({"content": both}, good | {"List-Unsubscribe": "<http://s.example/u>"}, "https"),
        ({"content": both}, good | {"List-Unsubscribe-Post": "yes"}, "must read"),
        ({"content": both}, {"List-Unsubscribe": "<https://s.example/u>"}, "not one click"),
    ):
        assert any(words in remark for remark in on_mail(mail, headers)), words


def test_remarks_name_what_makes_a_text_dear() -> None:
    assert on_text("Hello") == []
    assert "(’)" in on_text("It’s on")[0]
    assert on_text("a" * 600) == ["4 segments, each charged as a text."]
