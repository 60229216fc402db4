"""What was bought? Orders, their lines and refunds; money in minor units."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from regulars.store.columns import ID, Big, Instant


class Order(SQLModel, table=True):
    """One order as of `updated_at`. `external_id` is the sender's."""

    __tablename__ = "shop_order"
    __table_args__ = (
        Index("order_of_sender", "source", "external_id", unique=True),
        Index("order_of_customer", "customer_id", "placed_at"),
    )
    id: str = Field(primary_key=True, sa_type=ID)
    source: str
    external_id: str
    customer_id: str | None = Field(default=None, sa_type=ID, foreign_key="customer.id")
    currency: str
    total_minor: int = Field(sa_type=Big)
    refunded_minor: int = Field(default=0, sa_type=Big)
    status: str
    test: bool
    checkout_id: str | None = None
    placed_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)


class OrderLine(SQLModel, table=True):
    __tablename__ = "order_line"
    order_id: str = Field(primary_key=True, sa_type=ID, foreign_key="shop_order.id")
    position: int = Field(primary_key=True, sa_type=Big)
    product_id: str | None = Field(default=None, index=True)
    variant_id: str | None = None
    sku: str | None = None
    title: str
    quantity: int = Field(sa_type=Big)
    price_minor: int = Field(sa_type=Big)


class Refund(SQLModel, table=True):
    """Money given back. Kept by the sender's order id, so that a refund told before its order is not lost; its own id
    need be unique within its order only, as nothing is read by it alone."""

    __tablename__ = "refund"
    source: str = Field(primary_key=True)
    order_external_id: str = Field(primary_key=True, index=True)
    external_id: str = Field(primary_key=True)
    amount_minor: int = Field(sa_type=Big)
    currency: str
    occurred_at: datetime = Field(sa_type=Instant)
