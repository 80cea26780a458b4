"""The counting service: a thread a camera runs the spine, one journal writes, one socket shows.

It runs until it is told to stop. When the configuration file changes it begins anew with the new one; a file that is
wrong is said so once and the old settings stay in force.
"""

import json
import logging
import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from appliance import __version__, cameras, config
from appliance.clock import now
from appliance.counting import Familiar, HangingWatch, View, Visitors
from appliance.counting.reentry import Reentry
from appliance.counting.staff import Staff
from appliance.frame import Coverage, Crossing, Hanging, VisitorGuess
from appliance.metrics.shop_day import Span, opening
from appliance.nets import AppearanceReader, Catalogue, Engine, FaceReader
from appliance.nets.answers import errors_of
from appliance.nets.board import settle
from appliance.pipeline import Looked, Spine, follow
from appliance.services import notify
from appliance.services.live_view import LiveView
from appliance.storage import Folder, Journal, open_for_writing, queries, record_mix_errors, record_settings
from appliance.storage.live import LiveServer

log = logging.getLogger(__name__)

LOOK_AT_CONFIG = 2.0  # seconds
START_AGAIN = 5.0  # seconds after a camera's thread failed in a way nobody thought of

Tell = Callable[[Crossing], None]
Stamp = tuple[int, int] | None  # of the configuration file: when it was written, and its size


class CameraThread:
    """One camera's loop, its picture and its state."""

    def __init__(
        self, settings: config.Camera, hanging: HangingWatch, spine: Callable[[], Spine], journal: Journal, tell: Tell
    ) -> None:
        self.settings, self.hanging, self.view = settings, hanging, LiveView(settings.lines)
        self._spine, self._journal, self._tell = spine, journal, tell
        self._camera = cameras.open_camera(settings)
        self._times: deque[float] = deque(maxlen=50)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"camera-{settings.name}", daemon=True)
        self._thread.start()

    def state(self) -> dict[str, Any]:
        """Return what the page shows of this camera."""
        times = list(self._times)
        span = times[-1] - times[0] if len(times) > 1 else 0.0
        return {
            "alive": self._camera.alive,
            "problem": self._camera.problem,
            "per_second": round((len(times) - 1) / span, 1) if span and self._camera.alive else 0.0,
            "skipped": self._camera.skipped,
            "restarts": self._camera.restarts,
            "last": times[-1] if times else None,
        }

    def close(self) -> None:
        """End the loop; what it saw is written."""
        self._stop.set()
        self._camera.close()
        self._thread.join(10)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                follow(self._camera.frames(), self._spine(), self._write, self._show)
            except Exception:
                log.exception("camera %s: counting failed and begins anew", self.settings.name)
                self._stop.wait(START_AGAIN)

    def _write(
        self,
        crossings: list[Crossing],
        coverage: list[Coverage],
        guesses: list[VisitorGuess],
        hanging: Hanging | None,
    ) -> None:
        self._journal.write(crossings, coverage, guesses, hanging)
        for crossing in crossings:
            self._tell(crossing)

    def _show(self, looked: Looked) -> None:
        self._times.append(looked.frame.time)
        self.view.offer(looked)


class CountService:
    """Counts on all cameras of one configuration."""

    def __init__(self, folder: Folder, settings: config.Settings, tell: Tell) -> None:
        self._since = now()
        catalogue = Catalogue(pulled=folder.nets)
        entry = catalogue.find(settings.net.name)
        settings, self._size_because = settle(settings, entry, folder.board, may_measure=True)
        size = settings.net.size or config.USUAL_SIZE
        self._net = f"{settings.net.name} {size[0]}x{size[1]}"
        database = open_for_writing(folder.database)
        record_settings(database, now(), settings.fingerprint(), __version__)
        self._journal = Journal(database)
        entry.read()  # a net that is not what it should be ends the start, not a camera's thread
        visitors = self._visitors(database, catalogue, settings) if settings.visitors.ages else None
        familiar = self._familiar(catalogue, settings) if settings.visitors.reentry else None
        spine = partial(Spine.of, net=entry, size=size, engine=Engine.of(settings.net))
        spine = partial(spine, visitors=visitors, familiar=familiar)
        watches = hanging_watches(database, settings)
        self._cameras = {
            c.name: CameraThread(c, watches[c.name], partial(spine, c, hanging=watches[c.name]), self._journal, tell)
            for c in settings.cameras
        }
        self._live = LiveServer(folder.live_socket, self._answer)

    @staticmethod
    def _visitors(database: Database, catalogue: Catalogue, told: config.Settings) -> Callable[[str], Visitors]:
        """Return what makes the stage that looks at faces, once it is known how often its nets err."""
        record_mix_errors(database, errors_of(catalogue.find("age-gender"), told.visitors.bands))
        cameras = {camera.name: camera for camera in told.cameras}

        def looks(name: str) -> Visitors:
            face = FaceReader(catalogue, Engine.of(told.net)).look
            return Visitors(name, face, told.visitors.bands, partial(View.of, cameras[name]))

        return looks

    @staticmethod
    def _familiar(catalogue: Catalogue, told: config.Settings) -> Callable[[], Familiar]:
        """Return what makes the stage that marks who comes back; its memory ends with the opening hours."""
        entry = catalogue.find("appearance")
        entry.read()  # as with the person net

        def looks() -> Familiar:
            net = AppearanceReader(entry, Engine.of(told.net))
            return Familiar(net.read, Reentry(net.same), Staff(net.same), partial(opening_at, told))

        return looks

    def close(self) -> None:
        """Stop all cameras, write what waits."""
        for camera in self._cameras.values():
            camera.close()
        self._live.close()
        self._journal.close()

    def _answer(self, question: str) -> bytes:
        word, _, name = question.partition(" ")
        if word == "picture" and name in self._cameras:
            return self._cameras[name].view.jpeg()
        if word == "hangs-right" and name in self._cameras:
            self._cameras[name].hanging.begin_anew()
            return b"heard"
        if word == "state":
            return json.dumps(
                {
                    "cameras": {name: camera.state() for name, camera in self._cameras.items()},
                    "problem": self._journal.problem,
                    "net": self._net,
                    "size_because": self._size_because,
                    "since": self._since,
                }
            ).encode()
        return b""


def opening_at(settings: config.Settings, time: float) -> Span | None:
    """Return the opening hours that the moment lies in, or None while the shop is closed."""
    span = opening(settings, settings.shop.clock.day_of(time))
    return span if span and span[0] <= time < span[1] else None


def hanging_watches(database: Database, settings: config.Settings) -> dict[str, HangingWatch]:
    """Return what watches each camera: it goes on from what is kept, unless the camera was set up anew."""
    kept = queries.hangings(database)
    return {c.name: _watch(c, kept.get(c.name), partial(_is_open, settings)) for c in settings.cameras}


def _watch(camera: config.Camera, kept: Hanging | None, open_at: Callable[[float], bool]) -> HangingWatch:
    fresh = Hanging(camera.name, camera.set_up())
    if kept is not None and kept.set_up == fresh.set_up:
        try:
            return HangingWatch(kept, open_at)
        except ValueError:
            log.error("camera %s: the kept sketches are broken; how it hangs is learnt anew", camera.name)
    watch = HangingWatch(fresh, open_at)
    if kept is not None:
        watch.begin_anew()
    return watch


def _is_open(settings: config.Settings, time: float) -> bool:
    return opening_at(settings, time) is not None


def run(folder: Folder, tell: Tell, stop: threading.Event) -> None:
    """Count until `stop` is set, beginning anew whenever the configuration changes."""
    stamp, settings = _stamp(folder.config), config.load(folder.config)
    while not stop.is_set():
        service = CountService(folder, settings, tell)
        if not settings.cameras:
            log.warning("no camera is set up yet: add one to %s", folder.config)
        notify.ready()
        try:
            stamp, settings = _wait_for_change(folder.config, stamp, settings, stop)
        finally:
            service.close()


def _wait_for_change(
    path: Path, known: Stamp, settings: config.Settings, stop: threading.Event
) -> tuple[Stamp, config.Settings]:
    """Return once the file has changed to something good, or once `stop` is set.

    `known` was taken before `settings` were read, so that a change made meanwhile is not missed.
    """
    while not stop.wait(LOOK_AT_CONFIG):
        notify.alive()
        if (stamp := _stamp(path)) == known:
            continue
        known = stamp
        try:
            changed = config.load(path)
        except config.ConfigError as error:
            log.error("%s; the old settings stay in force", error)
            continue
        if changed != settings:
            log.warning("the configuration has changed; counting begins anew with it")
            return known, changed
    return known, settings


def _stamp(path: Path) -> Stamp:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
