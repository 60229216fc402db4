"""What does a worker consist of? The composition root: settings, store, vendors, Temporal's workers and the relay."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

from temporalio.client import Client
from temporalio.worker import Worker

from activities import contract
from activities.calling import Calling
from activities.deciding import Deciding
from activities.sending import Sending
from activities.standing import Standing
from activities.ticking import Ticking
from activities.told import Told
from regulars import process
from regulars.calls.addresses import Allowed
from regulars.calls.caller import Caller
from regulars.calls.ledger import Ledger as CallLedger
from regulars.calls.signed import Signer
from regulars.calls.wire import Wire
from regulars.clock import Clock
from regulars.delivery.compose import Composer
from regulars.delivery.courier import Courier, Line
from regulars.delivery.ledger import Ledger
from regulars.delivery.live_templates import LiveTemplates
from regulars.delivery.providers.base import Transport
from regulars.delivery.providers.sendgrid import SendGrid
from regulars.delivery.providers.twilio import TwilioSms
from regulars.delivery.providers.twilio_whatsapp import TwilioWhatsApp
from regulars.delivery.sweep import Sweep
from regulars.delivery.transport import PooledTransport
from regulars.intake.sent import SentEvents
from regulars.journeys.model import Channel
from regulars.settings import Missing, Settings, settings
from regulars.store import shop_clock
from regulars.store.database import Database
from regulars.store.shelf import Shelf
from regulars.store.writer import Writer
from regulars.temporal import client as temporal
from regulars.temporal import search_attributes, ticker
from regulars.temporal.relay import Relay
from regulars.temporal.sandbox import sandbox
from regulars.walks.record import Record
from workflows.audience import AudienceWorkflow
from workflows.journey import JourneyWorkflow
from workflows.ticker import TickerWorkflow

_LOG = logging.getLogger("worker")
_GRACE = timedelta(seconds=30)  # longer than the slowest send


def walk_options() -> dict[str, Any]:
    """How a worker runs walks, whatever their activities are."""
    return {
        "workflow_runner": sandbox(),
        "max_cached_workflows": 5_000,
        "sticky_queue_schedule_to_start_timeout": timedelta(seconds=2),  # a worker that died is replaced at once
        "graceful_shutdown_timeout": _GRACE,
    }


def lines(config: Settings, transport: Transport) -> dict[Channel, Line]:
    """Each channel's way out."""
    proof, given_up = config.lookup_proves_absence_after, config.unknown_given_up_after
    mail = SendGrid(config.sendgrid_api_key.get_secret_value(), config.sendgrid_host, settles=proof)
    twilio = (config.twilio_account_sid, config.secrets("twilio_auth_token")[0], config.twilio_base_url)
    return {
        "email": Line(mail, transport, config.sendgrid_per_second, given_up),
        "sms": Line(TwilioSms(*twilio, settles=proof), transport, config.twilio_per_second, given_up),
        "whatsapp": Line(TwilioWhatsApp(*twilio, settles=proof), transport, config.whatsapp_per_second, given_up),
    }


def calls(config: Settings, writer: Writer, shelf: Shelf, clock: Clock, wire: Wire | None = None) -> Caller:
    """The way out to other systems. Raises Missing where a setting of it cannot be read."""
    try:
        signer = Signer(config.secrets("webhook_signing_secret"))
    except ValueError as error:
        raise Missing(f"WEBHOOK_SIGNING_SECRET: {error} (see .env.example).") from None
    try:
        allowed = Allowed.of(config.secrets("webhook_allow"))
    except ValueError as error:
        raise Missing(f"WEBHOOK_ALLOW: {error} (see .env.example).") from None
    return Caller(writer, CallLedger(shelf, clock), signer, wire or Wire(allowed), clock)


def workers(
    client: Client, database: Database, writer: Writer, shelf: Shelf, courier: Courier, caller: Caller, clock: Clock
) -> list[Worker]:
    """One worker for walks and their decisions, one for each channel's sends, and one for calls to other systems."""
    standing, deciding = Standing(writer, Record(shelf)), Deciding(writer, shelf)
    ticking = Ticking(database, writer, shelf, clock)
    sending, calling = Sending(courier, Told(clock)), Calling(caller, Told(clock))
    walks = Worker(
        client,
        task_queue=contract.JOURNEYS,
        workflows=[JourneyWorkflow, TickerWorkflow, AudienceWorkflow],
        activities=[*standing.activities, *deciding.activities, *ticking.activities],
        **walk_options(),
    )
    outward = Worker(client, task_queue=contract.WEBHOOK, activities=[calling.call], graceful_shutdown_timeout=_GRACE)
    return [walks, outward] + [
        Worker(client, task_queue=queue, activities=[sending.of(channel)], graceful_shutdown_timeout=_GRACE)
        for channel, queue in contract.CHANNEL_QUEUES.items()
    ]


async def main(stopping: asyncio.Event) -> None:
    """Work until told to stop; then finish or hand back what is under way."""
    config = settings()
    process.log_to_stderr(config.log_level)
    config.require("regulars_secret", "sendgrid_api_key", "twilio_account_sid", "twilio_auth_token")
    database = Database(config.database_url)
    writer, shelf = Writer(database), Shelf()
    with database.read() as connection:
        clock = shop_clock.read(connection)
        shelf.live(connection)  # without journeys there is nothing to work on: said now, and plainly
    templates = LiveTemplates(database, shelf)
    composer = Composer(templates, config.public_url.rstrip("/"), config.secrets("regulars_secret")[0])
    client = await temporal.connect()
    await search_attributes.register(client)
    transport = PooledTransport(ca_file=config.vendor_ca_file)
    courier = Courier(writer, Ledger(shelf, clock, SentEvents(shelf)), composer, lines(config, transport), clock)
    caller = calls(config, writer, shelf, clock)
    relay = Relay(database, writer, client, shelf, clock)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(transport.close)
        stack.push_async_callback(caller.close)
        for one in workers(client, database, writer, shelf, courier, caller, clock):
            await stack.enter_async_context(one)
        ticking = asyncio.create_task(ticker.keep_going(client, clock))
        relaying = asyncio.create_task(relay.run())
        sweeping = asyncio.create_task(Sweep(database, courier, clock).run(stopping))
        process.keep_loaded()
        _LOG.info("working")
        await stopping.wait()
        relay.stop()
        ticking.cancel()
        sweeping.cancel()  # what it has on the wire is recorded first
        await asyncio.wait({sweeping, ticking})
        await relaying
    writer.close()
    database.close()
    _LOG.info("stopped")


if __name__ == "__main__":
    process.run(main)
