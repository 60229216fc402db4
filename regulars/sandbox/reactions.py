"""What does the person at the other end do? Drawn by shares from the message itself, so that a run can be repeated."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from regulars.sandbox.settings import SandboxSettings


@dataclass(frozen=True, slots=True)
class Reaction:
    """`opens_at`, `clicks_at`, `machine_opens_at`: milliseconds since 1970, None where it does not happen.

    `which`: a number from 0 to 1 that picks one of the message's links.
    """

    opens_at: int | None
    clicks_at: int | None
    machine_opens_at: int | None
    which: float


def draw(settings: SandboxSettings, recipient: str, about: str, delivered_at: int) -> Reaction:
    """The same for the same recipient, subject or text, seed and shares, however often and whenever it is sent."""
    mood, pace, machine, which = _numbers(f"{settings.seed}\n{recipient.lower()}\n{about}")
    span = settings.reaction_seconds * 1000
    opens_at = delivered_at + int(span * (0.5 + pace))
    clicks = mood < settings.click_share
    return Reaction(
        opens_at=opens_at if clicks or mood < settings.open_share else None,
        clicks_at=opens_at + int(span * (0.25 + pace / 2)) if clicks else None,
        machine_opens_at=delivered_at + int(span / 10) if machine < settings.machine_open_share else None,
        which=which,
    )


def _numbers(key: str) -> tuple[float, float, float, float]:
    digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=32).digest()
    first, second, third, fourth = (
        (int.from_bytes(digest[place : place + 8]) >> 11) / (1 << 53) for place in range(0, 32, 8)
    )
    return first, second, third, fourth
