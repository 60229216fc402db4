"""What does one customer do? Browses, forgets, comes back, buys, regrets: told as the webhooks the shop would post."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Literal

from regulars.demo import bodies
from regulars.demo.bodies import Body, Checkout, Order
from regulars.demo.people import Shopper
from regulars.demo.wares import Cart, fill, total

Habit = Literal[
    "forgets", "hesitates", "decides", "remembers", "switches", "buys", "regular", "regrets", "returns", "leaves"
]
# How common each is: one round of twenty customers, mixed so that few customers already show most of them.
HABITS: tuple[Habit, ...] = (
    *("remembers", "buys", "switches", "forgets", "regular", "decides", "leaves", "regrets", "returns", "remembers"),
    *("buys", "hesitates", "remembers", "buys", "switches", "buys", "remembers", "regular", "buys", "forgets"),
)
AGAIN = timedelta(days=7.1)  # a second cart sooner than a week after the first lets nobody in


Door = Literal["shopify", "identify", "events"]


@dataclass(frozen=True, slots=True)
class Told:
    """A webhook: `at`, the shop's instant at which it is posted; `event_id` is the same when one is posted again.

    `door`: which endpoint takes it, as Shopify's, Segment's identify, or the shop's own events. `whole`: comes once and
    in time, whatever befalls others."""

    at: datetime
    topic: str
    event_id: str
    body: Body
    door: Door = "shopify"
    whole: bool = False


@dataclass
class Story:
    """One customer's ten days. `pen` counts ids for all; `until`: nothing later is told."""

    shopper: Shopper
    draw: Random
    until: datetime
    pen: Callable[[], int]
    known_since: datetime | None = None
    whole: bool = False
    told: list[Told] = field(default_factory=list)

    def tell(self, at: datetime, topic: str, body: Body, door: Door = "shopify") -> None:
        event = f"{self.draw.getrandbits(64):016x}-{self.shopper.number}"
        self.told.append(Told(at, topic, event, body, door, self.whole))

    def sign_up(self, at: datetime) -> None:
        """Asks for the shop's letter: becomes a customer, with consent."""
        self.known_since = at
        self.tell(at, "customers/create", bodies.customer(self.shopper, at, at))

    def browse(self, at: datetime, cart: Cart | None = None) -> Checkout:
        """Begins a checkout: first without saying who it is, a little later with the e-mail; perhaps once more."""
        checkout = Checkout(30_000_000_000_000 + self.pen(), cart or fill(self.draw), at)
        known = self.known_since
        body = bodies.checkout(checkout, self.shopper, at, named=False, known_since=None)
        self.tell(at, "checkouts/create", body)
        for minutes in (3, 12) if self.draw.random() < 0.3 else (3,):
            then = at + timedelta(minutes=minutes)
            body = bodies.checkout(checkout, self.shopper, then, named=True, known_since=known)
            self.tell(then, "checkouts/update", body)
        return checkout

    def look_around(self, at: datetime) -> None:
        """Begins a checkout and never says who it is."""
        checkout = Checkout(30_000_000_000_000 + self.pen(), fill(self.draw), at)
        self.tell(at, "checkouts/create", bodies.checkout(checkout, self.shopper, at, named=False, known_since=None))

    def order(self, at: datetime, checkout: Checkout | None = None) -> Order:
        """Pays. Without `checkout` on another device, or straight away, under a checkout of its own."""
        if checkout is None:
            checkout = self.browse(at - timedelta(minutes=15))
        number = self.pen()
        order = Order(5_600_000_000_000 + 2_000_000 * number, 1_000 + number, checkout.cart, at, checkout)
        known = self.known_since = self.known_since or at
        paid_at = at + timedelta(minutes=1)
        first, second = at, paid_at + timedelta(minutes=1)
        if self.draw.random() < 0.1:  # Shopify promises no order: the later one comes first
            first, second = second, first
        self.tell(first, "orders/create", bodies.order(order, self.shopper, at, known))
        paid = bodies.order(order, self.shopper, paid_at, known, financial_status="paid")
        self.tell(second, "orders/paid", paid)
        done = bodies.checkout(checkout, self.shopper, paid_at, named=True, completed=True, known_since=known)
        self.tell(paid_at, "checkouts/update", done)
        return order

    def identify(self, at: datetime, birthday: date) -> None:
        """Tells the shop's pages the birthday."""
        self.tell(at, "identify", bodies.traits(self.shopper, at, {"birthday": birthday.isoformat()}), "identify")

    def review(self, order: Order, at: datetime) -> None:
        """Says how the tea was."""
        self.tell(
            at, "Product Reviewed", bodies.review(order, self.shopper, at, self.draw.choice((3, 4, 5, 5))), "events"
        )

    def ship(self, order: Order) -> datetime:
        """Sent off a day later, and delivered: at the instant that is given."""
        shipped = order.placed_at + timedelta(hours=20 + 8 * self.draw.random())
        arrived = shipped + timedelta(days=1 + 2 * self.draw.random())
        told = bodies.fulfillment(order, self.shopper, shipped, shipped, None)
        self.tell(shipped, "fulfillments/create", told)
        told = bodies.fulfillment(order, self.shopper, shipped, arrived, "delivered")
        self.tell(arrived, "fulfillments/update", told)
        if self.draw.random() < 0.3:
            self.review(order, arrived + timedelta(hours=10 + 20 * self.draw.random()))
        return arrived

    def cancel(self, order: Order, at: datetime) -> None:
        changes = {"cancelled_at": at.isoformat(), "cancel_reason": "customer"}
        known = self.known_since or at
        self.tell(at, "orders/cancelled", bodies.order(order, self.shopper, at, known, **changes))

    def refund(self, order: Order, at: datetime) -> None:
        """Half is sent back."""
        minor = max(total(order.cart, self.shopper) // 2, 1)
        self.tell(at, "refunds/create", bodies.refund(order, self.shopper, at, minor))

    def unsubscribe(self, at: datetime) -> None:
        """From e-mails, and from texts an hour later where there is a phone."""
        said = bodies.email_consent(self.shopper, at, "unsubscribed")
        self.tell(at, "customers_email_marketing_consent/update", said)
        if self.shopper.phone:
            self.no_more_texts(at + timedelta(hours=1))

    def no_more_texts(self, at: datetime) -> None:
        said = bodies.sms_consent(self.shopper, at, "unsubscribed")
        self.tell(at, "customers_marketing_consent/update", said)


def live(story: Story, habit: Habit, opening: datetime, at: datetime) -> list[Told]:
    """Everything that one customer of a habit does who first fills a cart at `at`."""
    draw = story.draw
    if story.known_since is None and habit != "decides" and draw.random() < 0.95:
        story.sign_up(max(opening, at - timedelta(hours=1 + 5 * draw.random())))
    cart = story.browse(at)
    _after(story, habit, at, cart)
    if draw.random() < 0.2:
        story.look_around(at + timedelta(days=3 * draw.random()))
    if draw.random() < 0.12:  # too soon for the journey: on record, but not let in
        story.browse(at + timedelta(days=4 + draw.random()))
    again = at + AGAIN + timedelta(hours=3 * draw.random())
    while again < story.until:
        cart = story.browse(again)
        if habit in ("forgets", "hesitates") and draw.random() < 0.6:
            story.order(again + timedelta(hours=6 + 12 * draw.random()), cart)
        again += AGAIN + timedelta(hours=3 * draw.random())
    return [replace(one, at=max(one.at, opening)) for one in story.told if one.at < story.until]


def _after(story: Story, habit: Habit, at: datetime, cart: Checkout) -> None:
    """What becomes of the first cart."""

    def hours(fewest: float, most: float) -> timedelta:
        return timedelta(hours=fewest + (most - fewest) * story.draw.random())

    match habit:
        case "forgets":
            return
        case "hesitates":  # takes a while, longer than the reminders
            story.ship(story.order(at + hours(80, 120)))
        case "decides":  # before the cart has even settled
            story.ship(story.order(at + hours(0.3, 0.5), cart))
        case "remembers":  # after the reminder
            story.ship(story.order(at + hours(5, 20), cart))
        case "switches":  # after the offer, on another device
            story.order(at + hours(27, 44))
        case "buys":  # some other tea, later
            story.ship(story.order(at + hours(40, 96)))
        case "regular":  # and again within the week
            story.ship(story.order(at + hours(4, 16), cart))
            story.order(at + hours(72, 120))
        case "regrets":
            order = story.order(at + hours(2, 6), cart)
            story.cancel(order, order.placed_at + hours(8, 30))
        case "returns":
            order = story.order(at + hours(3, 9), cart)
            story.ship(order)
            story.refund(order, order.placed_at + hours(60, 90))
        case "leaves":
            story.unsubscribe(at + hours(6, 20))
