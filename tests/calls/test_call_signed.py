"""Does a receiver know by the package's own check that a call is ours?"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from regulars.calls.signed import Signer, envelope
from regulars.clock import Clock

NEW, OLD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
BODY = envelope(datetime(2026, 3, 20, 8, 30, tzinfo=UTC), {"name": "王芳", "tier": "gold"})


@pytest.mark.parametrize("secret", [NEW, OLD])
def test_whoever_knows_one_of_the_secrets_is_content(secret: str) -> None:
    headers = Signer([NEW, OLD]).headers("e/step/1", BODY, Clock.real_now())
    assert Webhook(secret).verify(BODY, headers) == json.loads(BODY)


@pytest.mark.parametrize("change", ["body", "webhook-id", "webhook-timestamp", "secret"])
def test_a_call_that_was_changed_is_not_ours(change: str) -> None:
    now = Clock.real_now()
    headers, body, secret = Signer([NEW]).headers("e/step/1", BODY, now), BODY, NEW
    if change == "body":
        body = BODY.replace(b"gold", b"iron")
    elif change == "secret":
        secret = OLD
    else:
        headers[change] = {"webhook-id": "e/step/2", "webhook-timestamp": str(int(now.timestamp()) + 1)}[change]
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers)


def test_what_is_old_is_not_taken() -> None:
    headers = Signer([NEW]).headers("e/step/1", BODY, Clock.real_now() - timedelta(minutes=6))
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(BODY, headers)


def test_everything_that_an_expression_may_be_worth_has_a_word_in_json() -> None:
    at = datetime(2026, 3, 20, 8, 30, tzinfo=UTC)
    data = {"at": at, "tags": ["a"], "traits": {"n": 1.5}, "none": None, "nan": float("nan"), "day": at.date()}
    told = json.loads(envelope(at, data))
    assert told["type"] == "journey.step"
    assert datetime.fromisoformat(told["timestamp"]) == at
    assert datetime.fromisoformat(told["data"].pop("at")) == at
    assert told["data"] == {"tags": ["a"], "traits": {"n": 1.5}, "none": None, "nan": None, "day": "2026-03-20"}


@pytest.mark.parametrize("secret", ["whsec_", "whsec_ü", "whsec_a"])
def test_what_is_no_secret_is_refused_without_being_told(secret: str) -> None:
    with pytest.raises(ValueError, match="expected 'whsec_' and base64") as caught:
        Signer([NEW, secret])
    assert NEW not in str(caught.value)


def test_without_a_secret_nothing_can_be_signed() -> None:
    assert not Signer([]).can_sign
    assert Signer([NEW]).can_sign
