"""How does a command fail? What a user can mend is said in plain words, with an exit code."""

from __future__ import annotations

import typer


class ToldPlainly:
    """Turns what a user can mend into a message and an exit code; anything else is a bug and shows itself."""

    def __init__(self, code: int = 1) -> None:
        self._code = code

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        from pydantic import ValidationError
        from sqlalchemy.exc import ArgumentError, OperationalError

        from regulars.cli.house import AlreadyUp, FolderTaken, Unreachable
        from regulars.cli.supervisor import StartError
        from regulars.journeys.mistakes import Mistakes
        from regulars.reach.gates import UnknownGate
        from regulars.reach.reach import Unanswerable as Unreached
        from regulars.rehearse.stuck import Stuck
        from regulars.simulate.ask import Unanswerable as Unsimulated
        from regulars.store.shelf import NothingLive
        from regulars.why.ask import Unanswerable

        if isinstance(error, Mistakes):
            count = "1 mistake" if len(error.found) == 1 else f"{len(error.found)} mistakes"
            typer.echo(f"{count}; nothing was started or changed:", err=True)
            for mistake in error.found:
                typer.echo(f"  {mistake}", err=True)
            raise typer.Exit(self._code) from None
        if isinstance(error, Unsimulated | Unreached | UnknownGate | Stuck):
            typer.echo(str(error), err=True)
            raise typer.Exit(self._code) from None
        if isinstance(
            error,
            NothingLive | Unanswerable | AlreadyUp | FolderTaken | StartError | Unreachable | ValidationError | OSError,
        ):
            typer.echo(str(error), err=True)
            raise typer.Exit(self._code) from None
        if isinstance(error, ArgumentError | OperationalError):
            typer.echo(f"DATABASE_URL: {getattr(error, 'orig', None) or error}", err=True)
            raise typer.Exit(self._code) from None
