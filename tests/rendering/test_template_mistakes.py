"""Is every mistake in a folder of templates found in its place, with what was expected?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from mail_page import FOOTER, LAYOUT, mail, page

Files = dict[str, str]

LAYOUT_MISTAKES: list[tuple[str, str]] = [
    (
        "---\nsubject: x\n---\n{% extends '_layuot.mjml' %}",
        "t.en.mjml:4:1: there is no layout '_layuot.mjml'; did you mean '_layout.mjml'?",
    ),
    (
        page("").replace("block body", "block bdoy"),
        "t.en.mjml:5:1: templates/email/_layout.mjml has no block 'bdoy'; did",
    ),
    (page("") + "lost", "t.en.mjml:6:1: this stands outside of every block"),
    (page("").replace("{% endblock %}", ""), "t.en.mjml:5:1: block 'body' is never closed"),
    (page("<mj-text>{{ words.leaf }}</mj-text>"), "t.en.mjml:5:26: there are no words 'leaf'; did you mean 'leave'?"),
    (page("<mj-text>\n {{ customer.nam }}</mj-text>"), "t.en.mjml:6:14: 'customer' has no 'nam'"),
    (page("<mj-text>{% if %}</mj-text>"), "t.en.mjml:5:32: "),
]


@pytest.mark.parametrize(("text", "message"), LAYOUT_MISTAKES, ids=[case[1][:50] for case in LAYOUT_MISTAKES])
def test_a_mistake_inside_a_layout_keeps_its_own_place(
    text: str, message: str, mistakes: Callable[..., list[str]]
) -> None:
    found = mistakes({"email/_layout.mjml": LAYOUT, "email/j/t.en.mjml": text})
    assert any(message in one for one in found), found


def test_a_mistake_of_the_layout_is_told_once_and_in_the_layout(mistakes: Callable[..., list[str]]) -> None:
    broken = LAYOUT.replace("shop.postal_address", "shop.postal_adress").replace("{{ shop.name }}", "{{ shop.nmae }}")
    found = mistakes({"email/_layout.mjml": broken, "email/j/a.en.mjml": page(""), "email/j/b.en.mjml": page("")})
    assert found == [
        "templates/email/_layout.mjml:3:30: 'shop' has no 'nmae'; did you mean 'name'?",
        "templates/email/_layout.mjml:8:18: 'shop' has no 'postal_adress'; did you mean 'postal_address'?",
    ]


def test_words_are_there_in_every_language_of_the_layout(mistakes: Callable[..., list[str]]) -> None:
    broken = LAYOUT.replace("zh: {leave: 离开}", "zh: {other: 离开}")
    found = mistakes({"email/_layout.mjml": broken, "email/j/t.en.mjml": page("")})
    assert "templates/email/_layout.mjml:4:3: 'leave' has no words in zh" in found


HEAD_MISTAKES: list[tuple[Files, str]] = [
    ({"email/j/t.en.mjml": mail("", "subject: {{ customer.first_name }}, hi")}, "quotes"),
    (
        {"email/j/t.en.mjml": mail("", 'subject: "Hi {{ customer.fist_name }}"')},
        ":2:26: 'customer' has no 'fist_name'; did",
    ),
    ({"email/j/t.en.mjml": mail("", "preview: x")}, "expected 'subject: ...' in the head"),
    ({"email/j/t.en.mjml": mail("", "subject: a\nsubject: b")}, ":3:1: 'subject' is written twice"),
    ({"email/j/t.en.mjml": mail("", "subject: [a]")}, ":2:1: expected a text after 'subject:'"),
    ({"email/j/t.en.mjml": "---\nsubject: a\n<mjml></mjml>"}, ":1:1: the head is not closed"),
    ({"sms/j/t.en.txt": "---\nsender: x\n---\nHi"}, ":2:1: unknown word 'sender' in the head"),
    ({"sms/j/t.en.txt": " \n"}, "the text is empty"),
    ({"email/t.en.mjml": "x"}, "expected email/<journey>/<name>.<locale>.mjml"),
    ({"email/j/T.en.mjml": "x"}, "expected email/<journey>/<name>.<locale>.mjml"),
    ({"email/j/t.mjml": "x"}, "expected email/<journey>/<name>.<locale>.mjml"),
    ({"email/j/t.english.mjml": "x"}, "expected a locale like en or zh-CN before .mjml, not 'english'"),
    ({"sms/j/t.zh_CN.txt": "x", "sms/j/t.zh-cn.txt": "y"}, "one file for each locale, but templates/sms/j/t.zh-cn.txt"),
]


@pytest.mark.parametrize(("files", "message"), HEAD_MISTAKES, ids=[case[1][:50] for case in HEAD_MISTAKES])
def test_a_mistake_in_a_head_or_a_name_is_found(files: Files, message: str, mistakes: Callable[..., list[str]]) -> None:
    found = mistakes(files)
    assert any(message in one for one in found), found


def test_a_file_that_is_not_text_and_a_folder_that_is_not_there_are_mistakes(
    mistakes: Callable[..., list[str]], tmp_path: Any
) -> None:
    assert "there is no such folder" in mistakes({})[0]
    (tmp_path / "templates/sms/j").mkdir(parents=True)
    (tmp_path / "templates/sms/j/t.en.txt").write_bytes(b"caf\xe9")
    assert mistakes({}) == ["templates/sms/j/t.en.txt:1:1: not UTF-8 at byte 3"]


UNLAWFUL = [
    ('<mj-text><a href="https://a.example">Leave</a> {{ shop.postal_address }}</mj-text>', "unsubscribe_url"),
    ('<mj-text><a href="{{ unsubscribe_url }}">Leave</a></mj-text>', "shop.postal_address"),
    (f"{{% if event.x %}}{FOOTER}{{% endif %}}", "unsubscribe_url"),
    (
        '<mj-image src="https://a.example/x.png" alt="{{ shop.postal_address }}" />'
        "<mj-text>{{ unsubscribe_url }}</mj-text>",
        "shop.postal_address",
    ),
]


@pytest.mark.parametrize(("footer", "missing"), UNLAWFUL, ids=range(len(UNLAWFUL)))
def test_a_marketing_mail_says_how_to_leave_and_who_writes(
    footer: str, missing: str, mistakes: Callable[..., list[str]], write: Callable[..., Any]
) -> None:
    files = {"email/j/t.en.mjml": mail("").replace(FOOTER, footer)}
    assert any(f"shows {{{{ {missing} }}}} to everybody" in one for one in mistakes(files))
    assert write(files, service={"j/t"}).has("email", "j/t")
