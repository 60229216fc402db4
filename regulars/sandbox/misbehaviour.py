"""What does a fault do to a request? The answer is given, withheld or replaced."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import assert_never, cast

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from regulars.sandbox.connection import Dropped, silence
from regulars.sandbox.faults import RequestFault, Rule


async def under(
    rule: Rule | None,
    request: Request,
    answer: Callable[[], Awaitable[Response]],
    rate_limited: Callable[[float], Response],
    failed: Callable[[int], Response],
) -> Response:
    """The response to `request` under `rule`. `answer` takes the request and answers as the vendor would on a good
    day; `rate_limited` and `failed` are the vendor's own 429 and error answers."""
    if rule is None:
        return await answer()
    kind = cast(RequestFault, rule.kind)
    match kind:
        case "status":
            if rule.accepted:
                await answer()
            return failed(rule.status) if rule.body is None else _literal(rule.body, rule.status)
        case "rate_limit":
            return rate_limited(rule.seconds)
        case "hang":
            return Dropped(rule.seconds)
        case "drop_before":
            return Dropped()
        case "drop_after":
            await answer()
            return Dropped()
        case "slow":
            response = await answer()
            await silence(request.receive, rule.seconds)
            return response
        case _:
            assert_never(kind)


def _literal(body: object, status: int) -> Response:
    return PlainTextResponse(body, status) if isinstance(body, str) else JSONResponse(body, status)
