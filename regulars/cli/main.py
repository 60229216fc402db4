"""Which commands are there? Each imports what it needs when it is called: a CLI must answer at once."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Journeys that turn first orders into regulars.")
_DATA = typer.Option("--data", help="Folder of this machine's data, logs and secrets.")


@app.command()
def up(data: Annotated[Path, _DATA] = Path(".data")) -> None:
    """Run everything on this machine: Temporal with its UI, worker, web, and the sandbox for vendors without keys."""
    from regulars import process
    from regulars.cli import up as command
    from regulars.settings import settings

    async def main(stopping: asyncio.Event) -> None:
        await command.until_told(settings(), data, _say, stopping)

    with _ToldPlainly():
        process.run(main)


@app.command()
def apply() -> None:
    """Check journeys.yaml and its templates, and make them live in DATABASE_URL."""
    from regulars.cli.house import prepare
    from regulars.delivery import book
    from regulars.settings import settings

    with _ToldPlainly():
        config = settings()
        found, templates = book.read(config.journeys_file, config.templates_folder)
        for warning in templates.warnings:
            _say(f"warning: {warning}")
        prepare(config.database_url, found, None)
        _say(f"live: {', '.join(found.journeys)}")


def _say(text: str) -> None:
    typer.echo(text)
    sys.stdout.flush()


class _ToldPlainly:
    """Turns what a user can mend into a message and exit code 1; anything else is a bug and shows itself."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        from pydantic import ValidationError

        from regulars.cli.house import AlreadyUp
        from regulars.cli.supervisor import StartError
        from regulars.journeys.mistakes import Mistakes

        if isinstance(error, Mistakes):
            typer.echo(f"{len(error.found)} mistake(s); nothing was changed:", err=True)
            for mistake in error.found:
                typer.echo(f"  {mistake}", err=True)
            raise typer.Exit(1) from None
        if isinstance(error, AlreadyUp | StartError | ValidationError):
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from None


def run() -> None:
    """The `regulars` command."""
    app()


if __name__ == "__main__":
    run()
