"""Does anybody in the shop feel it when tallybox sends? On a line of 1 Mbit/s up, 8 down, with a deep buffer.

    ./scripts/bench/idle_line [--quick] [--json]

A till pings headquarters ten times a second: alone, beside a plain upload, beside tallybox's, and the same for a
download; then somebody else starts a full-rate upload while tallybox sends. Goals: the till's p95 rises by at most 2 ms
while at least half of the idle line is used, and tallybox falls below a tenth of the line within 2 s.
"""

import json
import time

import click

from scripts.bench import shop_line

MODULE = "scripts.bench.line_traffic"


def beside(seconds: float, *traffic: str) -> tuple[list[float], float]:
    """Return the till's pings beside some traffic, and the bytes a second that the box moved meanwhile."""
    process = shop_line.inside("tb-box", MODULE, *traffic)
    try:
        time.sleep(10.0)  # until it has found the line's rate
        moved = shop_line.bytes_from_box if traffic[0] == "upload" else shop_line.bytes_to_box
        before, started = moved(), time.monotonic()
        times = shop_line.pings(seconds)
        return times, (moved() - before) / (time.monotonic() - started)
    finally:
        process.kill()
        process.communicate()


def seconds_to_yield(limit: float = 10.0) -> float:
    """Return how long tallybox still sends more than a tenth of the line after somebody else starts to fill it."""
    ours = shop_line.inside("tb-box", MODULE, "upload", "paced", str(64 << 20))
    time.sleep(10)
    theirs = shop_line.inside("tb-till", MODULE, "upload", "plain", str(64 << 20))
    started = time.monotonic()
    try:
        last, since = shop_line.bytes_from_box(), started
        while (now := time.monotonic()) - started < limit:
            time.sleep(0.5)
            sent, last = shop_line.bytes_from_box() - last, shop_line.bytes_from_box()
            rate, since = sent * 8 / (time.monotonic() - since), time.monotonic()
            if rate < shop_line.UP / 10:
                return now - started
        return limit
    finally:
        for process in (ours, theirs):
            process.kill()
            process.communicate()


def percentiles(times: list[float]) -> str:
    """Return p50, p95 and p99 for a row of the table."""
    return "  ".join(f"{times[min(len(times) - 1, int(len(times) * p))]:8.2f}" for p in (0.5, 0.95, 0.99))


def p95(times: list[float]) -> float:
    """Return the 95th percentile, rounded."""
    return round(times[int(len(times) * 0.95)], 3)


@click.command(help=__doc__)
@click.option("--quick", is_flag=True, help="Within a minute.")
@click.option("--json", "as_json", is_flag=True, help="Only the last line.")
def bench(quick: bool, as_json: bool) -> None:
    seconds, mib = (5.0, 64) if quick else (30.0, 64)
    if not shop_line.allowed():
        raise click.ClickException("network namespaces can't be made here (needs root)")
    shop_line.lay()
    server = shop_line.inside("tb-hq", MODULE, "serve")
    try:
        time.sleep(1.5)
        alone = shop_line.pings(seconds)
        plain, _ = beside(seconds, "upload", "plain", str(mib << 20))
        ours, rate = beside(seconds * 2, "upload", "paced", str(mib << 20))
        down_plain, _ = beside(seconds, "download", "plain", str(mib << 20))
        down, down_rate = beside(seconds, "download", "paced", str(mib << 20))
        row = {
            "alone_p95": p95(alone), "plain_p95": p95(plain), "tallybox_p95": p95(ours),
            "tallybox_share": round(rate * 8 / shop_line.UP, 3), "yield_s": round(seconds_to_yield(), 2),
            "down_p95": p95(down), "down_share": round(down_rate * 8 / shop_line.DOWN, 3),
            "down_plain_p95": p95(down_plain),
        }  # fmt: skip
    finally:
        server.kill()
        server.communicate()
        shop_line.take_away()
    if not as_json:
        click.echo(f"{'the till, ms':26s}{'p50':>8s}{'p95':>10s}{'p99':>10s}")
        tables = {"alone": alone, "beside a plain upload": plain, "beside tallybox's upload": ours}
        for name, times in (tables | {"beside a plain download": down_plain, "beside tallybox's": down}).items():
            click.echo(f"{name:26s}{percentiles(times)}")
    click.echo(json.dumps(row))


if __name__ == "__main__":
    bench()
