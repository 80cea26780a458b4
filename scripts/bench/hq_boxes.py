"""A chain of boxes: each signs its store-day with its own key and sends it over a connection of its own."""

import http.client
import json
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from appliance.documents import Quarter, Software, StoreDay, Totals, signing, store_day

DAY = datetime.now(UTC).date() - timedelta(days=1)
THREADS = 6


def name_of(number: int) -> str:
    """Return a store's name; all are equally long."""
    return f"store-{number:06}"


def key_of(number: int) -> Ed25519PrivateKey:
    """Return a store's key, the same in every process."""
    return Ed25519PrivateKey.from_private_bytes(sha256(name_of(number).encode()).digest())


def body_of_all() -> bytes:
    """Return the day that every store tells: twelve hours at one line, some 5 KB."""
    start = datetime(DAY.year, DAY.month, DAY.day, 8, tzinfo=UTC)
    quarters = tuple(
        Quarter(f"{start + timedelta(minutes=15 * i):%Y-%m-%dT%H:%M}:00.000Z", "door/street", i, i, 900.0)
        for i in range(48)
    )
    day = StoreDay(
        name_of(0),
        str(DAY),
        1,
        "Europe/Berlin",
        f"{DAY}T03:00:00.000Z",
        f"{DAY + timedelta(days=1)}T03:00:00.000Z",
        f"{DAY + timedelta(days=1)}T03:05:00.250Z",
        ("door/street",),
        quarters,
        Totals(sum(range(48)), sum(range(48)), 1.0),
        Software("0.1.0", "person", "ab" * 32),
        "cd" * 32,
        {"disk_free_mb": 9120, "gaps": 0, "temperature_c": 51.5, "uptime_s": 86400},
    )
    return store_day.to_bytes(replace(day))


def send(ports: list[int], first: int, number: int) -> tuple[list[float], float]:
    """Send the days of `number` stores from `first` on; return each one's seconds, and the CPU seconds it took here."""
    body, turns, times = body_of_all(), count(), []
    started = time.process_time()

    def boxes() -> None:
        while (turn := next(turns)) < number:
            store = first + turn
            own = body.replace(name_of(0).encode(), name_of(store).encode())
            headers = {"Tallybox-Signature": signing.sign(key_of(store), own)}
            began = time.perf_counter()
            connection = http.client.HTTPConnection("127.0.0.1", ports[store % len(ports)], timeout=60)
            connection.request("PUT", f"/v1/stores/{name_of(store)}/days/{DAY}/1", own, headers)
            answer = connection.getresponse()
            told = answer.read()
            connection.close()
            if answer.status != 201:
                raise SystemExit(f"{answer.status} {told!r}")
            times.append(time.perf_counter() - began)

    threads = [threading.Thread(target=boxes) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, time.process_time() - started


if __name__ == "__main__":
    told = send([int(port) for port in sys.argv[1].split(",")], int(sys.argv[2]), int(sys.argv[3]))
    print(json.dumps(told))
