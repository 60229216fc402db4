"""Where does it run, and with which secrets? Read from the environment, and from a .env file beside it."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Missing(RuntimeError):
    """What a process cannot do without is not set, or is none. Says which variables, and where they may be set."""


class Settings(BaseSettings):
    """One field, one environment variable of the same name in capitals; `.env.example` explains each.

    Secrets that verify may hold several values, comma-separated, newest first: rotate by putting the new one in front.
    Temporal's own settings (TEMPORAL_ADDRESS and kin) are read by temporalio.envconfig.
    """

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", hide_input_in_errors=True
    )

    database_url: str = "sqlite:///.data/regulars.db"
    public_url: str = "http://127.0.0.1:8000"
    journeys_file: Path = Path("journeys.yaml")
    templates_folder: Path = Path("templates")

    regulars_secret: SecretStr = SecretStr("")
    shopify_webhook_secret: SecretStr = SecretStr("")
    desk_password: SecretStr = SecretStr("")
    temporal_ui_url: str = ""
    segment_write_keys: SecretStr = SecretStr("")
    events_webhook_secret: SecretStr = SecretStr("")
    webhook_signing_secret: SecretStr = SecretStr("")
    webhook_allow: str = ""

    sendgrid_api_key: SecretStr = SecretStr("")
    sendgrid_host: str = "https://api.sendgrid.com"
    sendgrid_webhook_key: str = ""
    sendgrid_per_second: float = Field(default=400.0, gt=0)

    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_base_url: str = "https://api.twilio.com"
    twilio_per_second: float = Field(default=50.0, gt=0)
    whatsapp_per_second: float = Field(default=80.0, gt=0)

    vendor_ca_file: Path | None = None
    lookup_proves_absence_after: timedelta = timedelta(minutes=15)
    unknown_given_up_after: timedelta = timedelta(minutes=30)

    body_limit: int = Field(default=2_000_000, gt=0)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    def secrets(self, name: str) -> tuple[str, ...]:
        """The values of a secret that verifies, newest first; none where it is not set."""
        value = getattr(self, name)
        text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        return tuple(part.strip() for part in text.split(",") if part.strip())

    def require(self, *names: str) -> None:
        """Raises Missing, which names every variable that has no value, where one has none."""
        if missing := [name.upper() for name in names if not self.secrets(name)]:
            raise Missing(f"{', '.join(missing)}: not set. Put them into the environment or .env (see .env.example).")


@lru_cache
def settings() -> Settings:
    """This process's settings. Raises pydantic.ValidationError, which names the variable and not its value."""
    return Settings()
