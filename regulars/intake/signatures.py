"""Did the sender sign this delivery? Checks on the raw bytes, before anything else reads them."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Mapping, Sequence

Check = Callable[[bytes, Mapping[str, str], Sequence[str]], bool]
"""(raw body, headers, secrets) -> genuine? Every platform's check has this shape; several secrets allow rotation."""

Spelling = Callable[[bytes], bytes]
"""How a platform writes a digest: `base64.b64encode`, `binascii.hexlify`."""


def shopify(raw: bytes, headers: Mapping[str, str], secrets: Sequence[str]) -> bool:
    """base64 HMAC-SHA256 of the raw body, under the app's client secret or, for webhooks made in the admin, the shop's.

    https://shopify.dev/docs/apps/build/webhooks/subscribe/https#step-2-validate-the-origin-of-your-webhook
    """
    claimed = header(headers, "X-Shopify-Hmac-Sha256", "Shopify-Hmac-Sha256")
    return claimed is not None and hmac_sha256(raw, claimed, secrets, (base64.b64encode,))


def hmac_sha256(raw: bytes, claimed: str, secrets: Sequence[str], spellings: Sequence[Spelling]) -> bool:
    """Is `claimed` the HMAC-SHA256 of `raw` under one of `secrets`, in one of `spellings`? Never raises."""
    given = claimed.strip().encode("utf-8", "replace")
    genuine = False
    for secret in secrets:
        if not secret:  # an unset secret would let everyone sign
            continue
        digest = hmac.digest(secret.encode(), raw, "sha256")
        for spelling in spellings:
            # No early exit: the time taken must not tell which secret matched.
            genuine |= hmac.compare_digest(spelling(digest), given)
    return genuine


def header(headers: Mapping[str, str], *names: str) -> str | None:
    """The first of `names` that is present and not blank, whatever the case it is written in."""
    for name in names:  # servers hand them over in lower case: nothing to be built then
        if value := headers.get(name.lower(), "").strip():
            return value
    lowered = {name.lower(): value for name, value in headers.items()}
    for name in names:
        if value := lowered.get(name.lower(), "").strip():
            return value
    return None
