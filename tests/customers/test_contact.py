"""Are e-mails and phone numbers brought to one form, and is junk kept out?"""

from __future__ import annotations

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import assume, given
from hypothesis import strategies as st

from regulars.customers.contact import normal_email, normal_phone

PART = st.text("abz09_+-.", min_size=1, max_size=12)
LABEL = st.text("abz09-", min_size=1, max_size=12)
NEARLY_EMAILS = st.builds(
    lambda local, labels, end: f"{local}@{'.'.join([*labels, end])}",
    PART,
    st.lists(LABEL, min_size=0, max_size=6),
    LABEL | st.sampled_from(["com", "co.uk", "test", "local", "arpa", "invalid", "example", "xn--p1ai", "c", "c1"]),
)


def validated(text: str) -> str | None:
    try:
        return validate_email(text.strip().lower(), check_deliverability=False).normalized
    except EmailNotValidError:
        return None


@given(NEARLY_EMAILS)
def test_the_short_way_agrees_with_the_validator(text: str) -> None:
    assert normal_email(text) == validated(text)


@given(st.emails() | NEARLY_EMAILS | st.text(max_size=40))
def test_the_normal_form_of_an_email_is_its_own_normal_form(text: str) -> None:
    normal = normal_email(text)
    assume(normal is not None)
    assert normal_email(normal) == normal


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Bob.Norman@Hostmail.com", "bob.norman@hostmail.com"),
        ("  ada@example.com\n", "ada@example.com"),
        ("ada+shop@example.co.uk", "ada+shop@example.co.uk"),
        ("a@BÜCHER.example", "a@bücher.example"),
        ("a@xn--bcher-kva.example", "a@bücher.example"),
        ("o'hara@example.com", "o'hara@example.com"),
    ],
)
def test_emails_are_trimmed_and_lower_cased(text: str, normal: str) -> None:
    assert normal_email(text) == normal


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        " ",
        "@",
        "a",
        "a@b",
        "a@localhost",
        "a@shop.test",
        "a@shop.local",
        "a@@example.com",
        "a b@example.com",
        "Ada <ada@example.com>",
        "ada@example.com, bob@example.com",
        "ada@exa_mple.com",
        "ada@-example.com",
        "a..b@example.com",
        "ada@example.com\x00",
        "ada@example.123",
        "x@" + "y" * 64 + ".com",
        "a@" * 100_000,
    ],
)
def test_junk_is_no_email(text: str | None) -> None:
    assert normal_email(text) is None


@pytest.mark.parametrize(
    ("text", "country", "normal"),
    [
        ("+14155550100", None, "+14155550100"),
        ("+1 (415) 555-0100", "DE", "+14155550100"),
        ("(415) 555-0100", "US", "+14155550100"),
        ("415.555.0100", "us", "+14155550100"),
        ("14155550100", "US", "+14155550100"),
        ("0151 23456789", "DE", "+4915123456789"),
        ("090-1234-5678", "JP", "+819012345678"),
        ("+15005550001", None, "+15005550001"),
    ],
)
def test_phones_become_e164(text: str, country: str | None, normal: str) -> None:
    assert normal_phone(text, country) == normal
    assert normal_phone(normal) == normal


@pytest.mark.parametrize(
    ("text", "country"),
    [
        (None, "US"),
        ("", "US"),
        (" ", "US"),
        ("call me", "US"),
        ("4155550100", None),
        ("4155550100", "ZZ"),
        ("555-625-1199", "US"),
        ("+1", None),
        ("+999123456789", None),
        ("1" * 200, "US"),
        ("+" * 60, None),
        ("4155550100", "United States"),
    ],
)
def test_junk_is_no_phone(text: str | None, country: str | None) -> None:
    assert normal_phone(text, country) is None


@given(st.text(max_size=70), st.none() | st.text(max_size=3))
def test_any_text_is_a_phone_in_e164_or_none(text: str, country: str | None) -> None:
    phone = normal_phone(text, country)
    assert phone is None or (phone.startswith("+") and phone[1:].isascii() and phone[1:].isdigit() and len(phone) <= 16)
