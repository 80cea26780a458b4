"""The night: close finished days, sign them, send them to headquarters. What is due stands in the database alone."""

from appliance.nightly.closing import close_due_days
from appliance.nightly.night import look
from appliance.nightly.sender import send_waiting

__all__ = ["close_due_days", "look", "send_waiting"]
