"""What stands in a link that acts? A message's id and a keyed hash that only we can make."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from regulars.ids import encode

Use = Literal["unsubscribe"]
_BYTES = 15


def sign(secret: str, use: Use, message_id: str) -> str:
    """A token for `use`: "<message id>.<20 characters>", hard to forge, opaque (RFC 8058 section 3.1)."""
    return f"{message_id}.{_mac(secret, use, message_id)}"


def read(secrets: Sequence[str], use: Use, token: str) -> str | None:
    """The message's id, where one of `secrets` signed the token; else None."""
    message_id, _, mac = token.partition(".")
    good = [hmac.compare_digest(_mac(secret, use, message_id).encode(), mac.encode()) for secret in secrets]
    return message_id if any(good) else None


def short_code(secret: str, message_id: str, position: int) -> str:
    """The code of a text's short link: 11 base32 characters, the same whenever the same message is rendered.

    55 bits: among ten million links the chance that any two meet is about one in seven hundred.
    """
    digest = _digest(secret, f"link/{message_id}/{position}")
    return encode(int.from_bytes(digest[:7], "big") & ((1 << 55) - 1), 11)


def _mac(secret: str, use: Use, message_id: str) -> str:
    return urlsafe_b64encode(_digest(secret, f"{use}/{message_id}")[:_BYTES]).decode()


def _digest(secret: str, text: str) -> bytes:
    """HMAC-SHA256. One that is begun is copied: the call that makes it whole lets other threads have the interpreter,
    and waits for it longer than it takes."""
    begun = _begun(secret).copy()
    begun.update(text.encode())
    return begun.digest()


@lru_cache(maxsize=8)
def _begun(secret: str) -> hmac.HMAC:
    return hmac.new(secret.encode(), digestmod="sha256")
