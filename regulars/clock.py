"""What time is it in the shop? One pure function of an instant; the only reader of the wall clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Clock:
    """Shop time: equal to real time at `origin`, then `pace` shop seconds a real second.

    In production `pace` is 1 and the clock is the identity. Everything stored, decided, rendered and shown is shop
    time; Temporal's timers and back-offs, network timeouts, TLS and vendors' rates are real.
    """

    origin: datetime
    pace: float = 1.0

    def __post_init__(self) -> None:
        if self.origin.tzinfo is None:
            raise ValueError("clock origin must be an aware datetime")
        if self.pace <= 0:
            raise ValueError(f"clock pace must be above 0, not {self.pace}")

    def shop(self, real: datetime) -> datetime:
        """The shop's instant at a real one (UTC)."""
        if self.pace == 1.0:
            return real.astimezone(UTC)
        return (self.origin + (real - self.origin) * self.pace).astimezone(UTC)

    def real(self, shop: datetime) -> datetime:
        """The real instant at which the shop's clock shows `shop` (UTC)."""
        if self.pace == 1.0:
            return shop.astimezone(UTC)
        return (self.origin + (shop - self.origin) / self.pace).astimezone(UTC)

    def lasting(self, span: timedelta) -> timedelta:
        """How long a span of shop time takes in real time."""
        return span / self.pace

    def passing(self, real: timedelta) -> timedelta:
        """How much shop time passes in a span of real time."""
        return real * self.pace

    def now(self) -> datetime:
        """The shop's present instant."""
        return self.shop(self.real_now())

    @staticmethod
    def real_now() -> datetime:
        """The real present instant: for rates, leases on the wire and signatures' freshness alone."""
        return datetime.now(UTC)


def identity() -> Clock:
    """The clock of production: shop time is real time."""
    return Clock(datetime(1970, 1, 1, tzinfo=UTC))
