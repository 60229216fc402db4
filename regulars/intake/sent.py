"""How do journeys hear that a message of ours went? As an event, in the transaction that puts it on record as sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from regulars.delivery.sent import Sent, Tell
from regulars.intake import event_log
from regulars.intake.arrival import Happened
from regulars.intake.batch import Batch
from regulars.intake.enrolled import Enrolled
from regulars.intake.occurrence import Occurrence
from regulars.journeys.channels import TRAITS_OF
from regulars.journeys.model import Channel
from regulars.store.customers import Customer
from regulars.store.lists import one_of
from regulars.store.shelf import Shelf
from regulars.store.statements import for_update, rows_of, table

SOURCE = "delivery"
_WHO = table(Customer)
_LOCKED = for_update(select(_WHO).where(one_of(_WHO.c.id, "ids")).order_by(_WHO.c.id))


class SentEvents:
    """What the ledger tells of. Where nobody hears of it an event is written and nothing is locked."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def hold(self, connection: Connection, going: Sequence[tuple[Channel, str]], now: datetime) -> Tell:
        """See regulars.delivery.sent.Teller."""
        batch = Batch(connection, self._shelf, self._shelf.live_on(connection), now)
        heard = {who for channel, who in going if name_of(channel) in batch.shown.heard}
        customers = {row["id"]: row for row in rows_of(connection, _LOCKED, {"ids": sorted(heard)})} if heard else {}
        enrolled = Enrolled(batch, customers, ()) if heard else None

        def tell(told: Sequence[Sent]) -> None:
            loud = [one for one in told if one.customer in customers]
            event_log.note(batch, [occurrence(one) for one in told if one.customer not in customers])
            if enrolled is not None and loud:
                event_log.write(batch, enrolled, [occurrence(one) for one in loud])
            batch.close()

        return tell


def occurrence(sent: Sent) -> Occurrence:
    """The event of it."""
    properties = {
        "journey": sent.journey,
        "step": sent.step,
        "template": sent.template,
        "message_id": sent.message_id,
    }
    return Occurrence(Happened(name_of(sent.channel), sent.at, properties), SOURCE, sent.customer, sent.message_id)


def name_of(channel: Channel) -> str:
    """The event's name: "Email Sent"."""
    return f"{TRAITS_OF[channel].title} Sent"
