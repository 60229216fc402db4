"""Is a delivery taken as Shopify's only when Shopify signed these very bytes?"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.intake import signatures

RAW = b'{"id": 1}'


def sign(raw: bytes, secret: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()


def test_the_recorded_signature_of_a_recorded_body_is_genuine(payload: Callable[[str], bytes]) -> None:
    vectors = [one for one in json.loads(payload("webhook_signature_vectors.json")) if one.get("platform") == "shopify"]
    assert vectors
    for vector in vectors:
        raw, headers = payload(vector["file"]), {vector["header"]: vector["value"], **vector["other_headers"]}
        assert signatures.shopify(raw, headers, [vector["secret"]])
        assert not signatures.shopify(raw + b"\n", headers, [vector["secret"]])
        assert not signatures.shopify(raw, headers, [vector["secret"] + "x"])


def test_a_signature_computed_once_by_hand_is_genuine() -> None:
    # openssl dgst -sha256 -hmac hush -binary | base64, of {"id": 1}
    known = "E9XxLgppVNX12rqWuu0/CN/43MeuZC0xdhRuMq1MPWg="
    assert signatures.shopify(RAW, {"X-Shopify-Hmac-Sha256": known}, ["hush"])


@pytest.mark.parametrize(
    "name", ["X-Shopify-Hmac-Sha256", "x-shopify-hmac-sha256", "Shopify-Hmac-Sha256", "SHOPIFY-HMAC-SHA256"]
)
def test_the_header_may_be_spelt_either_way_in_any_case(name: str) -> None:
    assert signatures.shopify(RAW, {name: sign(RAW, "hush")}, ["hush"])


def test_any_of_several_secrets_will_do_while_they_rotate() -> None:
    headers = {"X-Shopify-Hmac-Sha256": sign(RAW, "old")}
    assert signatures.shopify(RAW, headers, ["new", "old"])
    assert signatures.shopify(RAW, headers, ["old", "new"])
    assert not signatures.shopify(RAW, headers, ["new", "newer"])


def test_an_unset_secret_lets_nobody_sign() -> None:
    headers = {"X-Shopify-Hmac-Sha256": sign(RAW, "")}
    assert not signatures.shopify(RAW, headers, [""])
    assert not signatures.shopify(RAW, headers, [])


def test_a_missing_signature_is_false() -> None:
    assert not signatures.shopify(RAW, {}, ["hush"])
    assert not signatures.shopify(RAW, {"X-Shopify-Topic": "orders/paid"}, ["hush"])


@given(st.text(max_size=80))
def test_any_other_signature_is_false_and_nothing_is_raised(claimed: str) -> None:
    assert signatures.shopify(RAW, {"X-Shopify-Hmac-Sha256": claimed}, ["hush"]) is (
        claimed.strip() == sign(RAW, "hush")
    )


@pytest.mark.parametrize("spoil", [lambda text: text[:-1], lambda text: text.rstrip("="), lambda text: text.swapcase()])
def test_a_spoilt_signature_is_false(spoil: Callable[[str], str]) -> None:
    assert not signatures.shopify(RAW, {"X-Shopify-Hmac-Sha256": spoil(sign(RAW, "hush"))}, ["hush"])
