"""Whom does an event of the shop's concern? A whole segment: it is called here, and let in page by page elsewhere."""

from __future__ import annotations

from regulars.ids import new_id
from regulars.intake.batch import Batch
from regulars.intake.ground import Ground
from regulars.intake.occurrence import Written
from regulars.journeys.play import Play
from regulars.store.audiences import Audience
from regulars.store.enrollments import Outbox
from regulars.store.statements import add, add_new

AUDIENCE = "audience"  # the kind of outbox row that has one let in


def call(batch: Batch, event: Written, play: Play) -> None:
    """Have the segment let in, once for each event; or put on record why not. A customer may tell what they did, from
    any page; only the shop itself speaks of no customer, and may write to so many."""
    if refused(batch, event, play):
        return
    row = {
        "id": new_id(),
        "journey": play.journey.id,
        "version": play.graph.version,
        "segment": play.journey.start.to,
        "event_id": event.id,
        "called_at": batch.now,
        "cursor": "",
        "entered": 0,
        "refused": 0,
        "finished_at": None,
    }
    if not add_new(batch.connection, Audience, [row], "id"):
        return
    errand = {"id": new_id(), "kind": AUDIENCE, "party_id": row["id"], "enrollment_id": row["id"], "due_at": batch.now}
    add(batch.connection, Outbox, [{**errand, "attempts": 0}])
    batch.decide(play.journey.id, "start", "called", seen={"segment": play.journey.start.to, "audience": row["id"]})


def refused(batch: Ground, event: Written, play: Play) -> bool:
    """Does the event call nobody? It is on record why not."""
    if event.customer is not None:
        seen = {"event": event.id}
        batch.decide(play.journey.id, "start", "told of a customer", customer=event.customer["id"], seen=seen)
        return True
    if batch.is_history(event.occurred_at):
        batch.decide(play.journey.id, "start", "too long ago", seen={"occurred_at": event.occurred_at.isoformat()})
        return True
    return False
