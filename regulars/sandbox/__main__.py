"""How is the sandbox started? `python -m regulars.sandbox --data FOLDER`, each flag also as REGULARS_SANDBOX_*."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, get_type_hints

import uvicorn

from regulars.sandbox.app import SandboxSettings, create_app
from regulars.sandbox.connection import is_loopback

PREFIX = "REGULARS_SANDBOX_"
_HOST, _PORT = "127.0.0.1", 8025
_GRACE_SECONDS = 3


def _switch(text: str) -> bool:
    if text.lower() not in ("true", "false", "1", "0"):
        raise ValueError("true or false was expected")
    return text.lower() in ("true", "1")


def _several(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(",") if each.strip())


_READERS: dict[Any, Callable[[str], Any]] = {
    Path: Path, str: str, str | None: str, float: float, int: int, bool: _switch, tuple[str, ...]: _several,
}  # fmt: skip


def read(arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[str, int, SandboxSettings]:
    """Host, port and settings from flags, else from the environment, else as they stand. Exits with a message for what
    cannot be understood."""
    parser = argparse.ArgumentParser(prog="python -m regulars.sandbox", description=(__doc__ or "").splitlines()[0])
    hints = get_type_hints(SandboxSettings)
    readers: dict[str, Callable[[str], Any]] = {"host": str, "port": int}
    readers |= {each.name: _READERS[hints[each.name]] for each in fields(SandboxSettings)}
    for name, reader in readers.items():
        parser.add_argument("--" + name.replace("_", "-"), type=reader)
    given = {name: value for name, value in vars(parser.parse_args(arguments)).items() if value is not None}
    for variable in sorted(environment):
        name = variable.removeprefix(PREFIX).lower()
        if not variable.startswith(PREFIX) or name in given:
            continue
        if name not in readers:
            near = difflib.get_close_matches(variable, [PREFIX + known.upper() for known in readers], n=1)
            parser.error(f"{variable} is not known" + (f"; did you mean {near[0]}?" if near else ""))
        try:
            given[name] = readers[name](environment[variable])
        except ValueError as error:
            parser.error(f"{variable}: {error}")
    host, port = given.pop("host", _HOST), given.pop("port", _PORT)
    missing = [each.name for each in fields(SandboxSettings) if each.default is MISSING and each.name not in given]
    if missing:
        parser.error(f"--{missing[0]} or {PREFIX}{missing[0].upper()} is missing")
    try:
        settings = SandboxSettings(**given)
    except ValueError as error:
        parser.error(str(error))
    if not is_loopback(host) and not settings.allow_remote:
        parser.error(f"--host {host} is open to other machines; add --allow-remote true if that is meant")
    return host, port, settings


def main() -> None:
    host, port, settings = read(sys.argv[1:], os.environ)
    uvicorn.run(
        create_app(settings), host=host, port=port, lifespan="on", log_level="info", access_log=False,
        server_header=False, timeout_graceful_shutdown=_GRACE_SECONDS,
    )  # fmt: skip


if __name__ == "__main__":
    main()
