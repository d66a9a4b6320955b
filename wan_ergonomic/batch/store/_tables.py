"""The tables of a batch's database."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData()

# One row: what the batch is.
BATCH = Table(
    "wan_batch",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("form", Integer, nullable=False),
    Column("about", JSON, nullable=False),
)

ROWS = Table(
    "wan_rows",
    METADATA,
    Column("n", Integer, primary_key=True),
    # Of the list that it came from, and the text that all rows of one prompt share.
    Column("line", Integer, nullable=False),
    Column("name", Text),
    Column("stem", Text, nullable=False, unique=True),
    Column("prompt", Text, nullable=False),
    Column("options", JSON, nullable=False),
    Column("variables", JSON, nullable=False),
    Column("body", JSON, nullable=False),
    # Whether the seed is the list's own, so that the same request gives the same video.
    Column("own_seed", Boolean, nullable=False),
    Column("price_usd", Float),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    # How often the row was given to the engine, and whether it is there now.
    Column("runs", Integer, nullable=False, default=0),
    Column("queued", Boolean, nullable=False, default=False),
    # How often a person or a rejection has allowed it to be sent again.
    Column("sends", Integer, nullable=False, default=0),
    Column("file", Text),
    Column("video", JSON),
    Index("wan_rows_by_state", "state", "queued", "n"),
)

# Each paid submission: the intent is inserted before the request is sent, and only once.
SUBMISSIONS = Table(
    "wan_submissions",
    METADATA,
    Column("entry", Integer, primary_key=True),
    Column("n", Integer, nullable=False),
    Column("send", Integer, nullable=False),
    Column("worker", Text, nullable=False),
    Column("client_request_id", Text, nullable=False),
    Column("base_url", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reserved_usd", Float),
    Column("generation_id", Text),
    Column("status", Text),
    Column("credits", Float),
    Column("usd", Float),
    Column("error", Text),
    Column("submitted", Float, nullable=False),
    Column("ended", Float),
    Column("sha256", Text),
    UniqueConstraint("n", "send"),
    # It has all that a limit needs, and is read before each submission.
    Index("wan_submissions_cost", "outcome", "usd", "credits", "reserved_usd"),
)

WORKERS = Table(
    "wan_workers",
    METADATA,
    Column("worker", Text, primary_key=True),
    Column("place", Text, nullable=False),
    Column("beat", Float, nullable=False),
)

# When the next request may be made.
PACE = Table(
    "wan_pace",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("next", Float, nullable=False),
)
