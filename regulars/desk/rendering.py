"""What did a message look like? A mail is not kept; its template is rendered again, with what is known today.

A text is kept as it was sent, and so is every subject.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from regulars.delivery.live_templates import LiveTemplates
from regulars.delivery.templates import RenderError, Unavailable
from regulars.delivery.want import Case, Want
from regulars.desk.message import Dossier
from regulars.journeys.channels import TRAITS_OF
from regulars.store.database import Database
from regulars.store.shelf import Shelf
from regulars.walks import roll
from regulars.walks.roll import Roll


@dataclass(frozen=True, slots=True)
class Rendering:
    """`same`: by the very template that was sent; otherwise it has been edited since. `html` is a mail's alone.
    `trouble` says why where nothing can be rendered."""

    subject: str = ""
    html: str = ""
    text: str = ""
    same: bool = False
    trouble: str = ""


class Renderer:
    """Renders messages that went, or would go. It locks nothing and its links lead nowhere."""

    def __init__(self, database: Database, shelf: Shelf, public_url: str) -> None:
        self._shelf, self._templates = shelf, LiveTemplates(database, shelf)
        self._nowhere = f"{public_url.rstrip('/')}/u/not-a-link"

    def render(self, connection: Connection, dossier: Dossier) -> Rendering:
        """Never raises for a template's or a customer's sake."""
        row = dossier.row
        try:
            case = self._case(connection, dossier)
            names = {**case.names, "message": {"id": row["id"]}, "unsubscribe_url": self._nowhere}
            locale = row["locale"] or dossier.place.locale
            templates = self._templates.of(case)
            if TRAITS_OF[case.send.kind].form == "text":
                return Rendering(text=templates.text(case.send.kind, row["template"], locale, names).text)
            mail = templates.email(row["template"], locale, names)
        except KeyError:
            return Rendering(trouble="its step is no longer known")
        except (RenderError, Unavailable) as error:
            return Rendering(trouble=str(error))
        return Rendering(mail.subject, mail.html, mail.text, same=mail.version == row["template_version"])

    def _case(self, connection: Connection, dossier: Dossier) -> Case:
        """As delivery had it. Raises KeyError where the version has no such message."""
        row, walk, now = dossier.row, dossier.walk, dossier.row["dispatched_at"] or dossier.row["due_at"]
        play = self._shelf.play(connection, row["journey"], row["version"])
        starts = roll.events(connection, [walk["start_event_id"]] if walk["start_event_id"] else [])
        customers = roll.customers(connection, [row["customer_id"]])
        members = Roll(dossier.house, {walk["id"]: walk}, customers, starts, roll.sent_by(connection, [walk["id"]]))
        names = members.names(connection, walk["id"], dossier.place, now)
        send = play.send(row["step"])
        key = row["send_key"].split("/")[1]
        want = Want(walk["id"], row["journey"], row["version"], row["step"], key, row["visit"], now, "desk", now)
        customer = customers[row["customer_id"]]
        return Case(want, now, play, send, dossier.house, walk, customer, row, dossier.place, names)
