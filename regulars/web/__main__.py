"""How is the web process started? `python -m regulars.web --port 8000`."""

from __future__ import annotations

import argparse
import sys

import uvicorn
from fastapi import FastAPI

from regulars import process
from regulars.settings import Missing, settings
from regulars.web.app import create_app


def main() -> None:
    """Serve until told to stop; requests under way are finished."""
    parser = argparse.ArgumentParser(prog="python -m regulars.web")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    chosen = parser.parse_args()
    config = settings()
    process.log_to_stderr(config.log_level)
    try:
        config.require("regulars_secret")  # without it no link in a message can be told from a forged one
    except Missing as error:
        sys.exit(str(error))
    serve(create_app(config), chosen.host, chosen.port)


def serve(app: FastAPI, host: str, port: int) -> None:
    """Serve `app` in this process until it is told to stop."""
    process.keep_loaded()
    process.take_short_turns()
    server(app, host, port).run()


def server(app: FastAPI, host: str, port: int) -> uvicorn.Server:
    """A server of `app` that is yet to run."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            loop="uvloop",
            http="httptools",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=10,
        )
    )


if __name__ == "__main__":
    main()
