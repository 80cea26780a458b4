"""The pages: last night at a glance with the table of stores, a store, what is wrong, and any span as CSV."""

from datetime import date, timedelta
from tempfile import TemporaryFile
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, send_file, stream_with_context, url_for

from hq import history, parquet, users
from hq.asking import asked_day, asked_span, asked_stores
from hq.calendar import calendar_of, spoken
from hq.chain import PAGE, STATES, Question, chain_day, in_counts, stores_of_day
from hq.charts import hour_bars, sparkline
from hq.database import reading
from hq.here import clock, engine, region
from hq.hours import hours_of
from hq.illness import MEANING
from hq.keys import keys_of
from hq.receiving import RefusalError, in_reach
from hq.regions import regions_of_day

routes = Blueprint("pages", __name__)


@routes.get("/")
def show_chain() -> Response:
    """The chain's day: yesterday, or ?day=YYYY-MM-DD; its stores sorted, filtered, page by page."""
    day, asked = _day(), asked_stores(request.args, region())
    with reading(engine()) as connection:
        chain = chain_day(connection, day, region())
        rows = stores_of_day(connection, day, asked)
        missing = Question(region=region(), state="missing")
        names = stores_of_day(connection, day, missing, 4) if chain.missing else []
        counts = in_counts(connection, [row.store for row in rows[:PAGE]], day)
        regions = history.regions(connection)
    return show_page(
        "chain.html",
        day,
        chain=chain,
        asked=asked,
        rows=rows[:PAGE],
        more=len(rows) > PAGE,
        names=[row.store for row in names],
        sparks={name: sparkline(series) for name, series in counts.items()},
        weekday={name: series[-8] for name, series in counts.items()},
        regions=[] if region() else [name for name in regions if name],
        states=STATES,
        address=_address,
    )


@routes.get("/stores/<name>")
def show_store(name: str) -> Response:
    """One store: its last four weeks, its box's health, its keys, every revision that came."""
    day = _day()
    with reading(engine()) as connection:
        if not history.known(connection, name, region()):
            raise RefusalError(404, "page", "there is no such store")
        counts = in_counts(connection, [name], day)[name]
        told = hours_of(connection, name, day)
        return show_page(
            "store.html",
            day,
            name=name,
            calendar=spoken(calendar_of(engine(), name)),
            hours=hour_bars([hour.begins for hour in told], [hour.in_ for hour in told], "in") if told else "",
            days=history.days_of_store(connection, name, day),
            revisions=history.revisions(connection, name, day),
            health=history.health(connection, name, day),
            keys=keys_of(connection, name),
            spark=sparkline(counts),
        )


@routes.get("/regions")
def show_regions() -> Response:
    """Regions beside one another, like for like against a week before."""
    day = _day()
    with reading(engine()) as connection:
        return show_page("regions.html", day, found=regions_of_day(connection, day, region()))


@routes.get("/wrong")
def show_wrong() -> Response:
    """What is wrong, each with since when."""
    day = _day()
    with reading(engine()) as connection:
        chain = chain_day(connection, day, region())
        return show_page("wrong.html", day, chain=chain, wrong=history.wrong_on(connection, day, region()))


@routes.get("/audit")
def show_audit() -> Response:
    """What users changed; shown to those who see every region."""
    if region():
        raise RefusalError(403, "page", "that page is for users of all regions")
    return show_page("audit.html", yesterday(), trail=users.trail(engine()))


@routes.get("/v1/days.csv")
def get_csv() -> Response:
    """Every store-day from ?first= to ?last=, as CSV."""
    first, last = asked_span(request.args, yesterday(), clock())
    lines = history.as_csv(engine(), first, last, region())
    name = f'attachment; filename="store-days-{first}-{last}.csv"'
    return Response(
        stream_with_context(lines),
        mimetype="text/csv",
        headers={"Content-Disposition": name, "Cache-Control": "no-store"},
    )


@routes.get("/v1/days.parquet")
def get_parquet() -> Response:
    """Every store-day from ?first= to ?last=, as Parquet."""
    first, last = asked_span(request.args, yesterday(), clock())
    if not parquet.available():
        raise RefusalError(404, "page", "Parquet needs pyarrow here: pip install 'tallybox[parquet]'")
    file = TemporaryFile()  # noqa: SIM115 - send_file closes it when it is sent
    parquet.write_file(engine(), first, last, file, region())
    file.seek(0)
    name = f"store-days-{first}-{last}.parquet"
    return send_file(file, "application/vnd.apache.parquet", as_attachment=True, download_name=name, max_age=0)


def yesterday() -> date:
    """Return the day that is shown where none is asked for."""
    return clock().date() - timedelta(days=1)


def _day() -> date:
    return asked_day(request.args, "day", yesterday(), clock())


def show_page(template: str, day: date, **words: object) -> Response:
    """Return a page of a day, which is not to be kept by anybody."""
    step = timedelta(days=1)
    around = {"before": day - step, "after": day + step}
    links = {name: other for name, other in around.items() if in_reach(other, clock())}
    page = render_template(
        template, day=day, yesterday=yesterday(), meaning=MEANING, has_parquet=parquet.available(), **links, **words
    )
    return Response(page, headers={"Cache-Control": "no-store"})


def _address(**changes: object) -> str:
    """Return this page's address with some of what it asks for changed; what is empty is left out."""
    asked = {"day": _day(), **request.args, "page": "", **changes}
    query = urlencode({name: str(value) for name, value in asked.items() if value})
    return url_for("pages.show_chain") + (f"?{query}" if query else "")
