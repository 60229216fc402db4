"""What does Shopify's refunds/create tell us? Money given back, by the transactions that went through."""

from __future__ import annotations

from regulars.intake.arrival import Arrival, Happened, RefundFacts
from regulars.intake.shopify_envelope import Envelope
from regulars.intake.shopify_part import Part


def created(refund: Part, envelope: Envelope) -> Arrival:
    """A refund that moved no money (a restock, a payment still pending) is no refund to us. Amounts are in the currency
    of the transactions, which can be another than the order's where the customer paid in their own."""
    order_id = refund.known_id("order_id")
    refund_id = refund.known_id("id")
    moves = refund.parts("transactions")
    given_back = [move for move in moves if move.text("kind") == "refund" and move.text("status") == "success"]
    currencies = {move.currency() for move in given_back}
    if len(currencies) > 1:
        raise ValueError(f"transactions: expected one currency, found {', '.join(sorted(currencies))}")
    amount = sum(move.money("amount", move.currency()) for move in given_back)
    if not amount:
        return envelope.arrival(about_order=order_id)
    at = envelope.at(refund.moment("processed_at"), refund.moment("created_at"))
    facts = RefundFacts(refund_id, order_id, amount, currencies.pop(), at)
    test = all(move.flag("test") for move in given_back)
    return envelope.arrival(events=() if test else (_event(facts),), refund=facts, about_order=order_id)


def _event(facts: RefundFacts) -> Happened:
    properties = {
        "order_id": facts.order_id,
        "refund_id": facts.id,
        "amount_minor": facts.amount_minor,
        "currency": facts.currency,
    }
    return Happened("Order Refunded", facts.occurred_at, properties, once=f"shopify/refund/{facts.id}")
