"""The nightly service: a ticker that asks the database what is due. It decides nothing, so a restart loses nothing."""

import logging
import threading

import schedule

from appliance import config
from appliance.nets import Catalogue
from appliance.nets.board import settle
from appliance.nightly import close_due_days, look, send_waiting
from appliance.services import notify
from appliance.storage import Folder, open_for_writing

log = logging.getLogger(__name__)

MINUTES = 5


def run(folder: Folder, once: bool, stop: threading.Event) -> None:
    """Look every few minutes until `stop` is set. `once`: close and send what is due now, at whatever hour."""
    if once:
        do_what_is_due(folder, at_once=True)
        return
    ticker = schedule.Scheduler()
    ticker.every(MINUTES).minutes.do(_without_fail, folder)
    notify.ready()
    _without_fail(folder)
    while not stop.wait(1.0):
        notify.alive()
        ticker.run_pending()


def do_what_is_due(folder: Folder, at_once: bool = False) -> None:
    """Close the days that are over, then send what waits: at once, or when the night's rules allow."""
    told = config.load(folder.config)
    settings, _ = settle(told, Catalogue(pulled=folder.nets).find(told.net.name), folder.board)
    database = open_for_writing(folder.database)
    try:
        closed = close_due_days(database, settings, folder)
        if closed:
            log.info("closed %s", ", ".join(f"{day} revision {revision}" for day, revision in closed))
        if at_once:
            send_waiting(database, settings, folder.pin())
        else:
            look(database, settings, folder)
    finally:
        database.conn.close()


def _without_fail(folder: Folder) -> None:
    """The service outlives whatever goes wrong in one night: it says so and looks again."""
    try:
        do_what_is_due(folder)
    except Exception as error:
        log.error("the night's work failed and is tried again in %d minutes: %s", MINUTES, error)
