"""The pages: Today, Days, one day, the box, what the numbers mean. Each gathers, then hands to its template."""

from datetime import date, timedelta

from flask import Blueprint, Response, make_response, render_template, url_for
from sqlite_utils import Database
from werkzeug.exceptions import NotFound

from appliance import config, metrics
from appliance.metrics.hanging import misplaced
from appliance.storage.folder import Folder
from web_ui import box, charts, numbers
from web_ui.site import Visit, site, visit

MONTH, WEEK = 28, 7

routes = Blueprint("pages", __name__)


class NotHere(NotFound):
    """A day that the box can't tell of; `description` is the word that the template makes a sentence of."""


@routes.get("/")
def today() -> str:
    """The day so far: one number, and what it rests on."""
    here = visit()
    seen = box.look(site(), here)
    shown = _today(here, here.database) if here.database else {"today": None}
    steps = list(box.next_steps(seen, here))
    return render_template(
        "today.html", box=seen, steps=steps, folder=_folder(), here=here, metrics=metrics.METRICS, **shown
    )


@routes.get("/days")
def days() -> str:
    """The last four weeks as a chart and a table."""
    here = visit()
    begun = _began(here)
    if here.database is None or begun is None:
        return render_template("days.html", rows=[])
    last = _clock_day(here)
    count = min(MONTH, (last - begun).days + 1)
    rows = numbers.days(here.database, here.settings, last, count, here.now)
    hrefs = {row.day: url_for("pages.day", day=row.day) for row in rows}
    return render_template(
        "days.html",
        rows=rows,
        hrefs=hrefs,
        ins=metrics.total([row.ins for row in rows if not row.closed or row.ins.number]),
        outs=metrics.total([row.outs for row in rows if not row.closed or row.outs.number]),
        bars=numbers.day_bars(rows, hrefs),
        charts=charts,
        last=last,
    )


@routes.get("/days/<day>")
def day(day: str) -> str:
    """One day: its numbers, its hours, its lines."""
    here = visit()
    begun, last = _began(here), _clock_day(here)
    asked = _date(day)
    if here.database is None or begun is None or not begun <= asked <= last:
        raise NotHere("no-such-day")
    found = numbers.whole_day(here.database, metrics.day_of(here.database, here.settings, asked, here.now))
    step = timedelta(days=1)
    return render_template(
        "day.html",
        whole=found,
        mix=metrics.mix_of_day(here.database, found.of),
        returns=metrics.returns_of_day(here.database, found.of),
        misplaced=misplaced(here.database, {c.name for c in here.settings.cameras}, found.of.start, found.of.until),
        before=asked - step if asked > begun else None,
        after=asked + step if asked < last else None,
        charts=charts,
        metrics=metrics.METRICS,
    )


@routes.get("/box")
def show_box() -> Response:
    """The box: cameras, net, disk, deliveries, what to do next."""
    here = visit()
    seen = box.look(site(), here)
    steps = list(box.next_steps(seen, here))
    url = config.scrub(here.settings.headquarters.url)
    page = render_template("box.html", box=seen, steps=steps, folder=_folder(), here=here, headquarters=url)
    response = make_response(page)
    response.headers["Referrer-Policy"] = "same-origin"  # no-referrer would make the button's Origin "null"
    return response


@routes.get("/meaning")
def meaning() -> str:
    """What the numbers mean, and how exact they are."""
    return render_template("meaning.html", metrics=metrics.DEFINITIONS)


def _today(here: Visit, database: Database) -> dict[str, object]:
    day = metrics.today(database, here.settings, here.now)
    begun = numbers.first_day(database, here.settings)
    rows = numbers.days(database, here.settings, day.day, WEEK, here.now)
    hrefs = {row.day: url_for("pages.day", day=row.day) for row in rows if begun and row.day >= begun}
    return {
        "today": numbers.whole_day(database, day),
        "week": numbers.day_bars(rows, hrefs, bold=day.day),
        "charts": charts,
        "link": hrefs.get(day.day),
    }


def _date(text: str) -> date:
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        raise NotHere("no-such-day") from None
    if str(asked) != text:  # another spelling of the day: every day has one address
        raise NotHere("no-such-day")
    return asked


def _began(here: Visit) -> date | None:
    return numbers.first_day(here.database, here.settings) if here.database else None


def _clock_day(here: Visit) -> date:
    return here.settings.shop.clock.day_of(here.now)


def _folder() -> Folder:
    return site().folder
