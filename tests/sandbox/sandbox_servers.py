"""How do the sandbox's tests run real servers and real clients? The sandbox, a receiver of callbacks, and both SDKs."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlencode, urlsplit

import sendgrid
import uvicorn
from ports import free_port
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance

from regulars.sandbox.settings import SENDGRID_API_KEY, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, SandboxSettings

T = TypeVar("T")
PATIENCE = 15.0


def until(look: Callable[[], T | Literal[False]], seconds: float = PATIENCE) -> T:
    """What `look` returns once it is true. Fails with what it saw last."""
    deadline = time.monotonic() + seconds
    while not (seen := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain; saw {seen!r} last")
        time.sleep(0.02)
    return seen


class Server:
    """An ASGI app under uvicorn on a thread."""

    def __init__(self, app: ASGIApp) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        config = uvicorn.Config(
            app, port=self.port, log_level="error", access_log=False, lifespan="on", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> Server:
        self._thread.start()
        until(lambda: self._server.started or not self._thread.is_alive())
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(PATIENCE)


@dataclass(frozen=True, slots=True)
class Arrived:
    """One request that a receiver got, as it was on the wire."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    def events(self) -> list[dict[str, Any]]:
        decoded: list[dict[str, Any]] = json.loads(self.body)
        return decoded

    @property
    def path(self) -> str:
        return urlsplit(self.url).path


@dataclass
class Receiver:
    """The product's side of the callbacks: keeps all that comes, and answers with `refusals` first, then 204."""

    url: str = ""
    arrived: list[Arrived] = field(default_factory=list)
    refusals: deque[int] = field(default_factory=deque)

    def app(self) -> Starlette:
        async def take(request: Request) -> Response:
            # The request target as sent: what signatures are over.
            target = request.scope["raw_path"].decode()
            if request.scope["query_string"]:
                target += "?" + request.scope["query_string"].decode()
            self.arrived.append(Arrived(request.method, self.url + target, dict(request.headers), await request.body()))
            return Response(status_code=self.refusals.popleft() if self.refusals else 204)

        return Starlette(routes=[Route("/{path:path}", take, methods=["GET", "POST"])])

    def at(self, path: str) -> list[Arrived]:
        return [each for each in self.arrived if each.path == path]

    def mail_events(self) -> list[dict[str, Any]]:
        return [event for each in self.at("/events") for event in each.events()]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def text(self) -> str:
        return self.body.decode()


class _Still(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


_opener = urllib.request.build_opener(_Still)


def _lowered(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


def ask(url: str, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answer:
    """One plain request; no status raises, no redirect is followed."""
    request = urllib.request.Request(url, body, dict(headers or {}), method=method)
    try:
        with _opener.open(request, timeout=PATIENCE) as answer:
            return Answer(answer.status, _lowered(answer.headers.items()), answer.read())
    except HTTPError as refused:
        with refused:
            return Answer(refused.code, _lowered(refused.headers.items()), refused.read())


def press(url: str, **form: str) -> Answer:
    """A button on a page."""
    return ask(url, "POST", urlencode(form).encode(), {"Content-Type": "application/x-www-form-urlencoded"})


def put_faults(base: str, *rules: dict[str, Any]) -> Answer:
    return ask(f"{base}/_sandbox/faults", "POST", json.dumps(rules).encode(), {"Content-Type": "application/json"})


def mail(to: str = "ann@example.com", own_id: str | None = "m1", **more: Any) -> dict[str, Any]:
    """A body that POST /v3/mail/send takes."""
    html = '<p>Hi</p><a href="https://shop.example/sale">Sale</a> <a href="https://shop.example/u/1">Unsubscribe</a>'
    body: dict[str, Any] = {
        "personalizations": [{"to": [{"email": to}]}],
        "from": {"email": "news@shop.example", "name": "Shop"},
        "subject": "Your cart",
        "content": [{"type": "text/plain", "value": "Hi"}, {"type": "text/html", "value": html}],
    }
    if own_id is not None:
        body["custom_args"] = {"regulars_message_id": own_id}
    return {**body, **more}


def sendgrid_client(base: str, key: str = SENDGRID_API_KEY) -> Any:
    client = sendgrid.SendGridAPIClient(key, host=base)
    client.client.timeout = PATIENCE
    return client


def send_mail(base: str, body: dict[str, Any]) -> Any:
    """Through the vendor's own package: its response, or its exception."""
    return sendgrid_client(base).client.mail.send.post(request_body=body)


class _Loopback(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's own client, its host replaced: the package has no option for that."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=PATIENCE)
        self._base = base

    def request(self, method: str, url: str, *arguments: Any, **named: Any) -> Any:
        return super().request(method, url.replace("https://api.twilio.com", self._base), *arguments, **named)

    def close(self) -> None:
        if self.session is not None:
            self.session.close()


def twilio_client(base: str, token: str = TWILIO_AUTH_TOKEN) -> Client:
    return Client(TWILIO_ACCOUNT_SID, token, http_client=_Loopback(base))


@dataclass(frozen=True, slots=True)
class Running:
    """A sandbox that runs, and who is told by it."""

    url: str
    settings: SandboxSettings
    receiver: Receiver

    def mail(self, to: str = "ann@example.com", own_id: str | None = "m1", **more: Any) -> str:
        """Send a mail through the SDK; its X-Message-Id."""
        return str(send_mail(self.url, mail(to, own_id, **more)).headers["X-Message-Id"])

    def text(self, to: str = "+14155550100", own_id: str = "t1", body: str = "Hello", **more: Any) -> MessageInstance:
        """Send a text through the SDK, its callbacks to the receiver."""
        client = twilio_client(self.url)
        named = {"from_": "+15017122661", "status_callback": f"{self.receiver.url}/status?m={own_id}", **more}
        try:
            return client.messages.create(to=to, body=body, **named)
        finally:
            client.http_client.close()


Start = Callable[..., Running]


class Process:
    """`python -m regulars.sandbox` as its own process, that can be killed and started again on the same data."""

    def __init__(self, data: Path, *flags: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._command = [
            sys.executable,
            "-m",
            "regulars.sandbox",
            "--data",
            str(data),
            "--port",
            str(self.port),
            *flags,
        ]
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._running = subprocess.Popen(self._command)
        until(self._healthy)

    def kill(self) -> None:
        """kill -9."""
        if self._running is not None:
            self._running.send_signal(signal.SIGKILL)
            self._running.wait()
            self._running = None

    def stop(self) -> int:
        """The exit code after a SIGTERM."""
        if self._running is None:
            return 0
        self._running.terminate()
        code = self._running.wait(PATIENCE)
        self._running = None
        return code

    def _healthy(self) -> bool:
        if self._running is not None and self._running.poll() is not None:
            raise AssertionError(f"the sandbox ended with {self._running.returncode}")
        try:
            return ask(f"{self.url}/healthz").status == 200
        except OSError:
            return False
