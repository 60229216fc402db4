"""Is somebody told when a vendor refuses the account, and does the line rest meanwhile?"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from delivery_office import Office, Vendor, row_of, wanted
from delivery_shop import Shop


@pytest.mark.parametrize("step", ["email", "sms"])
async def test_a_refused_account_is_an_error_in_the_log_and_nothing_is_lost(
    open_shop: Shop,
    offices: Callable[..., Office],
    vendor: Vendor,
    now: datetime,
    step: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    ann, ben = (replace(wanted(open_shop, now, who), step=step, key=step) for who in ("ann", "ben"))
    vendor.misbehave({"kind": "status", "status": 401, "channel": step})
    office = offices()
    with caplog.at_level(logging.ERROR):
        (said,) = await office.deliver(ann)
    assert said.result == "later"
    (alert,) = [one.getMessage() for one in caplog.records if one.levelno == logging.ERROR]
    code = "401" if step == "email" else "20003"  # Twilio's own
    assert alert == f"{step}: the vendor refuses the account ({code}); the line rests"
    assert row_of(open_shop, ann)["state"] == "claimed"  # provably not taken: it goes when the account is mended
    (other,) = await office.deliver(ben)
    assert other.result == "later" and other.until is not None
    assert other.until - other.at > timedelta(seconds=50)
    assert row_of(open_shop, ben)["id"] not in vendor.books()
