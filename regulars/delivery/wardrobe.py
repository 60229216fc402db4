"""Which templates does a book of journeys need, and which names may each of them use?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from regulars.delivery.templates import Templates
from regulars.journeys.jinja import Names
from regulars.journeys.model import Book, Channel, Journey, Send, walk_steps
from regulars.journeys.names import CUSTOMER, SHOP, template_names
from regulars.journeys.questions import QUESTIONS

Use = tuple[Journey, Send]
Uses = dict[tuple[Channel, str], list[Use]]


def exists(folder: Path) -> Callable[[Channel, str], bool]:
    """Whether there is a file for a template, in any language: for loading journeys before their templates."""

    def has(channel: Channel, template: str) -> bool:
        place = folder / channel / template
        return place.parent.is_dir() and any(
            found.name.startswith(f"{place.name}.") for found in place.parent.iterdir()
        )

    return has


def load(folder: Path, book: Book, walked: Iterable[Journey] = ()) -> Templates:
    """Compile every template below `folder` against the journeys that use it. Raises Mistakes with all of them.

    `walked`: journeys and versions that somebody is still inside, though the book has them no longer. A template that
    they alone use may name what any of them knows.
    """
    uses, older = _uses(book.journeys.values()), _uses(walked)
    known = {**older, **uses}
    service = {
        template for (_, template), found in known.items() if all(send.purpose == "service" for _, send in found)
    }

    def names(channel: Channel, template: str) -> Names:
        used = channel, template
        if used in uses:
            return _common([template_names(journey, send.id) for journey, send in uses[used]])
        return _any([_UNUSED, *(template_names(journey, send.id) for journey, send in older.get(used, ()))])

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
    frozenset(QUESTIONS),
)


def _uses(journeys: Iterable[Journey]) -> Uses:
    found: Uses = {}
    for journey in journeys:
        for step in walk_steps(journey.steps):
            if isinstance(step, Send):
                found.setdefault((step.kind, step.template), []).append((journey, step))
    return found


def _common(several: list[Names]) -> Names:
    """What all the journeys that share a template know."""
    first, *others = several
    roots, questions = dict(first.roots), first.questions
    for names in others:
        roots = {root: _narrower(mine, names.roots[root]) for root, mine in roots.items() if root in names.roots}
        questions &= names.questions
    return Names(roots, questions)


def _any(several: list[Names]) -> Names:
    """What some journey that uses a template knows."""
    first, *others = several
    roots, questions = dict(first.roots), first.questions
    for names in others:
        for root, known in names.roots.items():
            mine = roots.get(root, frozenset())
            roots[root] = None if mine is None or known is None else mine | known
        questions |= names.questions
    return Names(roots, questions)


def _narrower(mine: frozenset[str] | None, known: frozenset[str] | None) -> frozenset[str] | None:
    """The attributes that both have; None is any."""
    if mine is None or known is None:
        return known if mine is None else mine
    return mine & known
