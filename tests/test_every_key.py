"""Every key of the configuration changes something: a rival's users tune six that do nothing."""

from datetime import date
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from appliance import cameras, config, config_reference, metrics
from appliance.config import Line, parse
from appliance.counting.stature import Stature, View
from appliance.nets import Catalogue, Engine, PersonDetector
from appliance.nets.answers import names
from appliance.nets.session import PROVIDERS
from appliance.nightly import closing, connection, night
from appliance.services import counting
from appliance.storage import Folder, open_for_writing
from tests.walks import count
from web_ui import create_app

CAMERA = '[camera.door]\nsource = "rtsp://10.0.0.2/a"\n'
NIGHT = 1795395600.0  # 2026-11-23 01:00 UTC
WALK = [(0, (200, 100)), (3, (440, 330))]


def page(text, tmp_path):
    folder = Folder(tmp_path).make()
    folder.config.write_text(text)
    return create_app(folder).test_client().get("/", headers={"Host": "localhost"}).text


def document(text, tmp_path):
    db = open_for_writing(Folder(tmp_path).make().database)
    settings, moment = parse(text), NIGHT + 2 * 86_400
    whole = metrics.shop_day.day_of(db, settings, date(2026, 11, 23), moment)
    made = closing.make(db, settings, whole, moment)
    db.conn.close()
    return made


def day(text):
    return parse(text).shop.clock.day_of(NIGHT)


def hours(text):
    return metrics.shop_day.opening(parse(text), date(2026, 11, 23))


def order(text):
    return cameras.open_camera(parse(text).cameras[0])._order


def counted(anchor="foot", **line):
    told = {"start": (0.1, 0.5), "end": (0.9, 0.5), "inside": (0.5, 0.9)} | line
    return [(c.direction, round(c.time, 2)) for c in count([WALK], line=Line("door", **told), anchor=anchor)]


def detector(text):
    net = parse(text).net
    return PersonDetector(Catalogue().find(net.name), net.size or (320, 192), Engine(net.threads, net.provider))


def address(text):
    with connection.client(parse(text).headquarters) as http:
        return http.base_url


def asked_router(text):
    with patch.object(night.router, "rate", lambda asked: asked):
        return night.moved(parse(text))


def where_the_page_listens(text):
    told = parse(text).page
    return told.host, told.port


def looks_at_faces(text, tmp_path):
    """Say whether the counter, told so, opens the nets for faces: it fails here for want of them, or does not ask."""
    with patch.object(counting, "errors_of", side_effect=RuntimeError("asked")):
        return said(lambda: counting.CountService(Folder(tmp_path).make(), parse(text), print).close()) or "not asked"


def looks_at_clothes(text, tmp_path):
    """Say whether the counter, told so, opens the net for looks: it fails here for want of it, or does not ask."""
    with patch.object(counting.CountService, "_familiar", side_effect=RuntimeError("asked")):
        return said(lambda: counting.CountService(Folder(tmp_path).make(), parse(text), print).close()) or "not asked"


def stature(key, value):
    """Say how tall a camera, told so, finds somebody to be."""
    told = {"height": "3.0", "tilt": "45", "fov": "90"} | {key: value}
    camera = parse(CAMERA + "\n".join(f"{name} = {text}" for name, text in told.items())).cameras[0]
    view, known = View.of(camera, 640, 360), Stature()
    return (view and known.look(view, np.array([320, 100, 380, 260], np.float32)) and known.metres()) or "unknown"


EFFECTS = {  # (table, key) -> what a box does with one value, and with another
    ("shop", "id"): lambda tmp: [document(f'[shop]\nid = "{v}"', tmp).store for v in ("a", "b")],
    ("shop", "name"): lambda tmp: [f">{v}<" in page(f'[shop]\nname = "{v}"', tmp) and v for v in ("Ada", "Bob")],
    ("shop", "zone"): lambda tmp: [day(f'[shop]\nzone = "{v}"') for v in ("UTC", "Asia/Tokyo")],
    ("shop", "day_starts"): lambda tmp: [day(f'[shop]\nday_starts = "{v}"') for v in ("04:00", "00:30")],
    ("shop.hours", "mon"): lambda tmp: [hours(f'[shop.hours]\nmon = "{v}"') for v in ("09:00-20:00", "closed")],
    ("camera.NAME", "source"): lambda tmp: [
        order(f'[camera.door]\nsource = "{v}"').kind for v in ("rtsp://10.0.0.2/a", "usb:0")
    ],
    ("camera.NAME", "rate"): lambda tmp: [order(CAMERA + f"rate = {v}").rate for v in (5, 8)],
    ("camera.NAME", "width"): lambda tmp: [order(CAMERA + f"width = {v}").width for v in (320, 640)],
    ("camera.NAME", "anchor"): lambda tmp: [counted(anchor=v) for v in ("foot", "head")],
    ("camera.NAME", "height"): lambda tmp: [stature("height", v) for v in ("3.0", "0")],
    ("camera.NAME", "tilt"): lambda tmp: [stature("tilt", v) for v in ("45", "35")],
    ("camera.NAME", "fov"): lambda tmp: [stature("fov", v) for v in ("90", "75")],
    ("camera.NAME", "bend"): lambda tmp: [stature("bend", v) for v in ("0.0", "0.4")],
    ("camera.NAME", "fisheye"): lambda tmp: [stature("fisheye", v) for v in ("false", "true")],
    ("camera.NAME.line.NAME", "start"): lambda tmp: [counted(start=v) for v in ((0.1, 0.5), (0.8, 0.5))],
    ("camera.NAME.line.NAME", "end"): lambda tmp: [counted(end=v) for v in ((0.9, 0.5), (0.2, 0.5))],
    ("camera.NAME.line.NAME", "inside"): lambda tmp: [counted(inside=v) for v in ((0.5, 0.9), (0.5, 0.1))],
    ("net", "name"): lambda tmp: [Catalogue().find("person").name, said(lambda: detector('[net]\nname = "other"'))],
    ("net", "size"): lambda tmp: [detector(f'[net]\nsize = "{v}"')._canvas.shape for v in ("320x192", "384x224")],
    ("net", "threads"): lambda tmp: [
        detector(f"[net]\nthreads = {v}")._session._session.get_session_options().intra_op_num_threads for v in (1, 2)
    ],
    ("visitors", "ages"): lambda tmp: [looks_at_faces(f"[visitors]\nages = {v}", tmp) for v in ("true", "false")],
    ("visitors", "reentry"): lambda tmp: [
        looks_at_clothes(f"[visitors]\nreentry = {v}", tmp) for v in ("true", "false")
    ],
    ("visitors", "bands"): lambda tmp: [
        names(parse(f"[visitors]\nbands = {v}").visitors.bands) for v in ("[12, 20]", "[16]")
    ],
    ("net", "provider"): lambda tmp: [
        Engine(1, parse(f'[net]\nprovider = "{v}"').net.provider).order([*PROVIDERS.values()]) for v in ("cpu", "acl")
    ],
    ("page", "host"): lambda tmp: [where_the_page_listens(f'[page]\nhost = "{v}"') for v in ("127.0.0.1", "0.0.0.0")],
    ("page", "port"): lambda tmp: [where_the_page_listens(f"[page]\nport = {v}") for v in (8080, 8081)],
    ("headquarters", "url"): lambda tmp: [
        address(f'[headquarters]\nurl = "{v}"') for v in ("http://hq.example", "https://hq.example")
    ],
    ("headquarters", "router"): lambda tmp: [
        asked_router(f'[headquarters]\nrouter = "{v}"') or "nobody" for v in ("", "192.168.1.1")
    ],
    ("headquarters", "ca"): lambda tmp: [
        said(lambda v=v: address(f'[headquarters]\nurl = "https://hq.example"\nca = "{v}"')) for v in ("", "/none.pem")
    ],
}
SAME_AS_MONDAY = {("shop.hours", name) for name in config.DAYS[1:]}


def said(work):
    try:
        return work()
    except (config.ConfigError, RuntimeError) as error:
        return str(error)


@pytest.mark.parametrize("key", EFFECTS, ids=".".join)
def test_the_key_changes_something(key, tmp_path: Path):
    one, other = EFFECTS[key](tmp_path)
    assert one != other
    assert np.size(one) or one is not None


def test_no_key_is_left_out():
    assert {(table, key) for table, key, _, _ in config_reference.described_keys()} - SAME_AS_MONDAY == set(EFFECTS)


@pytest.mark.parametrize("day_of_week", range(7))
def test_each_day_has_hours_of_its_own(day_of_week):
    name = config.DAYS[day_of_week]
    shop = parse(f'[shop.hours]\n{name} = "closed"').shop
    assert [i for i, told in enumerate(shop.hours) if told is None] == [day_of_week]
