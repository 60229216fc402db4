"""Which templates does a book of journeys need, and which names may each of them use?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from regulars.delivery import files
from regulars.delivery.locales import parts_of
from regulars.delivery.templates import Templates
from regulars.journeys.jinja import Names
from regulars.journeys.mistakes import Mistake, Mistakes
from regulars.journeys.model import CHANNELS, Book, Channel, Journey, Send, walk_steps
from regulars.journeys.names import CUSTOMER, SHOP, template_names
from regulars.journeys.questions import QUESTIONS

Use = tuple[Journey, Send]
Uses = dict[tuple[Channel, str], list[Use]]


def on_disk(folder: Path) -> Callable[[Channel], frozenset[str]]:
    """The names of a channel's templates, by the files of any language: for loading journeys before their templates."""

    @cache
    def names(channel: Channel) -> frozenset[str]:
        found = (folder / channel).glob("*/*.*")
        return frozenset(f"{file.parent.name}/{file.name.split('.')[0]}" for file in found if file.name[0] != ".")

    return names


def load(folder: Path, book: Book, *, journeys_wrong: Collection[Mistake] = ()) -> Templates:
    """Compile every template below `folder` against the journeys that use it. Raises Mistakes with all of them.

    `journeys_wrong`: what is wrong with journeys that are therefore not in the book. Nobody knows what their templates
    may name, so those that no journey of the book uses are not looked into; and nothing is loaded.
    """
    sources, mistakes = files.read(folder)
    uses = _uses(book.journeys.values())
    service = {template for (_, template), found in uses.items() if all(send.purpose == "service" for _, send in found)}

    def names(channel: Channel, template: str) -> Names | None:
        used = uses.get((channel, template))
        if used:
            return _common([template_names(journey, send.id) for journey, send in used])
        return None if journeys_wrong else _UNUSED

    locale = book.house.locale
    made = Templates.of(
        sources,
        names,
        house_locale=locale,
        service=service,
        folder=folder.name,
        mistakes=(*journeys_wrong, *mistakes, *_unread(sources, uses, locale, folder.name)),
    )
    gone = [f"{channel}/{template}" for channel, template in uses if not made.has(channel, template)]
    if gone:  # since the journeys were read
        raise Mistakes(Mistake(f"{folder.name}/{name}", 1, 1, None, None, "there is no such template") for name in gone)
    return made


def _unread(sources: Mapping[str, str], uses: Uses, house: str, folder: str) -> Iterator[Mistake]:
    """Messages that whoever's language is not among their files would get in one that the house does not speak."""
    for channel in CHANNELS:
        there: dict[str, list[files.File]] = {}
        for file in files.templates(sources, channel):
            there.setdefault(file.template, []).append(file)
        for template, found in there.items():
            spoken = {parts_of(file.locale)[0] for file in found}
            language = parts_of(house)[0]
            if (channel, template) in uses and language not in spoken:
                path = found[0].path
                wanted = path.replace(f".{found[0].locale}.", f".{language}.")
                message = f"there is none in the house's language, {language}: expected {folder}/{wanted} beside it"
                yield Mistake(f"{folder}/{path}", 1, 1, None, None, message, None, "no-house-language")


def load_one(sources: Mapping[str, str], journey: Journey, send: Send, house_locale: str) -> Templates:
    """Compile the template of one message, against what its journey's version knows. Raises Mistakes."""
    wanted = (send.kind, send.template)
    known = template_names(journey, send.id)
    service = {send.template} if send.purpose == "service" else ()
    made = Templates.of(
        sources,
        lambda channel, template: known if (channel, template) == wanted else None,
        house_locale=house_locale,
        service=service,
    )
    if not made.has(*wanted):
        file = f"templates/{send.kind}/{send.template}"
        raise Mistakes([Mistake(file, 1, 1, journey.id, send.id, "there is no such template")])
    return made


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


def _narrower(mine: frozenset[str] | None, known: frozenset[str] | None) -> frozenset[str] | None:
    """The attributes that both have; None is any."""
    if mine is None or known is None:
        return known if mine is None else mine
    return mine & known
