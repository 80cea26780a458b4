"""How many signed store-days a second does headquarters take in, and how fast are its pages afterwards?

    ./scripts/bench/hq_load [--quick] [--json] [--stores 100000] [--days 365]

On a PostgreSQL that it starts itself, with two processes of headquarters, and beside it on SQLite with one. Boxes and
headquarters share this machine's cores. `--days` is how long a year is that lies behind the pages; SQL makes it. Goals:
300 documents a second, p99 under 250 ms, every page under 300 ms.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from pathlib import Path

import click
from sqlalchemy import Engine, text

from appliance.documents import signing
from hq.database import insert, open_database, reading, sqlite_url, writing
from hq.tables import store, store_key
from scripts.bench.hq_boxes import DAY, key_of, name_of
from scripts.bench.own_postgres import NoPostgresError, postgres

SERVE = [sys.executable, "-c", "from hq.cli import hq; hq()", "serve", "--port", "0", "--database"]
REGIONS = 12
PAGES = {
    "last night": "/",
    "by people": "/?sort=in&down=1",
    "deep page": "/?page=300&sort=seen",
    "partial ones": "/?state=partial",
    "a region": "/?region=region-03&sort=in",
    "a name": "/?name=0042",
    "regions": "/regions",
    "what is wrong": "/wrong",
    "a store": "/stores/store-000042",
    "a week before": f"/?day={DAY - timedelta(days=7)}",
}


@contextmanager
def headquarters(url: str, processes: int) -> Iterator[list[int]]:
    """Serve the database with so many processes; yield their ports."""
    with ExitStack() as stack:
        ports = []
        for _ in range(processes):
            process = stack.enter_context(subprocess.Popen([*SERVE, url], stdout=subprocess.PIPE, text=True))
            stack.callback(process.terminate)
            assert process.stdout is not None
            ports.append(int(process.stdout.readline().rstrip("/\n").rsplit(":", 1)[1]))
        yield ports


def enrol(engine: Engine, stores: int) -> None:
    """Enrol every store with its key, all at once."""
    at = "2026-01-01T00:00:00Z"
    with writing(engine) as connection:
        for first in range(0, stores, 5000):
            numbers = range(first, min(stores, first + 5000))
            rows = [{"name": name_of(n), "region": f"region-{n % REGIONS:02}", "enrolled_at": at} for n in numbers]
            connection.execute(insert(connection, store), rows)
            keys = [(name_of(n), key_of(n).public_key()) for n in numbers]
            connection.execute(
                insert(connection, store_key),
                [
                    {
                        "store": s,
                        "public_key": signing.public_key_text(k),
                        "key_id": signing.key_id(k),
                        "enrolled_at": at,
                    }
                    for s, k in keys
                ],
            )


def load(ports: list[int], stores: int) -> dict[str, float]:
    """Send one day of every store, from one process beside headquarters; return what it took."""
    words = [sys.executable, "-m", "scripts.bench.hq_boxes", ",".join(map(str, ports)), "0", str(stores)]
    started = time.perf_counter()
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True)
    took = time.perf_counter() - started
    if done.returncode:
        raise click.ClickException("a box was refused")
    times, own = json.loads(done.stdout)
    times.sort()
    at = {f"p{p}_ms": round(times[min(len(times) - 1, len(times) * p // 100)] * 1000, 1) for p in (50, 99)}
    return {"per_s": round(stores / took, 1), **at, "box_cpu_ms": round(own / stores * 1000, 2)}


def fill(engine: Engine, stores: int, days: int, last: date) -> None:
    """Let every store have told so many days up to the last, in the view that pages read."""
    first, spoken = last - timedelta(days=days - 1), str(DAY)
    with writing(engine, lasting=False) as connection:
        connection.execute(
            text(
                "INSERT INTO latest_day SELECT d::date, s.name, 1, (random() * 900)::int, (random() * 900)::int,"
                " CASE WHEN random() < 0.9 THEN 1.0 ELSE random() END, :at, :at, '0.1.0',"
                " CASE WHEN random() < 0.02 THEN 'coverage' ELSE '' END"
                " FROM generate_series(CAST(:first AS date), CAST(:last AS date), interval '1 day') AS d, store AS s"
            ),
            {"first": str(first), "last": str(last), "at": f"{spoken}T03:10:00Z"},
        )
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))


def page_times(port: int) -> dict[str, float]:
    """Return the median of five for every page, in ms."""
    found = {}
    for name, path in PAGES.items():
        times = []
        for _ in range(5):
            started = time.perf_counter()
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
                answer.read()
            times.append(time.perf_counter() - started)
        found[name] = round(sorted(times)[2] * 1000, 1)
    return found


def bytes_a_store_year(engine: Engine, stores: int) -> int:
    """Return what one store takes in a year on PostgreSQL: rows, indexes, bodies."""
    query = "SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree(:table) WHERE isleaf"
    with reading(engine) as connection:
        sizes = [
            connection.execute(text(query), {"table": table}).scalar_one() for table in ("store_day", "latest_day")
        ]
    return int(sum(sizes) / stores * 365)


def pages_on_postgres(stores: int, days: int, say: Callable[[str], None]) -> dict[str, object]:
    """Measure the pages alone."""
    with postgres() as url:
        engine = open_database(url)
        enrol(engine, stores)
        started = time.perf_counter()
        fill(engine, stores, days, DAY)
        say(f"{stores * days} store-days in {time.perf_counter() - started:.0f} s")
        with headquarters(url, 1) as (port,):
            found = page_times(port)
        engine.dispose()
    return {"pages_ms": found}


def on_postgres(stores: int, days: int, say: Callable[[str], None]) -> dict[str, object]:
    """Measure on PostgreSQL: taking in, size, pages."""
    with postgres() as url:
        engine = open_database(url)
        enrol(engine, stores)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with headquarters(url, 2) as ports:
            found: dict[str, object] = dict(load(ports, stores))
            found["bytes_store_year"] = bytes_a_store_year(engine, stores)
            say(f"PostgreSQL, two processes: {found}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        found["hq_and_box_cpu_ms"] = round(spent / stores * 1000, 2)
        started = time.perf_counter()
        fill(engine, stores, days, DAY - timedelta(days=1))
        say(f"{stores * days} store-days more in {time.perf_counter() - started:.0f} s")
        with headquarters(url, 1) as (port,):
            found["pages_ms"] = page_times(port)
        say(f"pages: {found['pages_ms']}")
        engine.dispose()
    return found


def on_sqlite(stores: int, say: Callable[[str], None]) -> dict[str, float]:
    """Measure taking in on SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        url = sqlite_url(Path(folder) / "hq.sqlite3")
        engine = open_database(url)
        enrol(engine, stores)
        with headquarters(url, 1) as ports:
            found = load(ports, stores)
        engine.dispose()
    say(f"SQLite, one process: {found}")
    return found


@click.command(help=__doc__)
@click.option("--quick", is_flag=True, help="3,000 stores and 28 days: within a minute.")
@click.option("--json", "as_json", is_flag=True, help="Only the last line.")
@click.option("--stores", default=100_000, show_default=True, type=click.IntRange(1, 999_999))
@click.option("--days", default=365, show_default=True, type=click.IntRange(1, 2000))
@click.option("--pages", is_flag=True, help="Only how fast the pages are.")
def main(quick: bool, as_json: bool, stores: int, days: int, pages: bool) -> None:
    stores, days = (3000, 28) if quick else (stores, days)
    say = (lambda line: None) if as_json else click.echo
    try:
        if pages:
            found = pages_on_postgres(stores, days, say)
            click.echo(json.dumps({"database": "postgresql", "stores": stores, "days": days, **found}))
            return
        found = on_postgres(stores, days, say)
    except NoPostgresError as error:
        raise click.ClickException(str(error)) from None
    sqlite = on_sqlite(min(stores, 5000), say)
    click.echo(json.dumps({"database": "postgresql", "stores": stores, "days": days, **found, "sqlite": sqlite}))


if __name__ == "__main__":
    main()
