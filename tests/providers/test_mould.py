"""Is what is cast from a mould what the package itself would have made?"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sendgrid.helpers.mail import Category, Content, CustomArg, From, Header, Mail, ReplyTo, To
from sendgrid.helpers.mail.exceptions import ApiKeyIncludedException

from regulars.delivery.providers.base import Outgoing
from regulars.delivery.providers.sendgrid import SendGrid
from regulars.delivery.providers.sendgrid_receipts import MESSAGE_ID

PROVIDER = SendGrid("SG.key.secret")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: not text.startswith("SG."))
MAILS = st.builds(
    Outgoing,
    message_id=TEXTS,
    channel=st.just("email"),
    to=TEXTS,
    sender=st.sampled_from(["Mori Tea <news@shop.example>", "other@shop.example"]),
    subject=TEXTS,
    text=TEXTS,
    html=st.none() | TEXTS,
    reply_to=st.sampled_from([None, "help@shop.example"]),
    headers=st.dictionaries(st.sampled_from(["List-Unsubscribe", "X-One", "X-Two"]), TEXTS),
    tags=st.sampled_from([(), ("cart",), ("cart", "cart.first")]),
)


def by_the_package(outgoing: Outgoing) -> Any:
    """The mail as SendGrid's package makes it, value by value."""
    mail = Mail(from_email=From(outgoing.sender), subject=outgoing.subject)
    to = To()
    to.email = outgoing.to
    mail.add_to(to)
    if outgoing.reply_to:
        mail.reply_to = ReplyTo(outgoing.reply_to)
    for kind, text in (("text/plain", outgoing.text), ("text/html", outgoing.html)):
        if text:
            mail.add_content(Content(kind, text))
    for name, value in outgoing.headers.items():
        mail.add_header(Header(name, value))
    for tag in outgoing.tags:
        mail.add_category(Category(tag))
    mail.add_custom_arg(CustomArg(MESSAGE_ID, outgoing.message_id))
    return mail.get()


@given(MAILS)
def test_a_mail_from_the_mould_is_the_one_that_the_package_makes(outgoing: Outgoing) -> None:
    built = json.loads(PROVIDER.build(outgoing).body or b"")
    assert built.pop("tracking_settings")
    assert built == by_the_package(outgoing)


@given(MAILS, MAILS)
def test_one_mail_leaves_nothing_in_the_next(one: Outgoing, other: Outgoing) -> None:
    first = PROVIDER.build(one).body
    PROVIDER.build(other)
    assert PROVIDER.build(one).body == first


@pytest.mark.parametrize("part", ["text", "html"])
def test_what_the_package_refuses_is_refused_of_every_mail(part: str) -> None:
    said: dict[str, str] = {"text": "Hi", "html": "<p>Hi</p>", part: "SG.abc.def"}
    mail = Outgoing("m1", "email", "ann@example.com", "news@shop.example", subject="Hi", **said)  # type: ignore[arg-type]
    with pytest.raises(ApiKeyIncludedException):
        PROVIDER.build(mail)
