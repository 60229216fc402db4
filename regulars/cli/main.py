"""Which commands are there? Each imports what it needs when it is called: a CLI must answer at once."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from regulars.cli.plainly import ToldPlainly

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Journeys that turn first orders into regulars.")
_DATA = typer.Option("--data", help="Folder of this machine's data, logs and secrets.")
_Asked = Annotated[str, typer.Argument(help="Which journey is asked about; all of them are on.")]
_Customer = Annotated[Path, typer.Option("--customer", exists=True, dir_okay=False, help="Who: a profile.")]
_Script = Annotated[
    Path | None, typer.Option("--script", exists=True, dir_okay=False, help="What happens; else what starts it.")
]
_From = Annotated[str | None, typer.Option("--from", help="A day, or an instant with its offset; else now.")]
_Days = Annotated[int, typer.Option("--days", help="How many days to walk.")]
_Whole = Annotated[bool, typer.Option("--json", help="The whole as one JSON object.")]


@app.command()
def up(data: Annotated[Path, _DATA] = Path(".data")) -> None:
    """Run everything on this machine: Temporal with its UI, worker, web, and the sandbox for vendors without keys."""
    from regulars import process
    from regulars.cli import up as command
    from regulars.settings import settings

    async def main(stopping: asyncio.Event) -> None:
        await command.until_told(settings(), data, _say, stopping)

    with ToldPlainly():
        process.run(main)


@app.command()
def demo(
    pace: Annotated[float, typer.Option(min=0.5, max=86400, help="Real seconds that a shop day takes.")] = 10.0,
    days: Annotated[float, typer.Option(min=0.5, max=3650, help="Shop days to play.")] = 10.0,
    customers: Annotated[int, typer.Option(min=1, help="Customers of the sample shop.")] = 120,
    as_json: Annotated[bool, typer.Option("--json", help="The result as one JSON object on stdout.")] = False,
    leave: Annotated[bool, typer.Option("--exit", help="Stop after the result instead of staying up.")] = False,
    data: Annotated[
        Path | None, typer.Option("--data", help="A new folder to play in; .data/demo-1 without it.")
    ] = None,
) -> None:
    """Play ten days of a sample shop through the real endpoints, and show what its journeys did."""
    from regulars import process
    from regulars.cli import demo as command
    from regulars.settings import settings

    codes: list[int] = []

    async def main(stopping: asyncio.Event) -> None:
        options = command.Options(pace, days, customers, as_json, leave, data)
        codes.append(await command.play(settings(), options, stopping))

    with ToldPlainly():
        process.run(main)
    raise typer.Exit(codes[0])


@app.command()
def check(
    files: Annotated[list[Path] | None, typer.Argument(help="The journeys; those of JOURNEYS_FILE without it.")] = None,
    form: Annotated[
        Literal["text", "json", "github"], typer.Option("--format", help="For a reader, a program, or GitHub Actions.")
    ] = "text",
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 where there are warnings, too.")] = False,
) -> None:
    """Will anything break? Everything wrong with journeys, segments and templates. Changes nothing."""
    from regulars.checks.shown import lines
    from regulars.cli import check as command
    from regulars.settings import settings

    with ToldPlainly():
        checked = command.checked(settings(), files or [])
        for line in lines(checked, form):
            _say(line)
        if checked.fails(strict=strict):
            raise typer.Exit(1)


@app.command()
def draw(
    journey: Annotated[str | None, typer.Argument(help="Its name in the file; all of them without it.")] = None,
    form: Annotated[
        Literal["mermaid", "svg"] | None, typer.Option("--format", help="As --out ends, else mermaid.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="A file, or a folder for one file each; else it is printed.")] = None,
    live: Annotated[bool, typer.Option("--live", help="What is live in DATABASE_URL, not what the file says.")] = False,
    counts: Annotated[bool, typer.Option("--counts", help="With how many people are where now.")] = False,
    file: Annotated[Path | None, typer.Option(help="The journeys; those of JOURNEYS_FILE without it.")] = None,
) -> None:
    """Draw what a journey looks like: Mermaid, as GitHub shows it, or SVG."""
    from regulars.cli import draw as command
    from regulars.settings import settings

    with ToldPlainly():
        try:
            text, files = command.draw(settings(), command.Asked(journey, file, form, out, live, counts))
        except command.CannotDraw as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from None
        typer.echo(text, nl=False)
        for written in files:
            _say(str(written))


@app.command()
def schema(
    file: Annotated[Literal["journeys", "segments"], typer.Argument(help="Of which file.")] = "journeys",
) -> None:
    """Print the JSON Schema by which an editor completes journeys.yaml or segments.yaml."""
    from regulars.journeys.schema import text_of

    typer.echo(text_of(file), nl=False)


@app.command()
def apply() -> None:
    """Check journeys.yaml and its templates, and make them live in DATABASE_URL."""
    from regulars.cli.house import prepare
    from regulars.delivery import book
    from regulars.settings import settings
    from regulars.store import event_names

    with ToldPlainly():
        config = settings()
        learnt = event_names.learnt(config.database_url)
        found, templates = book.read(config.journeys_file, config.templates_folder, learnt)
        for warning in templates.warnings:
            _say(f"warning: {warning}")
        prepare(config.database_url, found, templates.sources, None)
        _say(f"live: {', '.join(found.journeys)}")


@app.command()
def why(
    customer: Annotated[str, typer.Argument(help="Their id, e-mail or phone number.")],
    about: Annotated[
        str | None,
        typer.Argument(
            metavar="[JOURNEY | MESSAGE]", help="One journey, its message (journey/step), or a message's id."
        ),
    ] = None,
    at: Annotated[str | None, typer.Option("--at", help="What held then: 2026-03-10T16:00, by their clock.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Tell why a customer got a message, or did not, and why they entered a journey, or did not."""
    from regulars.cli import why as command
    from regulars.settings import settings

    with ToldPlainly():
        command.tell(settings(), customer, about, at, as_json=as_json)


@app.command()
def simulate(
    journey: _Asked,
    customer: _Customer,
    script: _Script = None,
    start: _From = None,
    days: _Days = 60,
    as_json: _Whole = False,
    open_page: Annotated[bool, typer.Option("--open", help="Show the messages in a browser.")] = False,
) -> None:
    """Walk a journey for one customer, at once: what is decided, what is sent, what is held back and why."""
    from regulars.cli import simulate as command
    from regulars.settings import settings

    with ToldPlainly():
        found = command.simulated(settings(), journey, customer, script, start, days)
        for line in command.told(found, in_json=as_json):
            _say(line)
        if open_page:
            typer.echo(f"page: {command.show(found)}", err=True)


@app.command()
def rehearse(
    journey: _Asked,
    customer: _Customer,
    script: _Script = None,
    start: _From = None,
    days: _Days = 60,
    as_json: _Whole = False,
) -> None:
    """The same as simulate on a real Temporal server and the sandbox, compared: ends with 1 where it differs."""
    from regulars import process
    from regulars.cli import rehearse as command
    from regulars.settings import settings

    found: list[command.Rehearsed | None] = []

    async def main(stopping: asyncio.Event) -> None:
        process.log_to_stderr("ERROR")
        work = command.rehearsed(settings(), journey, customer, script, start, days)
        found.append(await command.unless_stopped(work, stopping))

    with ToldPlainly():
        process.run(main)
        if (rehearsed := found[0]) is None:
            raise typer.Exit(130)
        for line in command.told(rehearsed, in_json=as_json):
            _say(line)
        raise typer.Exit(rehearsed.code)


@app.command()
def reach(
    journey: Annotated[str, typer.Argument(help="Its name in the file.")],
    days: Annotated[int, typer.Option("--days", help="How far back to look, or ahead for a date.")] = 30,
    file: Annotated[Path | None, typer.Option(help="The journeys; those of JOURNEYS_FILE without it.")] = None,
    listing: Annotated[
        str | None, typer.Option("--list", metavar="WORD", help="Ids instead: in, where, reached, offer/no-consent ...")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Count whom a journey of the file would reach, of the customers on record. Changes nothing."""
    from regulars.cli import reach as command
    from regulars.settings import settings

    with ToldPlainly():
        command.tell(settings(), command.Question(journey, days, file, listing), as_json=as_json)


@app.command("test")
def run_scenarios(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files or folders of scenarios; scenarios/ else.")] = None,
    name: Annotated[str | None, typer.Option("--name", help="Those alone that are called like this.")] = None,
    junit: Annotated[Path | None, typer.Option("--junit", help="Also write JUnit's XML, for a CI system.")] = None,
    form: Annotated[
        Literal["text", "json", "github"], typer.Option("--format", help="For a reader, a program, or GitHub Actions.")
    ] = "text",
    customers: Annotated[
        int | None, typer.Option("--random", min=1, help="Instead: invent so many customers, and judge by the rules.")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Of invented customers: the same again.")] = None,
    days: Annotated[int | None, typer.Option("--days", min=1, help="Of invented customers: for how long.")] = None,
) -> None:
    """Do journeys what is expected of them? Ends with 1 where one does not, with 2 where a file has a mistake."""
    from rich.console import Console

    from regulars.cli import test as command
    from regulars.settings import settings

    with ToldPlainly(code=2):
        if customers is None:
            told = command.scenarios(settings(), command.Asked(paths or [], name, junit, form))
        else:
            told = command.invented(settings(), customers, seed, days, form)
        console = Console(highlight=False, soft_wrap=True)
        for line in told.lines:
            console.print(line)
        raise typer.Exit(told.code)


def _say(text: str) -> None:
    typer.echo(text)
    sys.stdout.flush()


def run() -> None:
    """The `regulars` command."""
    app()


if __name__ == "__main__":
    run()
