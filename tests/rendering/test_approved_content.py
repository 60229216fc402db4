"""Is an approved content named and filled as its template says, and is what is wrong with one told in its place?"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from regulars.delivery.parts import RenderError
from regulars.delivery.templates import Templates
from regulars.journeys.mistakes import Mistakes

PAGE = (Path(__file__).parents[2] / "docs" / "whatsapp.md").read_text()
SID = "HX" + "0a" * 16
NUDGE = f"""---
content_sid: {SID}
variables:
  1: "{{{{ customer.first_name | default('there') }}}}"
  link: "{{{{ event.url }}}}"
---
Hi {{{{ customer.first_name | default('there') }}}}, your tea waits: {{{{ event.url }}}}
"""
Write = Callable[..., Templates]


def of(context: dict[str, Any], **event: Any) -> dict[str, Any]:
    return {**context, "event": event}


def test_the_body_reads_as_any_text_and_is_not_counted_in_segments(write: Write, context: dict[str, Any]) -> None:
    templates = write({"whatsapp/cart/nudge.en.txt": NUDGE})
    sent = templates.text("whatsapp", "cart/nudge", "en", of(context, url="https://a.example/c"))
    tagged = "https://a.example/c?utm_source=regulars&utm_medium=whatsapp&utm_campaign=cart&utm_content=nudge"
    assert (sent.text, sent.size) == (f"Hi Ada, your tea waits: {tagged}", None)


def test_typographic_letters_stay_as_nothing_is_saved_by_plainer_ones(write: Write, context: dict[str, Any]) -> None:
    templates = write({"whatsapp/j/t.en.txt": "It’s “ready” – today", "sms/j/t.en.txt": "It’s “ready” – today"})
    assert templates.text("whatsapp", "j/t", "en", context).text == "It’s “ready” – today"
    assert templates.text("sms", "j/t", "en", context).text == 'It\'s "ready" - today'


def test_variables_are_filled_in_a_line_each_and_their_links_shortened(write: Write, context: dict[str, Any]) -> None:
    templates = write({"whatsapp/cart/nudge.en.txt": NUDGE})
    data = {**of(context, url="https://a.example/c"), "customer": {"first_name": "Ada\n Byron\t King"}}
    content = templates.content("whatsapp", "cart/nudge", "en-GB", data, shorten=lambda url: "https://s.example/1")
    assert content is not None
    assert (content.sid, content.variables) == (SID, {"1": "Ada Byron King", "link": "https://s.example/1"})


def test_a_variable_that_comes_out_empty_is_not_sent(write: Write, context: dict[str, Any]) -> None:
    templates = write({"whatsapp/cart/nudge.en.txt": NUDGE})
    with pytest.raises(RenderError, match=r"whatsapp cart/nudge \(en\): variable link is empty"):
        templates.content("whatsapp", "cart/nudge", "en", of(context))


def test_a_template_without_a_content_has_none(write: Write, context: dict[str, Any]) -> None:
    templates = write({"whatsapp/j/t.en.txt": "Hi"})
    assert templates.content("whatsapp", "j/t", "en", context) is None


def test_the_version_changes_with_the_content_and_with_its_variables(write: Write) -> None:
    versions = {
        write({"whatsapp/cart/nudge.en.txt": text}).version("whatsapp", "cart/nudge", "en")
        for text in (NUDGE, NUDGE.replace(SID, "HX" + "0b" * 16), NUDGE.replace("link:", "url:"))
    }
    assert len(versions) == 3


@pytest.mark.parametrize(
    ("head", "line", "said"),
    [
        ("content_sid: HX12", 2, "expected a content's SID: HX and 32 hexadecimal digits"),
        ("content_sid: [a]", 2, "expected a text after 'content_sid:'"),
        ("content_id: x", 2, "unknown word 'content_id' in the head; did you mean 'content_sid'?"),
        (f"content_sid: {SID}\nvariables: x", 3, "expected texts by the variable's name after 'variables:'"),
        (f"content_sid: {SID}\nvariables:\n  first name: x", 4, "a variable's name of at most 16 letters"),
        (f"content_sid: {SID}\nvariables:\n  1: {{{{ event.url }}}}", 4, "quotes"),
        (f"content_sid: {SID}\nvariables:\n  1: '{{{{ custmer.id }}}}'", 4, "did you mean 'customer'?"),
        ("variables: {1: x}", 2, "expected 'content_sid: HX...' beside them"),
    ],
    ids=["no sid", "a list", "misspelt", "no mapping", "a name with a space", "unquoted", "unknown name", "no content"],
)
def test_a_mistake_in_the_head_is_told_in_its_line(write: Write, head: str, line: int, said: str) -> None:
    with pytest.raises(Mistakes) as told:
        write({"whatsapp/cart/nudge.en.txt": f"---\n{head}\n---\nHi"})
    found = [one for one in told.value.found if said in one.message]
    assert [(one.file, one.line) for one in found] == [("templates/whatsapp/cart/nudge.en.txt", line)], told.value.found


def test_a_text_that_is_no_whatsapp_message_names_no_content(write: Write) -> None:
    with pytest.raises(Mistakes, match="unknown word 'content_sid' in the head"):
        write({"sms/cart/nudge.en.txt": NUDGE})


def test_the_template_of_the_page_is_right(write: Write, context: dict[str, Any]) -> None:
    (shown,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    templates = write({"whatsapp/cart/nudge.en.txt": shown})
    data = of(context, recovery_url="https://a.example/c")
    content = templates.content("whatsapp", "cart/nudge", "en", data)
    assert content is not None
    assert set(content.variables) == {"1", "2"}
    assert templates.text("whatsapp", "cart/nudge", "en", data).text.startswith("Hi Ada, your tea is still in the cart")


def test_an_empty_body_is_a_mistake_even_beside_a_content(write: Write) -> None:
    with pytest.raises(Mistakes, match="the text is empty"):
        write({"whatsapp/j/t.en.txt": f"---\ncontent_sid: {SID}\n---\n"})
