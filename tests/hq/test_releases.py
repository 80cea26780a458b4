"""Which version each box is told, and when a ring stops by itself."""

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import Engine

from appliance.documents import Software
from hq import releases, users
from hq.app import create_app
from hq.cli import hq
from hq.database import HqError
from hq.releases import is_tenth, meant_for, name_version, set_ring, stop_ill
from tests.hq.chain_of_shops import NOW, Shop

TENTH = next(f"shop-{i}" for i in range(999) if is_tenth(f"shop-{i}"))
OTHER = next(f"shop-{i}" for i in range(999) if not is_tenth(f"shop-{i}"))
EARLIER = NOW - timedelta(hours=9)


def tell(client: FlaskClient, shop: Shop, version: str, *, ill: bool) -> str | None:
    health: dict[str, float | str] = {"counter_runs": int(not ill)}
    answer = shop.put(client, shop.day(software=Software(version, "person", "ab" * 32), health=health))
    assert answer.status_code == 201
    told: str | None = answer.headers.get("Tallybox-Release")
    return told


def test_a_tenth_is_a_tenth() -> None:
    assert sum(is_tenth(f"store-{i}") for i in range(10_000)) == pytest.approx(1000, abs=100)


def test_a_box_is_told_the_version_of_the_narrowest_ring_that_it_is_in(database: Engine, client: FlaskClient) -> None:
    shops = {name: Shop(name).enrol(database) for name in (TENTH, OTHER, "canary-shop")}
    assert tell(client, shops[OTHER], "1", ill=False) is None  # nothing was named
    set_ring(database, "canary-shop", True, NOW)
    for ring, version in (("all", "1"), ("tenth", "2"), ("canary", "3")):
        name_version(database, ring, version, EARLIER)
    assert [meant_for(database, name) for name in (OTHER, TENTH, "canary-shop")] == ["1", "2", "3"]
    assert tell(client, shops[TENTH], "1", ill=False) == "2"
    set_ring(database, "canary-shop", False, NOW)
    assert meant_for(database, "canary-shop") in ("1", "2")


STOPS = [  # how many were heard with the version, how many of them ill, whether that stops it
    (2, 2, False),  # too few to tell
    (3, 0, False),
    (3, 1, True),
    (10, 1, False),
    (10, 2, True),
]


@pytest.mark.parametrize(("heard", "ill", "stops"), STOPS)
def test_a_ring_stops_when_more_than_a_tenth_of_its_boxes_are_ill(
    database: Engine, client: FlaskClient, heard: int, ill: int, stops: bool
) -> None:
    name_version(database, "all", "1", EARLIER)
    name_version(database, "canary", "2", EARLIER)
    for i in range(heard):
        shop = Shop(f"canary-{i}").enrol(database)
        set_ring(database, shop.name, True, NOW)
        tell(client, shop, "2", ill=i < ill)
    for i in range(5):  # others with the same ills run another version
        tell(client, Shop(f"other-{i}").enrol(database), "0", ill=True)
    assert stop_ill(database, NOW) == (["canary"] if stops else [])
    assert stop_ill(database, NOW) == []
    assert meant_for(database, "canary-0") == ("1" if stops else "2")
    assert any("stopped canary" in what for _, _, what in users.trail(database)) == stops


def test_a_new_version_lets_a_stopped_ring_go_on(database: Engine, client: FlaskClient) -> None:
    name_version(database, "all", "2", EARLIER)
    for i in range(3):
        tell(client, Shop(f"shop-{i}").enrol(database), "2", ill=True)
    assert stop_ill(database, NOW) == ["all"]
    assert meant_for(database, "shop-1") == ""
    name_version(database, "all", "3", NOW)
    assert meant_for(database, "shop-1") == "3"
    assert stop_ill(database, NOW) == []


def test_while_days_come_in_the_rings_are_looked_after(database: Engine) -> None:
    name_version(database, "all", "2", EARLIER)
    for i in range(4):  # each application looks at its first day
        app = create_app(database, now=lambda: NOW)
        told = tell(app.test_client(), Shop(f"shop-{i}").enrol(database), "2", ill=True)
    assert told is None
    (it,) = releases.releases(database, NOW)
    assert (it.stopped, it.why) == (True, "3 of 3 boxes with 2 report counter or camera")


def test_rings_are_named_and_shown_in_the_shell(database: Engine, tmp_path: Path) -> None:
    def run(*words: str) -> str:
        return CliRunner().invoke(hq, [*words, "--data", str(tmp_path)]).output

    Shop().enrol(database)
    assert run("release", "canary", "0.2.0") == "canary is meant to run 0.2.0.\n"
    assert run("canary", "corner-shop") == "corner-shop is a canary.\n"
    assert run("canary", "corner-shop", "--off") == "corner-shop is no canary.\n"
    assert run("rings") == "canary  0.2.0       0 heard with it, 0 ill\n"
    assert "version: must be" in run("release", "all", "<b>")
    with pytest.raises(HqError, match="nobody is not enrolled"):
        set_ring(database, "nobody", True, NOW)


def test_the_index_and_bundles_are_handed_out_and_nothing_else_of_the_folder(database: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "releases"
    folder.mkdir()
    for name in ("index", "tallybox-0.2.0-rpi4.raucb", "release.key"):
        (folder / name).write_bytes(name.encode() * 100)
    client = create_app(database, releases=folder).test_client()
    assert client.get("/v1/releases/index", buffered=True).data == b"index" * 100
    part = client.get("/v1/releases/tallybox-0.2.0-rpi4.raucb", headers={"Range": "bytes=2498-"}, buffered=True)
    assert (part.status_code, part.data) == (206, b"cb")
    for name in ("release.key", "../hq.sqlite3", "..%2fhq.sqlite3", "none.raucb", "index/", ".raucb"):
        assert client.get(f"/v1/releases/{name}").status_code == 404, name
    assert create_app(database).test_client().get("/v1/releases/index").status_code == 404
