"""On what is reach tried? A shop that is told things by the real functions, and files that may say something else."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import why_shop
from why_shop import DAY, HOUSE

from regulars.customers.person import Person
from regulars.delivery import book
from regulars.intake.arrival import Arrival, OrderFacts
from regulars.reach.gates import named
from regulars.reach.reach import Asked, Reach, listed
from regulars.reach.starts import Span
from regulars.store.database import Database
from regulars.store.orders import Order

MAIL = """\
---
subject: Hello
---
{% extends "_layout.mjml" %}
{% block body %}<mj-text>Hello</mj-text>{% endblock %}
"""
LAYOUT = """\
<mjml><mj-body><mj-section><mj-column>{% block body %}{% endblock %}
<mj-text>{{ shop.postal_address }} <a href="{{ unsubscribe_url }}">Unsubscribe</a></mj-text>
</mj-column></mj-section></mj-body></mjml>
"""
STEPS = "steps: [{email: a/hello}]"


class ReachShop(why_shop.Shop):
    """`write` is what the files say; what is live is another matter (`open`)."""

    def __init__(self, database: Database, folder: Path) -> None:
        super().__init__(database)
        self.folder = folder
        texts = {f"{channel}/a/text.en.txt": "Hello. Reply STOP" for channel in ("sms", "whatsapp")}
        mails = {"email/_layout.mjml": LAYOUT, "email/a/hello.en.mjml": MAIL, "email/a/hello.de.mjml": MAIL}
        for name, text in {**texts, **mails}.items():
            file = folder / "templates" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")

    @property
    def file(self) -> Path:
        return self.folder / "journeys.yaml"

    def write(self, start: str, steps: str = STEPS, more: str = "", house: str = HOUSE, segments: str = "") -> None:
        """The files: one journey, `j`, with this start."""
        self.file.write_text(f"{house}journeys:\n  j: {{start: {start}, {more}{steps}}}\n", "utf-8")
        (self.folder / "segments.yaml").write_text(segments or "segments: {vip: {where: customer.orders >= 3}}\n")

    def cancel(self, name: str) -> None:
        """Their last order is taken back."""
        (row,) = self.rows(Order, customer_id=self.id_of(name))
        facts = OrderFacts(row["external_id"], "USD", 2_000, row["placed_at"], self.now, "cancelled", False)
        who = Person((("shop", name),), self.now - 400 * DAY)
        self._take(Arrival("test", uuid4().hex, "cancel", who, (), (), facts))

    def asked(self, days: int = 30) -> Asked:
        found, templates = book.read(self.file, self.folder / "templates", ["Product Reviewed"])
        return Asked(found, templates, "j", Span(self.now, days))

    def reach(self, days: int = 30) -> Reach:
        with self.database.read() as connection:
            return self.asked(days).counted(connection)

    def entries(self, days: int = 30) -> dict[str, int]:
        return {str(entry): many for entry, many in self.reach(days).entries.items()}

    def listed(self, word: str, days: int = 30) -> set[str]:
        asked = self.asked(days)
        with self.database.read() as connection:
            return set(listed(asked.people(connection), *named(word, asked.steps)))

    def contacts(self, step: str = "hello") -> dict[str, Any]:
        return {str(contact): many for contact, many in self.reach().messages[step].contacts.items()}
