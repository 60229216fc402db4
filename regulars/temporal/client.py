"""How is Temporal reached? By its own configuration (TEMPORAL_ADDRESS and kin, profiles), with our converter.

Source: https://docs.temporal.io/develop/environment-configuration
"""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta

from dotenv import dotenv_values
from google.protobuf.duration_pb2 import Duration
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.workflowservice.v1 import UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.envconfig import ClientConfig, ClientConnectConfig

from regulars.temporal.failures import DATA_CONVERTER


async def connect(address: str | None = None, patience: float = 15.0) -> Client:
    """A client of the server at `address`, in its namespace default and whatever the environment says; without one, as
    the environment, or the .env file beside it, says (temporalio.envconfig); else of localhost:7233.

    Every process connects here: one converter for all. A server that is just starting is waited for, at most `patience`
    seconds. Raises RuntimeError when it cannot be reached.
    """
    found: ClientConnectConfig = {"target_host": address} if address else _told()
    loop = asyncio.get_running_loop()
    limit = loop.time() + patience
    while True:
        try:
            return await Client.connect(**found, data_converter=DATA_CONVERTER)
        except RuntimeError:
            if loop.time() > limit:
                raise
            await asyncio.sleep(0.2)


def _told() -> ClientConnectConfig:
    told = {name: value for name, value in {**dotenv_values(".env"), **os.environ}.items() if value is not None}
    found = ClientConfig.load_client_connect_config(override_env_vars=told)
    found["target_host"] = found.get("target_host", "localhost:7233")
    return found


async def keep_closed_runs(client: Client, period: timedelta) -> None:
    """Keep closed runs that long, so that support finds last month's. The server's own default is a day."""
    retention = Duration()
    retention.FromTimedelta(period)
    await client.workflow_service.update_namespace(
        UpdateNamespaceRequest(
            namespace=client.namespace, config=NamespaceConfig(workflow_execution_retention_ttl=retention)
        )
    )
