"""Which tables are there? Importing this declares them all; Alembic and the tests walk its metadata."""

from sqlmodel import SQLModel

from regulars.store import audiences, customers, enrollments, events, journeys, messages, orders

TABLES = (audiences, customers, enrollments, events, journeys, messages, orders)
METADATA = SQLModel.metadata
