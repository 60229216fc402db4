"""What can be looked up in a browser? The desk's pages: journeys, a customer, a message, and the way to find them.

No page changes anything, and no address of a page holds more of a customer than our own ids: what is searched for is
posted, so that it stands in no log and no history.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qs, quote

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from regulars.clock import Clock
from regulars.desk import customer, find, journeys, message, rejected, timeline
from regulars.desk.figures import Figures
from regulars.desk.rendering import Renderer
from regulars.desk.simulate import DAYS, FIELDS, Answered, Simulator
from regulars.desk.times import Zones
from regulars.settings import Settings
from regulars.simulate import words
from regulars.store.database import Database
from regulars.store.shelf import Shelf
from regulars.web.body import raw_body
from regulars.web.desk_door import MAIL_POLICY, MAILS_POLICY, Guarded
from regulars.web.desk_pages import desk_page
from regulars.why import ask
from regulars.why.why import why

router = APIRouter(prefix="/desk", route_class=Guarded)
_FORM, _SCRIPTS = 4_000, 200_000  # bytes


@dataclass(frozen=True)
class Desk:
    """What the pages share: `app.state.house.desk`."""

    config: Settings
    database: Database
    shelf: Shelf
    clock: Clock
    figures: Figures
    renderer: Renderer
    simulator: Simulator

    @staticmethod
    def of(config: Settings, database: Database, shelf: Shelf, clock: Clock) -> Desk:
        """A desk over an open store."""
        renderer = Renderer(database, shelf, config.public_url)
        simulator = Simulator(database, shelf, clock)
        return Desk(config, database, shelf, clock, Figures(database, clock), renderer, simulator)

    def page(self, name: str, zone: str | None = None, *, status: int = 200, **names: Any) -> HTMLResponse:
        """A page, with what every page shows. `zone`: whose clock comes first, the shop's where there is none."""
        shop = self.shelf.shown.house.timezone if self.shelf.shown else "UTC"
        zones = Zones(zone or shop, shop)
        return desk_page(name, status, zones=zones, now=self.clock.now(), run=self._run, **names)

    def _run(self, party: str) -> str | None:
        """The address of a walk's run in Temporal's UI, if it is known where that is."""
        ui = self.config.temporal_ui_url
        return f"{ui.rstrip('/')}/workflows/{quote(party, safe='')}" if ui else None


def _desk(request: Request) -> Desk:
    found: Desk = request.app.state.house.desk
    return found


@router.get("")
def all_journeys(request: Request) -> Response:
    """Every journey with its picture, and how many are where."""
    desk = _desk(request)
    counted = desk.figures.read()
    with desk.database.read() as connection:
        shown = journeys.read(connection, desk.shelf)
        segments = desk.shelf.live(connection).house.segments
    return desk.page("journeys.html", counted=counted, shown=shown, segments=segments)


@router.get("/journeys/{journey}")
def one_journey(
    request: Request,
    journey: str,
    step: Annotated[str, Query(max_length=200)] = "",
    which: Annotated[str, Query(max_length=10)] = "here",
    after: Annotated[str, Query(max_length=16)] = "",
) -> Response:
    """One journey, and who stands at a step or left there, or whose message was skipped or failed (`which`), fifty a
    page. 404 where there is none."""
    desk = _desk(request)
    counted = desk.figures.read()
    with desk.database.read() as connection:
        desk.shelf.live(connection)
        shown = journeys.read(connection, desk.shelf, journey)
        asked = next((one for one in journeys.WHICH if one == which), None)
        if not shown or asked is None:
            raise HTTPException(404, "There is no such journey.")
        found = journeys.people(connection, journey, step, asked, after)
    people = found if step else None
    return desk.page("journey.html", counted=counted, journey=shown[0], people=people, step=step, which=which)


@router.get("/customers/{identifier}")
def one_customer(request: Request, identifier: str, before: Annotated[str, Query(max_length=40)] = "") -> Response:
    """One customer. `before`: where the page of their timeline begins. 404 where there is none."""
    desk = _desk(request)
    mark = timeline.Mark.read(before) if before else None
    with desk.database.read() as connection:
        card = customer.read(connection, desk.shelf, identifier)
        if card is None or (before and mark is None):
            raise HTTPException(404, "There is no such customer.")
        page = timeline.read(connection, identifier, mark)
    return desk.page("customer.html", card.place.zone, card=card, page=page, before=before)


@router.get("/customers/{identifier}/why")
def why_of_customer(
    request: Request,
    identifier: str,
    about: Annotated[str, Query(max_length=300)] = "",
    at: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Why a customer got messages, or did not. `about`: one journey, its message as `journey/step`, or a message's id;
    `at`: as of when, by the customer's clock. 404 where there is no such customer, journey, message or time."""
    desk = _desk(request)
    with desk.database.read() as connection:
        if customer.read(connection, desk.shelf, identifier) is None:
            raise HTTPException(404, "There is no such customer.")
        try:
            asked = ask.narrowed(connection, desk.shelf, identifier, about)
            then = ask.instant(at, ask.zone_of(connection, desk.shelf, identifier)) if at else None
        except ask.Unanswerable as error:
            raise HTTPException(404, f"{error}."[:1].upper() + f"{error}."[1:]) from None
        found = why(connection, desk.shelf, asked, desk.clock.now(), then)
    if found is None:
        raise HTTPException(404, "There is no such customer.")
    return desk.page("why.html", found.zones.zone, found=found, about=about, at=at)


@router.get("/messages/{identifier}")
def one_message(request: Request, identifier: str) -> Response:
    """One message: its gates, what was sent, what the vendor told. 404 where there is none."""
    desk = _desk(request)
    with desk.database.read() as connection:
        found = message.read(connection, desk.shelf, identifier)
        if found is None:
            raise HTTPException(404, "There is no such message.")
        again = None if found.row["body"] else desk.renderer.render(connection, found)
    return desk.page("message.html", found.place.zone, found=found, again=again)


@router.get("/messages/{identifier}/mail")
def the_mail(request: Request, identifier: str) -> Response:
    """A mail on its own, for the frame on its page: nothing in it runs. 404 where there is nothing to show."""
    desk = _desk(request)
    with desk.database.read() as connection:
        found = message.read(connection, desk.shelf, identifier)
        mail = desk.renderer.render(connection, found) if found and found.row["channel"] == "email" else None
    if mail is None or not mail.html:
        raise HTTPException(404, "There is no such mail.")
    return HTMLResponse(mail.html, headers={"Content-Security-Policy": MAIL_POLICY})


@router.get("/rejected")
def rejected_events(request: Request, before: Annotated[str, Query(max_length=100)] = "") -> Response:
    """Events that could not be taken in, and why. `before`: where the page begins. 404 for no place of ours."""
    desk = _desk(request)
    mark = timeline.Mark.read(before) if before else None
    if before and mark is None:
        raise HTTPException(404, "There is no such page.")
    with desk.database.read() as connection:
        desk.shelf.live(connection)
        page = rejected.read(connection, mark)
    return desk.page("rejected.html", page=page, before=before)


@router.get("/simulate")
def simulate(request: Request, journey: Annotated[str, Query(max_length=100)] = "") -> Response:
    """The form that asks what a journey would do."""
    return _simulated(_desk(request), dict.fromkeys(FIELDS, "") | {"journey": journey, "days": str(DAYS)})


@router.post("/simulate")
async def simulated(request: Request) -> Response:
    """The form, and its answer below it: 422 where it cannot be answered."""
    raw = await raw_body(request, _SCRIPTS)
    told = parse_qs(raw.decode(errors="replace"), max_num_fields=20)
    form = {name: (told.get(name) or [""])[0] for name in FIELDS}
    return await run_in_threadpool(_simulated, _desk(request), form, asked=True)


def _simulated(desk: Desk, form: dict[str, str], *, asked: bool = False) -> Response:
    with desk.database.read() as connection:
        journeys = sorted(desk.shelf.live(connection).plays)
        answered: Answered | None = desk.simulator.answer(connection, form) if asked else None
    status = 422 if answered is not None and answered.wrong else 200
    page = desk.page("simulate.html", status=status, journeys=journeys, form=form, answered=answered, words=words)
    if answered is not None and answered.found is not None:
        page.headers["Content-Security-Policy"] = MAILS_POLICY
    return page


@router.post("/find")
async def look_for(request: Request) -> Response:
    """303 to the one customer or message that it is; else a page of those it may be, 404 with none."""
    desk = _desk(request)
    raw = await raw_body(request, _FORM)
    text = (parse_qs(raw.decode(errors="replace"), max_num_fields=5).get("q") or [""])[0]
    return await run_in_threadpool(_look_for, desk, text)


def _look_for(desk: Desk, text: str) -> Response:
    with desk.database.read() as connection:
        found = find.find(connection, desk.shelf, text)
    if found.kind in ("customer", "message"):
        return RedirectResponse(f"/desk/{found.kind}s/{quote(found.id, safe='')}", 303)
    status = 200 if found.kind == "several" else 404
    return desk.page("found.html", status=status, text=text, found=found)
