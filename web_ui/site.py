"""What a page is made from: the settings as they are now, the database, the counter's state. Read anew each request."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app, g
from sqlite_utils import Database

from appliance import __version__, clock, config
from appliance.storage import Folder, StorageError, open_for_reading
from appliance.storage.live import ask_state

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request's view. `database` is None where nothing was counted yet, or where `problem` says why."""

    settings: config.Settings
    config_problem: str
    database: Database | None
    problem: str
    now: float


class Site:
    """The box that the page shows. Settings that are wrong leave the last good ones in force."""

    version = __version__

    def __init__(self, folder: Folder, now: Callable[[], float] = clock.now) -> None:
        self.folder, self.now = folder, now
        self._good = config.load(folder.config)

    def settings(self) -> tuple[config.Settings, str]:
        """Return the settings in force and what is wrong with the file, if anything."""
        try:
            self._good = config.load(self.folder.config)
        except config.ConfigError as error:
            return self._good, str(error)
        return self._good, ""

    def database(self) -> tuple[Database | None, str]:
        """Return the database, or None and why it can't be read; no reason where nothing was counted yet."""
        if not self.folder.database.exists():
            return None, ""
        try:
            return open_for_reading(self.folder.database), ""
        except StorageError as error:
            log.error("%s", error)
            return None, str(error)

    def readable(self) -> bool:
        """Say whether the page could show numbers, or there are none yet."""
        return not visit().problem

    def state(self) -> dict[str, Any] | None:
        """Return the counter's state, or None where it does not run."""
        try:
            return ask_state(self.folder.live_socket)
        except ValueError:  # it ended in the middle of its answer
            return None


def site() -> Site:
    """Return the site of this application."""
    found: Site = current_app.extensions["tallybox"]
    return found


def visit() -> Visit:
    """Return this request's view; its database is closed with the request."""
    if "visit" not in g:
        settings, config_problem = site().settings()
        database, problem = site().database()
        g.visit = Visit(settings, config_problem, database, problem, site().now())
    found: Visit = g.visit
    return found


def leave(_: BaseException | None = None) -> None:
    """Close what the request has opened."""
    if "visit" in g:
        database = g.pop("visit").database
        if database is not None:
            database.conn.close()
