"""Does a walk talk on WhatsApp as on any channel, and keep to what may be said there?"""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import parse_qsl

from walk_stage import DAY, Run, Shop


def forms(shop: Shop, phone: str | None) -> list[dict[str, str]]:
    """What the vendor was asked to send to a number on WhatsApp."""
    found = (dict(parse_qsl((one.body or b"").decode(errors="replace"))) for one in shop.wire.taken)
    return [form for form in found if form.get("To") == f"whatsapp:{phone}"]


async def nudged(shop: Shop) -> tuple[Run, str | None]:
    """Somebody in whose walk the first message went, which waits for an answer."""
    guest = shop.guest()
    run = await shop.enter(guest, "Began Chat")
    await run.rests("wait_for_1")
    assert run.sent() == ["nudge"]
    return run, guest.person.phone


async def test_who_answers_is_answered_in_words_of_our_own(shop: Shop) -> None:
    run, phone = await nudged(shop)
    (first,) = forms(shop, phone)
    values = json.loads(first["ContentVariables"])
    assert (first["From"], first["ContentSid"]) == ("whatsapp:+14155550101", "HX0123456789abcdef0123456789abcdef")
    assert (values["1"], values["2"].startswith("https://leaf.example/l/")) == ("Meiling", True)
    assert "Body" not in first
    await run.forward(DAY)
    now = await run.now()
    await shop.report("replied", "whatsapp", run.messages()[0]["id"], now)
    assert (await run.ended())["outcome"] == "finished"
    assert run.sent() == ["nudge", "answer"]
    assert run.at("answer") - now < timedelta(minutes=1)
    assert forms(shop, phone)[1]["Body"] == "Thank you, Meiling: we look into it at once."
    assert {"channel": "whatsapp", "state": "accepted"}.items() <= run.messages()[1].items()


async def test_who_does_not_answer_hears_nothing_that_was_not_approved(shop: Shop) -> None:
    run, phone = await nudged(shop)
    assert (await run.ends())["outcome"] == "finished"
    assert run.sent() == ["nudge"]
    assert len(forms(shop, phone)) == 1
    assert ("window", "skipped: outside of the 24-hour window") in run.decisions()
    (skipped,) = [row for row in run.messages() if row["state"] == "skipped"]
    assert (skipped["step"], skipped["reason"]) == ("into_the_blue", "outside of the 24-hour window")


async def test_who_writes_stop_is_not_written_to_again(shop: Shop) -> None:
    run, phone = await nudged(shop)
    await run.forward(timedelta(hours=1))
    await shop.report("stopped", "whatsapp", run.messages()[0]["id"], await run.now())
    await run.ends()
    assert len(forms(shop, phone)) == 1
    assert ("consent", "skipped: consent withdrawn") in run.decisions()
