"""Takes pictures of headquarters' pages in Chromium, over a made-up chain, in light and dark, wide and narrow.

    python -m scripts.picture_hq [--out docs/images] [--stores 300] [--all]

The chain is made up: names, numbers, ills. One store's day is a real signed document. Without --all only the few are
taken that docs/headquarters.md shows.
"""

import random
import tempfile
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import waitress
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import sync_playwright
from sqlalchemy import Engine, insert

from appliance.documents import Quarter, Totals, signing, store_day
from hq import keys, users
from hq.app import create_app
from hq.database import open_database, sqlite_url, writing
from hq.tables import latest_day, store
from hq.words import utc_text
from scripts.demo import ROOT
from tests.documents.examples import example_day

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
DAY = NOW.date() - timedelta(days=1)
DAYS = 35
REGIONS = ("north", "south", "west", "coast", "capital")
PLACES = (
    "market",
    "station",
    "bridge",
    "harbour",
    "old-town",
    "mill",
    "park",
    "church",
    "castle",
    "school",
    "river",
    "hill",
)
SIZES = {"narrow": (360, 780), "wide": (1280, 900)}
PASSWORD = "made up for pictures"  # noqa: S105 - of a chain that is gone when they are taken
SHOWN = {
    ("chain", "wide", "light"),
    ("store", "wide", "dark"),
    ("regions", "wide", "light"),
}


def names(count: int) -> list[str]:
    """Return so many stores' names."""
    plain = [f"{region}-{place}" for place in PLACES for region in REGIONS]
    return plain[:count] if count <= len(plain) else [f"{plain[k % 60]}-{k // 60 + 1}" for k in range(count)]


def fill(engine: Engine, stores: list[str], rng: random.Random) -> None:
    """Let every store have told its days, some partly, some ill, some not at all."""
    with writing(engine, lasting=False) as connection:
        at = utc_text(NOW - timedelta(days=90))
        rows = [{"name": name, "region": name.split("-")[0], "enrolled_at": at} for name in stores]
        for first in range(0, len(rows), 5000):
            connection.execute(insert(store), rows[first : first + 5000])
    usual = {name: rng.randrange(60, 700) for name in stores}
    days = DAYS if len(stores) < 10_000 else 9
    for back in range(days):
        day = DAY - timedelta(days=back)
        rows = [row for name in stores if (row := told(name, day, usual[name], rng)) is not None]
        with writing(engine, lasting=False) as connection:
            for first in range(0, len(rows), 5000):
                connection.execute(insert(latest_day), rows[first : first + 5000])


def told(name: str, day: object, usual: int, rng: random.Random) -> dict[str, object] | None:
    """Return a made-up day of a store, or None: it was not heard."""
    if rng.random() < 0.01:
        return None
    share = 1.0 if rng.random() < 0.95 else round(rng.uniform(0.3, 0.94), 3)
    came = round(usual * share * rng.uniform(0.75, 1.25) * (0.3 if day.weekday() == 6 else 1.0))  # type: ignore[attr-defined]
    ills = [
        word for word, chance in (("disk", 0.003), ("undervoltage", 0.008), ("camera", 0.005)) if rng.random() < chance
    ]
    if share < 0.9:
        ills.insert(0, "coverage")
    at = f"{day + timedelta(days=1)}T0{rng.randrange(1, 5)}:{rng.randrange(60):02}:00Z"  # type: ignore[operator]
    return {
        "day": day, "store": name, "revision": 1 + (rng.random() < 0.02), "in_count": came,
        "out_count": round(came * rng.uniform(0.96, 1.03)), "seen_share": share, "first_received_at": at,
        "received_at": at, "version": "0.1.0", "ills": " ".join(ills),
    }  # fmt: skip


def tell_one(engine: Engine, name: str, rng: random.Random) -> None:
    """Let one store send a real signed day, and be enrolled with a key."""
    key = Ed25519PrivateKey.generate()
    keys.enrol(lambda: engine, name, signing.public_key_text(key.public_key()))
    quarters = tuple(
        Quarter(
            f"{DAY}T{hour:02}:{minute:02}:00.000Z",
            "door/street",
            n := rng.randrange(4, 12 + 6 * (14 < hour < 18)),
            n,
            900,
        )
        for hour in range(8, 19)
        for minute in (0, 15, 30, 45)
        if hour != 11
    )
    came = sum(quarter.in_ or 0 for quarter in quarters)
    health = {
        "disk_free_mb": 9120,
        "temperature_c": 51.5,
        "uptime_s": 864000,
        "camera_restarts": 1,
        "documents_waiting": 0,
    }
    day = replace(
        example_day(store=name), revision=9, quarters=quarters, totals=Totals(came, came, 0.91), health=health
    )
    body = store_day.to_bytes(day)
    path = f"/v1/stores/{name}/days/{DAY}/9"
    client = create_app(engine, now=lambda: NOW).test_client()
    answer = client.put(path, data=body, headers={"Tallybox-Signature": signing.sign(key, body)})
    assert answer.status_code == 201, answer.text


def shoot(address: str, one: str, out: Path, everything: bool, stem: str) -> None:
    """Take the pictures as an admin sees the pages."""
    pages = {"chain": "/", "store": f"/stores/{one}", "regions": "/regions", "wrong": "/wrong"}
    pages |= {"users": "/users", "holidays": "/holidays"} if everything else {}
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for size, (width, height) in SIZES.items():
            for scheme in ("light", "dark"):
                page = chromium.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
                page.goto(f"{address}/login")
                page.fill("[name=name]", "anna")
                page.fill("[name=password]", PASSWORD)
                page.click("button")
                for name, path in pages.items():
                    if everything or (name, size, scheme) in SHOWN:
                        page.goto(address + path)
                        page.screenshot(path=out / f"{stem}-{name}-{size}-{scheme}.png")
                page.context.close()
        chromium.close()


@click.command(help=__doc__)
@click.option("--out", type=click.Path(path_type=Path), default=ROOT / "docs" / "images", show_default=True)
@click.option("--stores", default=300, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--all", "everything", is_flag=True, help="Every page in every size and scheme.")
def pictures(out: Path, stores: int, everything: bool) -> None:
    out.mkdir(parents=True, exist_ok=True)
    rng, of = random.Random(4), names(stores)
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(sqlite_url(Path(folder) / "hq.sqlite3"))
        fill(engine, of, rng)
        tell_one(engine, of[0], rng)
        users.add_user(engine, users.User("anna", "admin", ""), PASSWORD, "pictures", NOW)
        server = waitress.create_server(create_app(engine, now=lambda: NOW), host="127.0.0.1", port=0)
        threading.Thread(target=server.run, daemon=True).start()
        shoot(
            f"http://127.0.0.1:{server.effective_port}", of[0], out, everything, f"hq-{stores}" if everything else "hq"
        )
        server.close()
        engine.dispose()
    click.echo(out)


if __name__ == "__main__":
    pictures()
