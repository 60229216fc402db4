"""How is a step's webhook called? Judge, sign, post, record; a part of the party at a time.

It answers for every member, and never hangs or raises for one member's sake. A receiver that is away is `later`, and
the same visit is asked again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from regulars.calls.ledger import Due, Ledger, Made
from regulars.calls.signed import Signer
from regulars.calls.verdict import judge
from regulars.calls.wire import Came, Unanswered, Wire
from regulars.clock import Clock
from regulars.engine.act import Answer
from regulars.store.writer import Writer
from regulars.walks.moment import Question

CHUNK = 25  # calls at once: what one kill may have made again
_LOG = logging.getLogger(__name__)


class Caller:
    """Calls webhooks. `beat` is called between chunks, never inside a transaction."""

    def __init__(self, writer: Writer, ledger: Ledger, signer: Signer, wire: Wire, clock: Clock) -> None:
        self._store, self._ledger, self._signer, self._wire, self._clock = writer, ledger, signer, wire, clock

    async def close(self) -> None:
        """Close what is open."""
        await self._wire.close()

    async def call(
        self, questions: Sequence[Question], now: Callable[[], datetime], beat: Callable[[], None]
    ) -> list[Answer]:
        """One answer per question, in order. `now` gives the shop's time as this activity sees it."""
        said: list[Answer] = []
        for start in range(0, len(questions), CHUNK):
            if start:
                beat()
            said += await self._chunk([replace(one, now=now()) for one in questions[start : start + CHUNK]], now)
        return said

    async def _chunk(self, questions: Sequence[Question], now: Callable[[], datetime]) -> list[Answer]:
        begun = await self._store.ask_all(self._ledger.begin, questions)
        made = await asyncio.gather(*(self._make(one, now) for one in begun if isinstance(one, Due)))
        recorded = iter(await self._store.ask_all(self._ledger.record, made))
        return [one if isinstance(one, Answer) else next(recorded) for one in begun]

    async def _make(self, due: Due, now: Callable[[], datetime]) -> Made:
        came = await self._post(due)
        at = now()
        return Made(due, judge(came, due.trying, at, self._clock), at)

    async def _post(self, due: Due) -> Came:
        if not self._signer.can_sign:
            _LOG.error("no webhook can be called: WEBHOOK_SIGNING_SECRET is not set")
            return Unanswered("no signing secret")
        call_id = due.trying.call_id
        try:
            headers = self._signer.headers(call_id, due.body, self._clock.real_now())
            return await self._wire.post(due.url, due.body, headers)
        except Exception:
            _LOG.exception("call %s: what came of it is unknown", call_id)
            return Unanswered("error")
