"""How does a text go out by Twilio? Its own package builds the request and reads the errors; it sends nothing.

Source: https://www.twilio.com/docs/messaging/api/message-resource
"""

from __future__ import annotations

import re
import unicodedata
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from difflib import SequenceMatcher
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import urlencode, urlsplit

from twilio.base.exceptions import TwilioServiceException
from twilio.base.version import Version
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from regulars.clock import Clock
from regulars.delivery.providers.answers import MOVED, impersonal, parsed, retry_after, unanswered
from regulars.delivery.providers.base import (
    Accepted,
    Ambiguous,
    Found,
    Outgoing,
    Provider,
    Rejected,
    Sought,
    Transport,
    Unprocessed,
    Verdict,
    WireFailure,
    WireRequest,
    WireResponse,
)
from regulars.delivery.providers.twilio_codes import (
    ACCOUNT,
    OPTED_OUT,
    QUEUE_FULL,
    QUEUE_FULL_SECONDS,
    REFUSED,
    TOO_FAST,
)
from regulars.journeys.model import Channel

_MESSAGING_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
_LONGEST_VALIDITY = 36_000
_PAGE = 1000
_SKEW = timedelta(minutes=1)  # the vendor's clock may lag ours: a message must not be missed for it
_ALIKE = 0.8  # above it a text may be ours as re-encoded on the way
_OWNERS_STATUS = frozenset({401, 403, 404, 405}) | MOVED


class TwilioSms(Provider):
    """Twilio for one account. `auth_token`: the account's, or the secret of the API key `key_sid`.

    `base_url`: scheme and host, a region's and edge's too. `smart_encoded`: typographic quotes and dashes are replaced,
    which would double a text's price. `settles`: after this much real time its list has every message it took.
    `now`: the real instant.
    """

    name: str = "twilio"
    channel: Channel = "sms"

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        base_url: str = "https://api.twilio.com",
        *,
        key_sid: str | None = None,
        smart_encoded: bool = True,
        settles: timedelta = timedelta(minutes=5),
        now: Callable[[], datetime] = Clock.real_now,
    ) -> None:
        if not account_sid or not auth_token:
            raise ValueError("Twilio needs an account SID and an auth token: its package would send without")
        client = Client(key_sid or account_sid, auth_token, account_sid, http_client=_Unsent(base_url))
        self._messages = client.messages
        self._smart_encoded = smart_encoded
        self._settles = settles
        self._now = now

    def build(self, outgoing: Outgoing) -> WireRequest:
        """The sender is a number, an alphanumeric id, or a messaging service (MG and 32 hexadecimal digits)."""
        fields = self.fields(outgoing)
        if outgoing.callback_url:
            fields["status_callback"] = outgoing.callback_url
        if outgoing.valid_seconds is not None:
            fields["validity_period"] = min(max(outgoing.valid_seconds, 1), _LONGEST_VALIDITY)
        return _caught(lambda: self._messages.create(**fields))

    def fields(self, outgoing: Outgoing) -> dict[str, Any]:
        """What a text says, to whom and from whom, as the package's `create` names it."""
        is_service = _MESSAGING_SERVICE.fullmatch(outgoing.sender)
        sender = {"messaging_service_sid" if is_service else "from_": outgoing.sender}
        return {"to": outgoing.to, "body": outgoing.text, "smart_encoded": self._smart_encoded, **sender}

    def classify(self, outcome: WireResponse | WireFailure) -> Verdict:
        """A 4xx by Twilio's code, which is the more exact, then by HTTP's status.

        429 is "never processed and always safe to retry" (error 20429). Every 5xx is unknown: of 500 Twilio says that
        sending again may send twice (20500), and of 503 only that one should try again (20503), not that the message
        was not taken; the look-up settles it within minutes, so that caution loses nothing.
        """
        if isinstance(outcome, WireFailure):
            return unanswered(outcome)
        if 200 <= outcome.status < 300:
            return _taken(outcome)
        number, reason = _error(outcome)
        code, status = str(number), outcome.status
        if status >= 500 or status == HTTPStatus.REQUEST_TIMEOUT or (status < 400 and status not in MOVED):
            return Ambiguous(code, reason)
        if number in TOO_FAST or status == HTTPStatus.TOO_MANY_REQUESTS:
            return Unprocessed(code, reason, retry_after=retry_after(outcome.headers, self._now()))
        if number == QUEUE_FULL:
            return Unprocessed(code, reason, retry_after=QUEUE_FULL_SECONDS)
        if number in REFUSED:
            return Rejected(code, reason, REFUSED[number], suppress=number == OPTED_OUT)
        if number in ACCOUNT or status in _OWNERS_STATUS:
            return Unprocessed(code, reason, config=True)
        return Rejected(code, reason, "message")

    async def look_up(self, sought: Sought, transport: Transport) -> Found:
        """Looks for the text among the messages to the number, for Twilio keeps nothing of ours beside it.

        Not narrowed by DateSent: a message still queued has none, and leaving it out would prove it absent. Absent
        only when the list was read whole, holds no such text from the sender since the dispatch, and `settles` is over.
        """
        answer = await transport.carry(_caught(lambda: self._messages.page(to=sought.to, page_size=_PAGE)))
        if isinstance(answer, WireFailure) or answer.status != HTTPStatus.OK:
            return Found("unsure")
        page = parsed(answer.body)
        records = page.get("messages")
        if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
            return Found("unsure")
        certain = not page.get("next_page_uri")
        for record in records:
            match self.is_sought(record, sought):
                case True:
                    return Found("accepted", record.get("sid"))
                case None:
                    certain = False
        settled = self._now() - sought.dispatched_at >= self._settles
        return Found("absent" if certain and settled else "unsure")

    def is_sought(self, record: Mapping[str, Any], sought: Sought) -> bool | None:
        """Whether a listed message is the one sought; None where that cannot be told."""
        return _is(record, sought)


class _Caught(Exception):
    """Carries a built request out of the package."""

    def __init__(self, request: WireRequest) -> None:
        self.request = request


class _Unsent(HttpClient):  # type: ignore[misc]
    """The package's HTTP client, throwing the request where its own would send it; any region's host becomes ours."""

    def __init__(self, base_url: str) -> None:
        super().__init__(logger=None, is_async=False)
        self._base_url = base_url.rstrip("/")

    def request(
        self,
        method: str,
        url: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        **_: object,
    ) -> NoReturn:
        query = "?" + urlencode(params, doseq=True) if params else ""
        body = urlencode(data, doseq=True).encode() if data else None
        sent = dict(headers or {})
        if auth is not None:
            sent["Authorization"] = "Basic " + b64encode(":".join(auth).encode()).decode()
        raise _Caught(WireRequest(method, self._base_url + urlsplit(url).path + query, sent, body))


def _caught(call: Callable[[], object]) -> WireRequest:
    try:
        call()
    except _Caught as caught:
        return caught.request
    raise RuntimeError("Twilio's package made no request")


def _taken(answer: WireResponse) -> Accepted | Ambiguous:
    sid = parsed(answer.body).get("sid")
    if isinstance(sid, str) or answer.status == HTTPStatus.CREATED:
        return Accepted(sid if isinstance(sid, str) else None)
    # Messages answers 201; a page of a proxy on the way answers 200.
    return Ambiguous(str(answer.status), "a success that names no message")


def _error(answer: WireResponse) -> tuple[int, str]:
    """Twilio's code, HTTP's status where it gave none, and its sentence: by the package, which knows both forms."""
    text = answer.body.decode("utf-8", "replace")
    error = Version.exception("POST", "Messages.json", Response(answer.status, text), "Unable to create record")
    if isinstance(error, TwilioServiceException):
        sentence = f"{error.title}: {error.detail}" if error.detail else str(error.title)
    else:
        sentence = str(error.msg)
    code = str(error.code)
    return int(code) if re.fullmatch(r"[0-9]{1,9}", code) else answer.status, impersonal(sentence)


def _is(record: Mapping[str, Any], sought: Sought) -> bool | None:
    """Whether a listed message is the one sought; None where that cannot be told."""
    if sought.sender not in (record.get("from"), record.get("messaging_service_sid")):
        return False
    created = _instant(record.get("date_created"))
    if created is not None and created < sought.dispatched_at - _SKEW:
        return False
    body = record.get("body")
    if created is None or not isinstance(body, str) or not body:
        return None  # a body may be redacted
    listed, wanted = _letters(body), _letters(sought.text)
    if listed.endswith(wanted):
        return True
    return None if SequenceMatcher(None, listed, wanted, autojunk=False).ratio() > _ALIKE else False


def _letters(text: str) -> str:
    """What smart encoding leaves alone. (A trial account's messages have a sentence before it.)"""
    letters = "".join(character for character in unicodedata.normalize("NFKC", text).casefold() if character.isalnum())
    return letters or text.strip()


def _instant(date: object) -> datetime | None:
    """An RFC 2822 date, in UTC where it names no zone."""
    if not isinstance(date, str):
        return None
    try:
        found = parsedate_to_datetime(date)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
