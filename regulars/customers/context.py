"""What do conditions and templates see? The names of one customer, shop and event, and the questions they may ask."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from regulars.customers.counts import Counts
from regulars.customers.places import is_zone, normal_locale
from regulars.engine import calendar
from regulars.journeys import segments
from regulars.journeys.model import Channel, House, Market
from regulars.journeys.span import Span
from regulars.store.enrollments import Enrollment, EnrollmentState
from regulars.store.orders import Order, OrderLine
from regulars.store.statements import table


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What holds for one customer by where they are: customer's own, then the market's, then the house's."""

    market: Market | None
    zone: str
    locale: str
    currency: str
    senders: Mapping[Channel, str]


def surroundings(house: House, customer: Mapping[str, Any]) -> Surroundings:
    """Resolve zone, locale, currency and senders. An unknown zone or locale is passed over for the next."""
    market = house.markets.get(customer["country"] or "")
    zones = (customer["timezone"], market.timezone if market else None, house.timezone)
    locales = (customer["locale"], market.locale if market else None)
    return Surroundings(
        market=market,
        zone=next((zone for zone in zones if zone and is_zone(zone)), "UTC"),
        locale=next((known for locale in locales if locale and (known := normal_locale(locale))), house.locale),
        currency=customer["currency"] or (market.currency if market and market.currency else house.currency),
        senders={**house.senders, **(market.senders if market else {})},
    )


def customer_names(customer: Mapping[str, Any], place: Surroundings) -> dict[str, Any]:
    """`customer.` as conditions and templates know it. What is not known is None."""
    names = (customer["first_name"], customer["last_name"])
    return {
        "id": customer["id"],
        "first_name": customer["first_name"],
        "last_name": customer["last_name"],
        "name": " ".join(part for part in names if part) or None,
        "email": customer["email"],
        "phone": customer["phone"],
        "locale": place.locale,
        "language": place.locale.split("-")[0],
        "country": customer["country"],
        "province": customer["province"],
        "timezone": place.zone,
        "market": place.market.country if place.market else None,
        "created_at": customer["created_at"],
        "orders": customer["orders"],
        "spent_minor": customer["spent_minor"],
        "currency": place.currency,
        "last_order_at": customer["last_order_at"],
        "tags": tags_of(customer),
        "traits": customer.get("traits") or {},
    }


def tags_of(customer: Mapping[str, Any]) -> list[str]:
    """The shop's and the journeys' own, less what a journey took away."""
    own: dict[str, bool] = customer.get("own_tags") or {}
    if not own:
        return list(customer["tags"])
    return [tag for tag in customer["tags"] if own.get(tag, True)] + [
        tag for tag, given in own.items() if given and tag not in customer["tags"]
    ]


def shop_names(house: House) -> dict[str, Any]:
    """`shop.` as conditions and templates know it."""
    return {
        "name": house.name,
        "website": house.website,
        "postal_address": house.postal_address,
        "email": house.reply_to or house.senders.get("email", ""),
        "currency": house.currency,
        "timezone": house.timezone,
    }


class Asking(ABC):
    """What may be asked about one customer (a row), as of `now`, wherever their past is kept."""

    def __init__(self, customer: Mapping[str, Any], place: Surroundings, house: House, now: datetime) -> None:
        self._row, self._place, self._house, self._now = customer, place, house, now
        self._customer: str = customer["id"]

    @abstractmethod
    def _counted(self, event: str, since: datetime | None) -> int:
        """How often it happened after `since`, or ever."""

    @abstractmethod
    def _has_bought(self, product: str | None, since: datetime | None) -> bool:
        """Is there an order, neither a test nor cancelled, of this product or of any, after `since` or ever?"""

    @abstractmethod
    def in_journey(self, journey: str) -> bool:
        """Is the customer inside that journey now?"""

    def names(self) -> dict[str, Any]:
        """The questions by the names conditions know them by."""
        return {
            "did": self.did,
            "count": self.count,
            "bought": self.bought,
            "in_journey": self.in_journey,
            "in_segment": self.in_segment,
            "tagged": self.tagged,
        }

    def segment_names(self) -> dict[str, Any]:
        """All that a segment's condition may name."""
        named = {"customer": customer_names(self._row, self._place), "shop": shop_names(self._house)}
        return named | self.names()

    def in_segment(self, segment: str) -> bool:
        """Does the segment's condition hold of the customer now? Of one that is no more it does not."""
        found = self._house.segments.get(segment)
        return found is not None and segments.condition(found).judge(self.segment_names()).holds

    def tagged(self, tag: str) -> bool:
        """Has the customer this tag?"""
        return tag in tags_of(self._row)

    def did(self, event: str, within: str | None = None) -> bool:
        """Has this happened to the customer, at least once?"""
        return self.count(event, within) > 0

    def count(self, event: str, within: str | None = None) -> int:
        """How often has this happened to the customer?"""
        return self._counted(event, self._since(within))

    def bought(self, product: str | None = None, within: str | None = None) -> bool:
        """Has the customer bought anything, or this product (its id or SKU)?"""
        return self._has_bought(product, self._since(within))

    def _since(self, within: str | None) -> datetime | None:
        """When the span that ends now began, by the customer's calendar."""
        return calendar.before(self._now, Span.parse(within), self._place.zone) if within is not None else None


class Questions(Asking):
    """Asked of the database: each is a short query at most, and asked only when reached. `counts`: of many who are
    asked about one after the other."""

    def __init__(
        self,
        connection: Connection,
        customer: Mapping[str, Any],
        place: Surroundings,
        house: House,
        now: datetime,
        counts: Counts | None = None,
    ) -> None:
        super().__init__(customer, place, house, now)
        self._connection, self._counts = connection, counts or Counts(connection, (customer["id"],))

    def _counted(self, event: str, since: datetime | None) -> int:
        return self._counts.of(self._customer, event, since)

    def _has_bought(self, product: str | None, since: datetime | None) -> bool:
        order, line = table(Order), table(OrderLine)
        query = select(func.count()).where(
            order.c.customer_id == self._customer, order.c.status != "cancelled", order.c.test.is_(False)
        )
        if product is not None:
            query = query.where(order.c.id == line.c.order_id, (line.c.product_id == product) | (line.c.sku == product))
        if since is not None:
            query = query.where(order.c.placed_at > since)
        return int(self._connection.execute(query).scalar_one()) > 0

    def in_journey(self, journey: str) -> bool:
        """Is the customer inside that journey now?"""
        of = table(Enrollment)
        query = select(func.count()).where(
            of.c.customer_id == self._customer, of.c.journey == journey, of.c.state == EnrollmentState.walking
        )
        return int(self._connection.execute(query).scalar_one()) > 0
