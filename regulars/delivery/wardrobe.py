"""Which templates does a book of journeys need, and which names may each of them use?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from regulars.delivery.templates import Templates
from regulars.journeys.jinja import Names
from regulars.journeys.model import Book, Channel, Journey, Send, walk_steps
from regulars.journeys.names import CUSTOMER, SHOP, template_names

Use = tuple[Journey, Send]


def exists(folder: Path) -> Callable[[Channel, str], bool]:
    """Whether there is a file for a template, in any language: for loading journeys before their templates."""

    def has(channel: Channel, template: str) -> bool:
        place = folder / channel / template
        return place.parent.is_dir() and any(
            found.name.startswith(f"{place.name}.") for found in place.parent.iterdir()
        )

    return has


def load(folder: Path, book: Book) -> Templates:
    """Compile every template below `folder` against the journeys that use it. Raises Mistakes with all of them."""
    uses = _uses(book)
    service = {
        template
        for (_, template), found in uses.items()
        if all(send.purpose == "service" for _, send in found)
    }

    def names(channel: Channel, template: str) -> Names:
        found = uses.get((channel, template))
        return _common([template_names(journey, send.id) for journey, send in found]) if found else _UNUSED

    return Templates.load(folder, names, house_locale=book.house.locale, service=service)


_UNUSED = Names(
    {
        "customer": CUSTOMER,
        "shop": SHOP,
        "event": None,
        "start": None,
        "message": frozenset({"id"}),
        "unsubscribe_url": frozenset(),
    },
    frozenset(),
)


def _uses(book: Book) -> dict[tuple[Channel, str], list[Use]]:
    found: dict[tuple[Channel, str], list[Use]] = {}
    for journey in book.journeys.values():
        for step in walk_steps(journey.steps):
            if isinstance(step, Send):
                found.setdefault((step.kind, step.template), []).append((journey, step))
    return found


def _common(several: list[Names]) -> Names:
    """What all the journeys that share a template know."""
    first, *others = several
    roots = dict(first.roots)
    for names in others:
        for root in set(roots) - set(names.roots):
            del roots[root]
        for root, known in names.roots.items():
            if root in roots and known is not None:
                mine = roots[root]
                roots[root] = known if mine is None else mine & known
    questions = first.questions
    for names in others:
        questions &= names.questions
    return Names(roots, questions)
