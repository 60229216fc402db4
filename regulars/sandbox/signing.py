"""How does a receiver know that a callback is the vendor's? By the signatures that both vendors put on theirs."""

from __future__ import annotations

import base64
import hmac
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

PRIVATE_KEY_FILE = "event_webhook_private_key.pem"
PUBLIC_KEY_FILE = "event_webhook_public_key.txt"


class EventWebhookSigner:
    """Signs event batches as SendGrid does: ECDSA P-256 with SHA-256 over timestamp and raw body.

    The key is made on first use in the data folder, and stays.
    """

    def __init__(self, data: Path) -> None:
        data.mkdir(parents=True, exist_ok=True)
        self._key = _private_key(data / PRIVATE_KEY_FILE)
        der = self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.public_key = base64.b64encode(der).decode()
        exported = data / PUBLIC_KEY_FILE
        if not exported.exists() or exported.read_text() != self.public_key:
            _write_whole(exported, self.public_key.encode(), 0o644)

    def headers(self, body: bytes, timestamp: int) -> dict[str, str]:
        """The two headers that go with `body`; `timestamp` in seconds since 1970."""
        signature = self._key.sign(str(timestamp).encode() + body, ec.ECDSA(hashes.SHA256()))
        return {
            "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
            "X-Twilio-Email-Event-Webhook-Timestamp": str(timestamp),
        }


def public_key(data: Path) -> str:
    """The key by which event batches are verified, base64 DER, as SendGrid's settings page shows it.

    Makes the pair if the sandbox has not run yet, so that the product can be told before either starts.
    """
    return EventWebhookSigner(data).public_key


def twilio_signature(auth_token: str, url: str, form: Mapping[str, str]) -> str:
    """The X-Twilio-Signature of a form posted to exactly `url` (docs: usage/webhooks/webhooks-security)."""
    signed = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(auth_token.encode(), signed.encode(), "sha1").digest()).decode()


def _private_key(file: Path) -> ec.EllipticCurvePrivateKey:
    if not file.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        _write_whole(file, pem, 0o600)
    loaded = serialization.load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(loaded, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{file}: an elliptic-curve key was expected, not {type(loaded).__name__}")
    return loaded


def _write_whole(file: Path, content: bytes, mode: int) -> None:
    """A kill in between leaves the old file or the new one, never half of one."""
    handle, name = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(handle, "wb") as unfinished:
        unfinished.write(content)
    Path(name).chmod(mode)
    Path(name).replace(file)
