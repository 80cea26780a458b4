"""The shop's router and its own byte counters, by UPnP IGD: asked only where the configuration names the router.

Nobody else is asked: the search goes to that address alone, and what the answer points to must lie there as well.
Whether the numbers can be believed is idle.router_rate's to say.
"""

import asyncio
import logging
import re
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from appliance.clock import stopwatch
from appliance.nightly.idle import router_rate

if TYPE_CHECKING:
    from async_upnp_client.client import UpnpRequester

log = logging.getLogger(__name__)

SEARCH_FOR = "urn:schemas-upnp-org:device:InternetGatewayDevice:1"
SSDP_PORT = 1900
READINGS, BETWEEN = 3, 2.0  # seconds: many routers count only every second or two
PATIENCE, TRIES = 3.0, 3
LARGEST = 256 * 1024  # bytes of an answer
_LOCATION = re.compile(rb"^location:[ \t]*([!-~]{1,300})\r?$", re.IGNORECASE | re.MULTILINE)

Counter = Callable[[], Awaitable[int | None]]


def rate(router: str) -> float | None:
    """Return the bytes a second, both ways, that the router moves now, or None where it does not say so credibly.

    `router` is its address, or the address of its UPnP description (http://192.168.1.1:5000/rootDesc.xml).
    """
    try:
        at = router if "://" in router else _search(router)
        if "://" not in router and urlsplit(at).hostname not in (router, socket.gethostbyname(router)):
            raise OSError(f"it points to another host: {at[:100]}")
        ways = asyncio.run(asyncio.wait_for(_read(at), 3 * PATIENCE + READINGS * (BETWEEN + PATIENCE)))
    except Exception as error:  # whatever a router sends: it is a hint, and the night goes on without it
        log.info("the router %s tells no counters: %s", router, str(error).split("\n")[0] or type(error).__name__)
        return None
    believed = [rate for way in ways if (rate := router_rate(way)) is not None]
    return sum(believed) if believed else None


async def _read(at: str) -> list[list[tuple[float, int]]]:
    """Return (seconds, bytes) of what was received and of what was sent, a few times each."""
    from async_upnp_client.client_factory import UpnpFactory
    from async_upnp_client.profiles.igd import IgdDevice

    device = await UpnpFactory(_requester(urlsplit(at).hostname or "")).async_create_device(at)
    gateway = IgdDevice(device, None)
    counters: list[Counter] = [gateway.async_get_total_bytes_received, gateway.async_get_total_bytes_sent]
    ways: list[list[tuple[float, int]]] = [[] for _ in counters]
    for turn in range(READINGS):
        if turn:
            await asyncio.sleep(BETWEEN)
        for way, counter in zip(ways, counters, strict=True):
            if (count := await counter()) is not None:
                way.append((stopwatch(), count))
    return ways


def _search(host: str) -> str:
    """Return where the router at this address keeps its description. Raises OSError."""
    search = (
        f'M-SEARCH * HTTP/1.1\r\nHOST: {host}:{SSDP_PORT}\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: {SEARCH_FOR}\r\n\r\n'
    )
    address = (socket.gethostbyname(host), SSDP_PORT)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(PATIENCE / TRIES)
        for _ in range(TRIES):  # datagrams get lost
            asking.sendto(search.encode(), address)
            with suppress(TimeoutError):
                answer, whence = asking.recvfrom(2048)
                found = _LOCATION.search(answer)
                if whence[0] == address[0] and found:
                    return found[1].decode("ascii", "replace")
    raise OSError("it does not answer a search")


def _requester(host: str) -> "UpnpRequester":
    """Return what fetches for the library: from this host alone, without redirects, and not without end."""
    from async_upnp_client.client import UpnpRequester
    from async_upnp_client.const import HttpRequest, HttpResponse

    class Requester(UpnpRequester):
        """Fetches from one host."""

        async def async_http_request(self, http_request: HttpRequest) -> HttpResponse:
            """Fetch."""
            if urlsplit(http_request.url).hostname != host:
                raise OSError(f"it points to another host: {http_request.url[:100]}")
            async with (
                httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as http,
                http.stream(
                    http_request.method,
                    http_request.url,
                    headers=dict(http_request.headers or {}),
                    content=http_request.body,
                ) as answer,
            ):
                body = b""
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > LARGEST:
                        raise OSError("its answer has no end")
            return HttpResponse(answer.status_code, answer.headers, body.decode("utf-8", "replace"))

    return Requester()
