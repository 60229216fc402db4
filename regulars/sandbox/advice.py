"""What would trouble a message that the vendor takes? What mailbox providers and carriers would hold against it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from regulars.sandbox.segments import segments

_ONE_CLICK = "list-unsubscribe=one-click"
# On this machine there is no TLS, and no mailbox provider either.
_SAFE = re.compile(r"<(https://|http://(localhost|127\.0\.0\.1)[:/])")


def on_mail(mail: Mapping[str, Any], headers: Mapping[str, str]) -> list[str]:
    """Remarks on a mail's headers and parts (RFC 2369, RFC 8058, the vendor's subscription tracking)."""
    by_name = {name.lower(): value for name, value in headers.items()}
    leave, post = by_name.get("list-unsubscribe"), by_name.get("list-unsubscribe-post")
    tracked = mail.get("tracking_settings", {}).get("subscription_tracking", {}).get("enable")
    kinds = {part["type"].lower() for part in mail.get("content", ())}
    remarks = []
    if leave is None and not tracked:
        remarks.append("No List-Unsubscribe header: large mailbox providers ask for one on all marketing mail.")
    if leave is not None and not re.search(r"<https?://[^>]+>|<mailto:[^>]+>", leave):
        remarks.append("List-Unsubscribe holds no address in angle brackets.")
    if post is not None and post.lower() != _ONE_CLICK:
        remarks.append("List-Unsubscribe-Post must read List-Unsubscribe=One-Click.")
    if post is not None and not _SAFE.search(leave or ""):
        remarks.append("One-click unsubscribing needs an https address in List-Unsubscribe.")
    if leave is not None and post is None and "<http" in leave:
        remarks.append("List-Unsubscribe without List-Unsubscribe-Post: not one click.")
    if leave is not None and tracked:
        remarks.append("Own List-Unsubscribe and the vendor's subscription tracking: two owners of one header.")
    if kinds == {"text/html"}:
        remarks.append("No text part beside the HTML.")
    return remarks


def on_text(body: str) -> list[str]:
    """Remarks on a text's cost."""
    cut = segments(body)
    remarks = []
    if cut.encoding == "UCS-2":
        odd = sorted({letter for letter in body if segments(letter).encoding == "UCS-2"})
        shown = " ".join(odd[:8]) + (" …" if len(odd) > 8 else "")
        remarks.append(f"Characters outside GSM-7 ({shown}): 70 a segment in place of 160.")
    if len(cut.parts) > 3:
        remarks.append(f"{len(cut.parts)} segments, each charged as a text.")
    return remarks
