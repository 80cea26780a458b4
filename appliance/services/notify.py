"""Tells systemd how a service is: that it is ready, and again and again that it lives (sd_notify).

Where nobody asked (no NOTIFY_SOCKET), nothing happens. A service that stays silent for its WatchdogSec is restarted.
"""

import os
import socket


def tell(state: str) -> None:
    """Send "READY=1" or "WATCHDOG=1" to whoever started us; a supervisor that went away is no reason to fail."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as supervisor:
            supervisor.setblocking(False)
            supervisor.sendto(state.encode(), f"\0{address[1:]}" if address.startswith("@") else address)
    except OSError:
        pass


def ready() -> None:
    """The service works from here on."""
    tell("READY=1")


def alive() -> None:
    """The service's own loop went round once more."""
    tell("WATCHDOG=1")
