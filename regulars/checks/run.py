"""Will anything break? Every finding of some journeys files, of the segments and templates beside them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from regulars.checks import conditions, heard, hours, languages, printed, reach, same_day, sizes
from regulars.checks.finding import Finding
from regulars.checks.looked import Looked
from regulars.delivery import wardrobe
from regulars.delivery.templates import Templates
from regulars.journeys.load import Loaded, load_all
from regulars.journeys.mistakes import Mistakes
from regulars.journeys.written import Owner
from regulars.journeys.yaml_source import Spot

_CHECKS: Final[tuple[Callable[[Looked], Iterator[Finding]], ...]] = (
    *(reach.found, conditions.found, heard.found, hours.found, same_day.found),
    *(languages.found, sizes.found, printed.found),
)
JOURNEYS_FILE: Final = "journeys.yaml"  # as it is called in a folder of one's own


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at, and what was found, by place. `journeys`, `segments` and `templates` count what is there."""

    findings: tuple[Finding, ...]
    journeys: int
    segments: int
    templates: int

    def fails(self, *, strict: bool) -> bool:
        """Whether there are errors; where `strict`, or warnings."""
        grave = ("error", "warning") if strict else ("error",)
        return any(finding.severity in grave for finding in self.findings)


def check(paths: Sequence[tuple[Path, Path]], learnt: Collection[str] = ()) -> Checked:
    """Check journeys files, each with its folder of templates; `learnt`: the names of custom events that came in.
    Nothing is raised for what a file holds, or for one that cannot be read."""
    found: list[Finding] = []
    first: dict[str, Finding] = {}
    journeys = segments = templates = 0
    once: dict[Path, tuple[Path, Path]] = {}
    for path, folder in paths:
        once.setdefault(path.resolve(), (path, folder))
    for path, folder in once.values():
        if path.is_dir():
            found.append(_folder(path))
            continue
        loaded = load_all(path, learnt=learnt, templates=wardrobe.on_disk(folder))
        dressed, mistakes = _dressed(loaded, folder)
        found += mistakes
        found += _twice(loaded, path, first)
        looked = Looked(path, folder, loaded.book, loaded.written, dressed)
        if not loaded.mistakes:
            found += _named_from_here(folder, (one for look in _CHECKS for one in look(looked)))
        journeys += len(loaded.book.journeys)
        segments += len(loaded.book.house.segments)
        templates += len(dressed.names()) if dressed else 0
    return Checked(tuple(sorted(set(found))), journeys, segments, templates)


def _folder(path: Path) -> Finding:
    inside = path / JOURNEYS_FILE
    meant = f"; did you mean {inside}?" if inside.is_file() else ""
    return Finding.at(str(path), Spot(1, 1), "unreadable-file", f"expected a journeys file, found a folder{meant}")


def _dressed(loaded: Loaded, folder: Path) -> tuple[Templates | None, Iterator[Finding]]:
    """The templates, where they can be loaded; what is wrong with them and with the files that were read before."""
    try:
        templates = wardrobe.load(folder, loaded.book, journeys_wrong=loaded.mistakes)
    except Mistakes as mistakes:
        return None, _named_from_here(folder, map(Finding.of, mistakes.found))
    return templates, _named_from_here(folder, map(Finding.of, templates.warnings))


def _named_from_here(folder: Path, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Templates are called as below their folder; what shows findings beside the lines of files wants them whole."""
    for finding in findings:
        inside = finding.file.startswith(f"{folder.name}/")
        yield replace(finding, file=str(folder.parent / finding.file)) if inside else finding


def _twice(loaded: Loaded, path: Path, first: dict[str, Finding]) -> Iterator[Finding]:
    """Journeys that a file before this one has, too."""
    for name in loaded.book.journeys:
        placed = loaded.written.of(Owner("a journey", name))
        here = Finding.at(str(path), placed or Spot(1, 1), "journey-twice", f"journey {name} is in this file")
        there = first.setdefault(name, here)
        if there is not here:
            yield replace(
                here, message=f"journey {name} is defined in {there.file}:{there.line}:{there.column} already"
            )
