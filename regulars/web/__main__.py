"""How is the web process started? `python -m regulars.web --port 8000`."""

from __future__ import annotations

import argparse

import uvicorn

from regulars import process
from regulars.settings import settings
from regulars.web.app import create_app


def main() -> None:
    """Serve until told to stop; requests under way are finished."""
    parser = argparse.ArgumentParser(prog="python -m regulars.web")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    chosen = parser.parse_args()
    config = settings()
    process.log_to_stderr(config.log_level)
    uvicorn.run(
        create_app(config),
        host=chosen.host,
        port=chosen.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
        h11_max_incomplete_event_size=64_000,
    )


if __name__ == "__main__":
    main()
