"""What the box keeps: SQLite in one folder, written by one process, read by the others.

`open_for_writing` and `open_for_reading` are the only ways to a database; `Journal` is the only writer of events.
"""

from appliance.storage.database import StorageError, open_for_reading, open_for_writing
from appliance.storage.folder import Folder
from appliance.storage.journal import Journal, record_mix_errors, record_settings

__all__ = [
    "Folder",
    "Journal",
    "StorageError",
    "open_for_reading",
    "open_for_writing",
    "record_mix_errors",
    "record_settings",
]
