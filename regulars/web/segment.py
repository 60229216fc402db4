"""Where do Segment's clients send to? `/v1/track` and its kin: written, what is bad kept apart, answered."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.responses import JSONResponse

from regulars.intake import rejects, segment, segment_body
from regulars.intake.body import read_json
from regulars.store.turns import Turns
from regulars.web.body import raw_body
from regulars.web.take import take

_LOG = logging.getLogger(__name__)
_MUCH = 16 << 10  # bytes: a batch of some dozens of events
_PATIENCE = 0.02  # seconds, in which nothing else is read either

# Browsers send from the shop's own pages, and no cookie is looked at.
_ANY_PAGE = {"Access-Control-Allow-Origin": "*"}
_PREFLIGHT = {
    **_ANY_PAGE,
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Content-Encoding",
    "Access-Control-Max-Age": "86400",
}
_TAKEN = JSONResponse({"success": True}, headers=_ANY_PAGE)


async def receive(request: Request) -> Response:
    """200 when it is on disk (or was before), also for a batch of which a part was refused and kept apart; 400 what
    cannot be read, is too large, or is one bad event; 401 without a write key; 404 no such call.

    https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/
    """
    call = segment.CALLS.get(request.path_params["call"])
    if call is None:
        return _refused(404, "not_found", f"expected one of {', '.join(segment.CALLS)}")
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=_PREFLIGHT)
    house = request.app.state.house
    keys = house.config.secrets("segment_write_keys")
    claimed = request.headers.get("authorization")
    if claimed is not None and not segment_body.is_key(claimed, keys):
        return _unknown_key()
    try:
        body, size = await _body(request, house.writer.database.turns)
    except ValueError as error:
        return _unknown_key() if claimed is None else _refused(400, "bad_request", str(error))
    if claimed is None and not segment_body.names_key(body, keys):
        return _unknown_key()
    try:
        found = segment.read(call, body, size, house.clock.now())
    except ValueError as error:
        return _refused(400, "bad_request", str(error))
    await take(house, found.arrivals, found.rejects)
    return _answer(call, found.rejects)


async def _body(request: Request, turns: Turns) -> tuple[Any, int]:
    try:
        raw = await raw_body(request, segment_body.MOST_BYTES)
    except HTTPException:
        raise segment_body.TooLarge from None
    raw = segment_body.unpacked(raw, request.headers.get("content-encoding", "").strip().lower())
    if len(raw) > _MUCH:
        turns.wait(_PATIENCE)
    return read_json(raw), len(raw)


def _answer(call: segment.Call, refused: list[rejects.Reject]) -> Response:
    if not refused:
        return _TAKEN
    _LOG.warning("segment: %d of a %s refused and kept in `rejected`; first: %s", len(refused), call, refused[0].reason)
    if call != "batch":
        return _refused(400, "bad_request", refused[0].reason)
    return JSONResponse({"success": True, "rejected": [one.told for one in refused]}, headers=_ANY_PAGE)


def _unknown_key() -> Response:
    _LOG.warning("segment: 401, the write key is missing or wrong: is it in SEGMENT_WRITE_KEYS?")
    return _refused(401, "unauthorized", "the write key is missing or wrong")


def _refused(status: int, code: str, message: str) -> Response:
    return JSONResponse({"success": False, "code": code, "message": message}, status, headers=_ANY_PAGE)
