"""What a request is answered with: the application's database and clock, and the region that its user may see."""

from datetime import datetime

from flask import current_app, g
from sqlalchemy import Engine


def engine() -> Engine:
    """Return the application's database."""
    found: Engine = current_app.config["ENGINE"]
    return found


def clock() -> datetime:
    """Return the moment, as the application's clock has it."""
    now: datetime = current_app.config["NOW"]()
    return now


def region() -> str:
    """Return the one region that the user may see, or "" for all."""
    seen: str = g.get("region", "")
    return seen
